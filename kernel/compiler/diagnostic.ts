/** Half-open range of UTF-16 offsets into the source of one module. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something wrong with the user's program. Returned, never thrown out of the compiler. */
export interface Diagnostic {
  /** Kebab-case and stable, e.g. `type-mismatch`, `unknown-name`, `unsupported-syntax`, `syntax`. */
  readonly code: string;
  /** What was found and what was needed, in one sentence without a full stop. */
  readonly message: string;
  readonly span: Span;
  /** The literal fix: what to write instead. */
  readonly hint?: string;
  /** Context lines such as `while compiling foo for int64(int64, int64)`. */
  readonly notes?: readonly string[];
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
