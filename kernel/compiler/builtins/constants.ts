/** Constants of the namespaces. They are literals: weak, so `x * math.pi` stays float32 where x is. */
import type { Literal } from '../typer/operand.ts';

const MATH: readonly (readonly [string, number])[] = [
  ['pi', Math.PI],
  ['e', Math.E],
  ['tau', 2 * Math.PI],
  ['inf', Number.POSITIVE_INFINITY],
  ['nan', Number.NaN],
];

const ECMA: readonly (readonly [string, number])[] = [
  ['PI', Math.PI],
  ['E', Math.E],
  ['LN2', Math.LN2],
  ['LN10', Math.LN10],
  ['LOG2E', Math.LOG2E],
  ['LOG10E', Math.LOG10E],
  ['SQRT2', Math.SQRT2],
  ['SQRT1_2', Math.SQRT1_2],
];

const NUMBER: readonly (readonly [string, number])[] = [
  ['EPSILON', Number.EPSILON],
  ['MAX_VALUE', Number.MAX_VALUE],
  ['MIN_VALUE', Number.MIN_VALUE],
  ['POSITIVE_INFINITY', Number.POSITIVE_INFINITY],
  ['NEGATIVE_INFINITY', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
];

function under(namespace: string, names: readonly (readonly [string, Literal])[]): [string, Literal][] {
  return names.map(([name, value]) => [`${namespace}.${name}`, value]);
}

/** By qualified name. */
export const CONSTANTS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ...under('math', MATH),
  ...under('cmath', MATH),
  ...under('cmath', [
    ['infj', { re: 0, im: Number.POSITIVE_INFINITY }],
    ['nanj', { re: 0, im: Number.NaN }],
  ]),
  ...under('numpy', MATH),
  ...under('Math', ECMA),
  ...under('Number', NUMBER),
  ...under('Number', [
    ['MAX_SAFE_INTEGER', 2n ** 53n - 1n],
    ['MIN_SAFE_INTEGER', -(2n ** 53n - 1n)],
  ]),
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);
