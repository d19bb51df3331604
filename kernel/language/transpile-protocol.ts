/** What the language thread is asked: one source that types alone can't be blanked out of. */
export interface TranspileRequest {
  readonly id: number;
  readonly source: string;
  readonly fileName: string;
  readonly jsx: boolean;
}

export type TranspileResponse =
  | { readonly id: number; readonly ok: true; readonly code: string; readonly sourceMap: string }
  /** `offset` is where in the request's source the error is. */
  | { readonly id: number; readonly ok: false; readonly message: string; readonly offset: number };
