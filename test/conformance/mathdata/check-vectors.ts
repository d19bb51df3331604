/** Calls compiled functions with test vectors and measures how far they are off. */
import { Complex } from '../../../backend/contract/complex.ts';
import { complex, float64, type RemoteFunction, type RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { ulpsBetween } from '../ulps.ts';
import type { Vector } from './vectors.ts';

export type Namespace = 'math' | 'cmath';

export interface CheckedFunction {
  /** `cmath.acos`. */
  readonly name: string;
  readonly vectors: number;
  /** Those for which CPython raises ValueError or OverflowError. */
  readonly raising: number;
  /** The largest error of one part of a result, in units in the last place. */
  readonly ulps: number;
  /** Wrong signs, infinities and NaNs, and errors beyond the limits. */
  readonly failures: readonly string[];
}

/** How far a function may be off: either limit suffices. */
export interface Limit {
  readonly ulps: number;
  readonly absolute?: number;
}

/** In the order of the vectors. */
export async function checkVectors(
  jit: RemoteJIT,
  namespace: Namespace,
  vectors: readonly Vector[],
  limitOf: (name: string) => Limit,
): Promise<readonly CheckedFunction[]> {
  const groups = new Map<string, Vector[]>();
  for (const vector of vectors) {
    groups.set(vector.functionName, [...(groups.get(vector.functionName) ?? []), vector]);
  }
  const checked: CheckedFunction[] = [];
  for (const [functionName, group] of groups) {
    const compiled = await compile(jit, namespace, functionName);
    const name = `${namespace}.${functionName}`;
    checked.push(checkFunction(name, group, limitOf(name), (vector) => call(compiled, vector)));
  }
  return checked;
}

/** A Python cell with the function; `rect` and `polar` take and give a complex number, as the vectors do. */
async function compile(jit: RemoteJIT, namespace: Namespace, name: string): Promise<RemoteFunction> {
  const type = namespace === 'math' ? 'float64' : 'complex128';
  const [compiled] = await jit.define({
    source: `import ${namespace}\ndef f(x):\n    ${bodyOf(namespace, name)}\n`,
    fileName: name,
    language: 'python',
    signatures: [`${type}(${type})`],
  });
  if (!compiled) throw new Error(`${namespace}.${name} was not defined`);
  return compiled;
}

function bodyOf(namespace: Namespace, name: string): string {
  if (name === 'rect') return 'return cmath.rect(x.real, x.imag)';
  if (name === 'polar') return 'r, phi = cmath.polar(x)\n    return complex(r, phi)';
  return `return ${namespace}.${name}(x)`;
}

function call(compiled: RemoteFunction, { argument: [re = 0, im] }: Vector): readonly number[] {
  const value = compiled(im === undefined ? float64(re) : complex(re, im));
  return value instanceof Complex ? [value.re, value.im] : [Number(value)];
}

function checkFunction(
  name: string,
  vectors: readonly Vector[],
  limit: Limit,
  evaluate: (vector: Vector) => readonly number[],
): CheckedFunction {
  let ulps = 0;
  const failures: string[] = [];
  for (const vector of vectors) {
    const found = evaluate(vector);
    const errors = vector.expected.map((part, index) =>
      errorOf(vector, part, found[index] ?? Number.NaN, index, limit),
    );
    ulps = Math.max(ulps, ...errors.filter(Number.isFinite));
    if (errors.some((error) => error > limit.ulps)) {
      const shown = [vector.argument, vector.expected, found].map((parts) => parts.join(' '));
      failures.push(
        `${vector.id} ${name} ${shown[0]} -> ${shown[1]}, found ${shown[2]} (${errors.join(', ')} ulps)`,
      );
    }
  }
  const raising = vectors.filter(({ flags }) => RAISING.some((flag) => flags.has(flag))).length;
  return { name, vectors: vectors.length, raising, ulps, failures };
}

const RAISING = ['invalid', 'divide-by-zero', 'overflow'];
const IGNORED_SIGNS: readonly (readonly string[])[] = [
  ['ignore-sign', 'ignore-real-sign'],
  ['ignore-imag-sign'],
];

/** In units in the last place; infinite where a NaN, an infinity or the sign of a zero is wrong. */
function errorOf(
  { flags }: Vector,
  expected: number,
  found: number,
  index: number,
  { absolute = 0 }: Limit,
): number {
  const ignoresSign = IGNORED_SIGNS[index]?.some((flag) => flags.has(flag)) ?? false;
  const [a, b] = ignoresSign ? [Math.abs(expected), Math.abs(found)] : [expected, found];
  if (Object.is(a, b)) return 0;
  if (a === b || !Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(a - b) <= absolute ? 0 : ulpsBetween(a, b);
}
