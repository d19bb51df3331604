/** CPython's test vectors: `acos0000 acos 0.0 0.0 -> 1.5707963267948966 -0.0 ignore-imag-sign`. */
import { floatOf } from '../numba/wire-values.ts';

export interface Vector {
  readonly id: string;
  readonly functionName: string;
  /** One number for `math`, real and imaginary part for `cmath`. */
  readonly argument: readonly number[];
  readonly expected: readonly number[];
  /** `invalid`, `divide-by-zero`, `overflow`, `ignore-real-sign`, … */
  readonly flags: ReadonlySet<string>;
}

export function parseVectors(text: string): readonly Vector[] {
  return text.split('\n').flatMap((line) => (/^\s*(--|$)/.test(line) ? [] : [parseVector(line)]));
}

function parseVector(line: string): Vector {
  const [before = '', after = ''] = (line.split('--')[0] ?? '').split('->');
  const [id = '', functionName = '', ...argument] = before.trim().split(/\s+/);
  const results = after.trim().split(/\s+/).slice(0, argument.length);
  const flags = after.trim().split(/\s+/).slice(argument.length);
  if (argument.length === 0 || results.length < argument.length) throw new Error(`no test vector: ${line}`);
  return {
    id,
    functionName,
    argument: argument.map(floatOf),
    expected: results.map(floatOf),
    flags: new Set(flags),
  };
}
