/** An exception a compiled function raises: its name and text at the caller. */
export interface RaiseMessage {
  readonly exception: string;
  readonly message: string;
}

interface RaiseKind extends RaiseMessage {
  readonly kind: number;
}

/**
 * The kinds of `rjit_raise(i32 kind, i32 line)`. Closed, and numbers are never reused: compiled objects outlive a
 * version of the client. Texts are CPython 3.11's for Python's exceptions and V8's for BigInt's.
 */
export const RAISES = {
  'zero-division': { kind: 1, exception: 'ZeroDivisionError', message: 'division by zero' },
  'integer-floor-division': {
    kind: 2,
    exception: 'ZeroDivisionError',
    message: 'integer division or modulo by zero',
  },
  'bigint-division': { kind: 3, exception: 'RangeError', message: 'Division by zero' },
  'index-out-of-range': { kind: 4, exception: 'IndexError', message: 'index out of range' },
  'negative-exponent': {
    kind: 5,
    exception: 'ValueError',
    message: 'integers to negative integer powers are not allowed',
  },
  'bigint-negative-exponent': { kind: 6, exception: 'RangeError', message: 'Exponent must be non-negative' },
  'integer-modulo': { kind: 7, exception: 'ZeroDivisionError', message: 'integer modulo by zero' },
  'float-division': { kind: 8, exception: 'ZeroDivisionError', message: 'float division by zero' },
  'float-floor-division': {
    kind: 9,
    exception: 'ZeroDivisionError',
    message: 'float floor division by zero',
  },
  'float-modulo': { kind: 10, exception: 'ZeroDivisionError', message: 'float modulo' },
  'complex-division': { kind: 11, exception: 'ZeroDivisionError', message: 'complex division by zero' },
  'zero-to-negative-power': {
    kind: 12,
    exception: 'ZeroDivisionError',
    message: '0.0 cannot be raised to a negative power',
  },
  'complex-zero-power': {
    kind: 13,
    exception: 'ZeroDivisionError',
    message: '0.0 to a negative or complex power',
  },
  'negative-shift': { kind: 14, exception: 'ValueError', message: 'negative shift count' },
  'math-domain': { kind: 15, exception: 'ValueError', message: 'math domain error' },
  'math-range': { kind: 16, exception: 'OverflowError', message: 'math range error' },
  'float-nan-to-integer': {
    kind: 17,
    exception: 'ValueError',
    message: 'cannot convert float NaN to integer',
  },
  'float-infinity-to-integer': {
    kind: 18,
    exception: 'OverflowError',
    message: 'cannot convert float infinity to integer',
  },
  'float-to-integer-range': {
    kind: 19,
    exception: 'OverflowError',
    message: 'float is out of range for the integer type',
  },
  'range-step-zero': { kind: 20, exception: 'ValueError', message: 'range() arg 3 must not be zero' },
  assertion: { kind: 21, exception: 'AssertionError', message: '' },
  'integer-overflow': { kind: 22, exception: 'OverflowError', message: 'integer overflow' },
  'array-length': { kind: 23, exception: 'ValueError', message: 'arrays must have the same length' },
  'index-out-of-bounds': { kind: 24, exception: 'RangeError', message: 'index out of bounds' },
} as const satisfies Readonly<Record<string, RaiseKind>>;

export type RaiseName = keyof typeof RAISES;

/** From here on a kind is an index into the module's own raises, which travel in `options["raises"]`. */
export const FIRST_MODULE_RAISE = 1000;

const BY_KIND: ReadonlyMap<number, RaiseMessage> = new Map(
  Object.values(RAISES).map((raise) => [raise.kind, raise]),
);

/** What `kind` raises, or undefined for a number that no version has used. */
export function raiseMessage(kind: number, moduleRaises: readonly RaiseMessage[]): RaiseMessage | undefined {
  return kind >= FIRST_MODULE_RAISE ? moduleRaises[kind - FIRST_MODULE_RAISE] : BY_KIND.get(kind);
}

/** How a raise travels in a RemoteFault with code `jit-raise`. */
export function raiseDetail(raise: RaiseMessage): string {
  return raise.message === '' ? raise.exception : `${raise.exception}: ${raise.message}`;
}
