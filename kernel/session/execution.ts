/** What runs in a session and what comes of it, as both of its processes see it. */
import type { JsonObject, MimeBundle } from './json.ts';

/** Links output, also late output, to the request that caused it. */
export type CellId = number;

export interface ExecuteRequest {
  readonly cellId: CellId;
  readonly code: string;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly allowStdin: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  /** How often the code has run is to be measured. */
  readonly wantsCoverage?: boolean;
  /** The number of the subshell that the cell is for: it runs beside other cells. Absent: the main shell. */
  readonly subshell?: number;
}

export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  /** ANSI-coloured lines, ready to print. */
  readonly traceback: readonly string[];
}

export type ExecuteOutcome = (
  | {
      readonly status: 'ok';
      /** Absent when there is nothing to show. */
      readonly result?: MimeBundle;
      readonly metadata?: JsonObject;
      readonly userExpressions: JsonObject;
      readonly payload: readonly JsonObject[];
    }
  | ({ readonly status: 'error' } & ErrorReport)
) & {
  /** Of what has run since the outcome before, also of other cells and files; where it was asked for. */
  readonly coverage?: readonly JsonObject[];
};

/** Of either side of a comm. */
export interface CommMessage {
  readonly type: 'comm_open' | 'comm_msg' | 'comm_close';
  readonly commId: string;
  /** Of one that opens a comm. */
  readonly targetName?: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffersBase64: readonly string[];
}

export type StreamName = 'stdout' | 'stderr';

/** Output other than text; it takes its place among the text by a marker. */
export type RichOutput =
  | {
      readonly kind: 'display';
      readonly data: MimeBundle;
      readonly metadata: JsonObject;
      readonly displayId?: string;
      /** True to replace the earlier display of the same id. */
      readonly update: boolean;
    }
  | { readonly kind: 'clear'; readonly wait: boolean }
  | { readonly kind: 'comm'; readonly message: CommMessage }
  /** A message of the code's own making for the front ends. */
  | {
      readonly kind: 'broadcast';
      readonly messageType: string;
      readonly content: JsonObject;
      readonly metadata: JsonObject;
      readonly buffersBase64: readonly string[];
    }
  /** An error outside any cell's own reply, such as an unhandled rejection. */
  | ({ readonly kind: 'error' } & ErrorReport);

export type Output =
  | { readonly kind: 'stream'; readonly name: StreamName; readonly text: string }
  | RichOutput;
