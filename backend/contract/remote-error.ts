/** Where a failure of the remote side, or of the way to it, belongs. Closed: a code outside this list is `protocol`. */
export const REMOTE_ERROR_CODES = [
  'bad-request',
  'unauthorized',
  'unknown-function',
  'unknown-session',
  'no-match',
  'bad-argument',
  'ir-parse',
  'ir-verify',
  'compile-failed',
  'unresolved-symbol',
  'jit-crash',
  'jit-raise',
  'cancelled',
  'timeout',
  'worker-died',
  'connection-lost',
  'unreachable',
  'server-stopped',
  'port-in-use',
  'unsupported',
  'too-large',
  'protocol',
] as const;

export type RemoteErrorCode = (typeof REMOTE_ERROR_CODES)[number];

export interface RemoteErrorDetails {
  /** The function that was running or called, as the user named it or as its mangled symbol. */
  readonly functionName?: string | undefined;
  /** `SIGSEGV`, `SIGFPE`, … */
  readonly signalName?: string | undefined;
  /** The faulting address. */
  readonly address?: bigint | undefined;
  /** The source that `line` is in, as the client named it: `In[4]`. */
  readonly fileName?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** The text that `line` is in, where the client has it. It does not travel. */
  readonly source?: string | undefined;
  readonly cause?: unknown;
}

/** The fields of `RemoteFault` in remotejit.thrift, before node-thrift's own number classes. */
export interface FaultFields extends Omit<RemoteErrorDetails, 'source'> {
  readonly code: string;
  readonly message: string;
}

/**
 * The one error class for remote and protocol failures.
 *
 * `detail` is the bare text; `message` is `[code] detail`. Two codes are errors of the user's own program and read as
 * such: `no-match` keeps RBC's text verbatim, and `jit-raise` takes the raised exception's name (`ZeroDivisionError`)
 * and text.
 */
export class RemoteError extends Error {
  readonly code: RemoteErrorCode;
  readonly detail: string;
  readonly functionName: string | undefined;
  readonly signalName: string | undefined;
  readonly address: bigint | undefined;
  readonly fileName: string | undefined;
  readonly line: number | undefined;
  /** Not enumerable: a text to look lines up in, not to be shown with the error. */
  declare readonly source: string | undefined;

  constructor(code: RemoteErrorCode, detail: string, details: RemoteErrorDetails = {}) {
    super(messageText(code, detail), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = errorName(code, detail);
    this.code = code;
    this.detail = detail;
    this.functionName = details.functionName;
    this.signalName = details.signalName;
    this.address = details.address;
    this.fileName = details.fileName;
    this.line = details.line;
    Object.defineProperty(this, 'source', { value: details.source });
  }

  /** What travels as RemoteFault; `RemoteError.fromFault` is its inverse. */
  toFault(): FaultFields {
    return {
      code: this.code,
      message: this.detail,
      functionName: this.functionName,
      signalName: this.signalName,
      address: this.address,
      fileName: this.fileName,
      line: this.line,
    };
  }

  static fromFault(fault: FaultFields): RemoteError {
    if (!isRemoteErrorCode(fault.code)) {
      return new RemoteError('protocol', `unknown error code '${fault.code}': ${fault.message}`, fault);
    }
    return new RemoteError(fault.code, fault.message, fault);
  }

  /** The funnel: whatever was caught becomes a RemoteError; what is none keeps its text under `fallback`. */
  static from(caught: unknown, fallback: RemoteErrorCode = 'protocol'): RemoteError {
    if (caught instanceof RemoteError) return caught;
    // Errors of node-thrift may have no message at all, whatever their type says.
    if (caught instanceof Error)
      return new RemoteError(fallback, caught.message || caught.name, { cause: caught });
    return new RemoteError(fallback, String(caught), { cause: caught });
  }
}

export function isRemoteErrorCode(text: string): text is RemoteErrorCode {
  return (REMOTE_ERROR_CODES as readonly string[]).includes(text);
}

/** `ZeroDivisionError: division by zero` is how a raise travels; the name must look like an identifier. */
function splitRaise(detail: string): { exception: string; text: string } {
  const match = /^([A-Za-z_]\w*)(?:: ([\s\S]*))?$/.exec(detail);
  return { exception: match?.[1] ?? 'RuntimeError', text: match ? (match[2] ?? '') : detail };
}

function messageText(code: RemoteErrorCode, detail: string): string {
  if (code === 'no-match') return detail;
  if (code === 'jit-raise') return splitRaise(detail).text;
  return `[${code}] ${detail}`;
}

function errorName(code: RemoteErrorCode, detail: string): string {
  if (code === 'no-match') return 'TypeError';
  if (code === 'jit-raise') return splitRaise(detail).exception;
  return 'RemoteError';
}
