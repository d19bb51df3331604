/** Why a result may rightly differ from CPython's: rules of docs/LANGUAGE.md, and numba as the referee. */
import { Complex } from '../../../backend/contract/complex.ts';
import { agrees, type Tolerance } from './compare.ts';
import type { LiftedFunction, OracleCall, WireValue } from './lifted-function.ts';
import type { Outcome } from './run-signature.ts';
import { isWireArray, type Scalar, scalarOf } from './wire-values.ts';

/** What somebody else makes of a call; `undefined` where they can't tell. */
export type RefereeOutcome = Pick<OracleCall, 'value' | 'raises' | 'message' | 'after'> | undefined;

export interface Referees {
  /** CPython with the numbers of docs/LANGUAGE.md. */
  readonly model?: RefereeOutcome;
  readonly numba?: RefereeOutcome;
}

export interface Disagreement {
  readonly function: LiftedFunction;
  readonly signature: string;
  readonly parameters: readonly string[];
  readonly call: OracleCall;
  readonly outcome: Outcome;
  readonly tolerance: Tolerance;
}

const DOMAIN_ERROR =
  /^(math domain error|math range error|complex exponentiation|\(34, |cannot convert float|expected a (non|pos)|int too large to convert to float|absolute value too large|factorial\(\) )/;

interface Rule {
  readonly reason: string;
  readonly holds: (one: Disagreement, referees: Referees) => boolean;
}

/** The first rule that holds is the reason. */
const RULES: readonly Rule[] = [
  {
    reason: 'integers have 64 bits and wrap',
    holds: ({ call, outcome }) => wraps(scalarIn(call.value), outcome),
  },
  {
    reason: 'casts and roundings of floats to integers saturate',
    holds: ({ call, outcome }) => saturates(call, outcome),
  },
  {
    reason: 'out of its domain a function gives NaN or an infinity and raises nothing',
    holds: ({ call, outcome }) =>
      DOMAIN_ERROR.test(call.message ?? '') && outcome.kind === 'value' && !isFiniteNumber(outcome.value),
  },
  {
    reason: 'the power of real numbers is real: NaN where Python makes it complex',
    holds: ({ call, outcome }) =>
      scalarIn(call.value) instanceof Complex && outcome.kind === 'value' && isNaNValue(outcome.value),
  },
  {
    reason: 'an int to a negative power that is not constant raises ValueError',
    holds: ({ outcome }) =>
      outcome.kind === 'raised' && outcome.message === 'integers to negative integer powers are not allowed',
  },
  {
    reason: 'shift counts are taken modulo 64',
    holds: ({ call, outcome, function: { source } }) =>
      outcome.kind === 'value' && /<<|>>|shift/.test(source) && call.arguments.some(isNoShiftCount),
  },
  {
    reason: 'a negative index that is not constant raises IndexError',
    holds: ({ call, outcome, function: { source } }) =>
      outcome.kind === 'raised' &&
      outcome.exception === 'IndexError' &&
      call.raises !== 'IndexError' &&
      mayBeNegative(source, call),
  },
  {
    reason: 'NumPy computes with elements of 8 and 32 bits in their own width, and rjit with 64 bits',
    holds: ({ parameters, call, outcome }) => isOfNarrowElements(parameters, scalarIn(call.value), outcome),
  },
  {
    reason: 'NumPy computes functions of a bool in float16, and rjit in float64',
    holds: (one) => isHalfPrecision(one),
  },
  {
    reason: 'numbers have 64 bits, or 32, on the way to the result, too',
    holds: ({ outcome, tolerance }, { model }) => sameOutcome(model, outcome, tolerance),
  },
  {
    reason: 'as numba, not as CPython',
    holds: ({ outcome, tolerance }, { numba }) => sameOutcome(numba, outcome, tolerance),
  },
];

export function explanation(one: Disagreement, referees: Referees): string | undefined {
  return RULES.find(({ holds }) => holds(one, referees))?.reason;
}

/** Single functions, looked into: by file and name. */
const LOOKED_INTO: ReadonlyMap<string, string> = new Map([
  ['test_array_exprs.py variable_name_reuse', 'a variable has one type in the whole function'],
  ['recursion_usecases.py foo', 'a call converts to the parameters of the overload there is, and wraps'],
  ['test_target_extension.py foo', 'NumPy computes functions of a bool in float16, and rjit in float64'],
  ['test_array_exprs.py call_stuff', 'the cosine of a huge float32 depends on its last digit'],
]);

/** What no rule and no referee explains, but people have. */
export function lookedInto({ function: { file, name }, call, outcome }: Disagreement): string | undefined {
  if (REFUSED_INT.test(call.message ?? '') && outcome.kind === 'value') {
    return 'NumPy refuses an int beyond its type, which rjit casts: floats saturate, integers wrap';
  }
  return LOOKED_INTO.get(`${file} ${name}`);
}

const REFUSED_INT = /^Python integer .* out of bounds for|^Python int too large to convert to C long/;

const EDGES: readonly unknown[] = [2 ** 63, -(2 ** 63), 2n ** 63n - 1n, -(2n ** 63n)];

function saturates({ value, message = '' }: OracleCall, outcome: Outcome): boolean {
  if (outcome.kind !== 'value') return false;
  if (/^cannot convert float (NaN|infinity) to integer/.test(message)) return true;
  const expected = scalarIn(value);
  return (
    typeof expected === 'bigint' && BigInt.asIntN(64, expected) !== expected && EDGES.includes(outcome.value)
  );
}

function isOfNarrowElements(parameters: readonly string[], expected: Scalar, outcome: Outcome): boolean {
  const widths = parameters.flatMap((type) => /^u?int(8|32)\[/.exec(type)?.[1] ?? []);
  const width = Math.min(...widths.map(Number));
  if (widths.length === 0 || typeof expected !== 'bigint' || outcome.kind !== 'value') return false;
  const { value } = outcome;
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false;
  return BigInt.asIntN(width, expected) === BigInt.asIntN(width, BigInt(value as bigint | number));
}

function isHalfPrecision({ signature, call, outcome, function: { source } }: Disagreement): boolean {
  const expected = scalarIn(call.value);
  if (typeof expected !== 'number' || outcome.kind !== 'value' || !/\bnp\.|numpy/.test(source)) return false;
  return (
    signature.includes('bool') && Math.abs(Number(outcome.value) - expected) <= Math.abs(expected) * 2 ** -9
  );
}

function scalarIn(value: OracleCall['value']): Scalar {
  return typeof value === 'string' ? scalarOf(value) : undefined;
}

function wraps(expected: Scalar, outcome: Outcome): boolean {
  if (typeof expected !== 'bigint' || outcome.kind !== 'value') return false;
  const { value } = outcome;
  if (typeof value !== 'bigint' && !Number.isInteger(value)) return false;
  return BigInt.asIntN(64, expected) === BigInt.asIntN(64, BigInt(value as bigint | number));
}

/** Whether a call ended as it should: with that value and those arrays, or with that exception. */
export function sameOutcome(
  expected: Pick<OracleCall, 'value' | 'raises' | 'after'> | undefined,
  outcome: Outcome,
  tolerance: Tolerance,
): boolean {
  if (!expected) return false;
  if (outcome.kind === 'raised') return expected.raises === outcome.exception;
  if (outcome.kind === 'failed')
    return isStackOverflow(outcome.error) && expected.raises === 'RecursionError';
  if (expected.value === undefined || !agrees(expected.value, outcome.value, tolerance)) return false;
  const arrays = expected.after?.map(
    (value, index) => !isWireArray(value) || agrees(value, outcome.args[index], tolerance),
  );
  return arrays?.every(Boolean) ?? true;
}

function isStackOverflow(error: Error): boolean {
  return error.message.includes('stack overflow');
}

function isFiniteNumber(value: unknown): boolean {
  if (value instanceof Complex) return Number.isFinite(value.re) && Number.isFinite(value.im);
  return typeof value !== 'number' || Number.isFinite(value);
}

function isNaNValue(value: unknown): boolean {
  return value instanceof Complex ? Number.isNaN(value.re) : Number.isNaN(value);
}

/** Whether an index can be below 0 at all: by a minus of the function, or a negative integer that it is given. */
function mayBeNegative(source: string, call: OracleCall): boolean {
  return /-\s*[\w(]/.test(source.replace(/#.*/g, '')) || JSON.stringify(call.arguments).includes('"i:-');
}

function isNoShiftCount(value: WireValue): boolean {
  const count = scalarIn(value);
  return typeof count === 'bigint' && (count < 0n || count > 63n);
}
