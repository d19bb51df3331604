/** What `lift.py` and its oracle say about one function, as JSON. */

/** `i:3`, `f:0.5`, `c:1.0,-0.0`, `b:1`, `n:`, a tuple of them, or an array. */
export type WireValue = string | readonly WireValue[] | WireArray;

export interface WireArray {
  readonly element: string;
  readonly shape: readonly number[];
  readonly data: readonly string[];
}

export interface OracleCall {
  readonly arguments: readonly WireValue[];
  /** What CPython returns; absent where it raises. */
  readonly value?: WireValue;
  readonly raises?: string;
  readonly message?: string;
  /** The arguments afterwards, where the call changed an array. */
  readonly after?: readonly WireValue[];
}

export interface ApplicableSignature {
  /** Types of the parameters, as in a signature. */
  readonly parameters: readonly string[];
  readonly calls: readonly OracleCall[];
}

export interface LiftedFunction {
  readonly name: string;
  /** Below numba's tests, with the line of the definition. */
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly signatures: readonly ApplicableSignature[];
  /** Why there is no signature. */
  readonly reason?: string;
}

/** The line is the harness's own, written by the script beside this file. */
export function parseLiftedFunction(line: string): LiftedFunction {
  return JSON.parse(line) as LiftedFunction;
}
