/** Random arguments: values at the edges of their types, arrays of up to four elements. */
import type { Type } from '../../../../backend/contract/types.ts';
import type { Value } from '../../../../kernel/compiler/interpret.ts';
import type { Random } from './random.ts';

const SMALL = [0n, 1n, -1n, 2n, 3n, -7n, 100n, 127n, -128n, 255n, 32767n];
const LARGE = [2n ** 31n - 1n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n];
const INTEGERS = [...SMALL, ...LARGE];
const FINITE = [0, -0, 1, -1, 0.5, 2.5, -3.75, 1e300, -1e-300, 5e-324, 16777217, 0.1];
const FLOATS = [...FINITE, Infinity, -Infinity, Number.NaN];

/** An argument of `type`; of an array, its elements and shape. */
export type RandomArgument = { readonly value: Value } | RandomArray;

export interface RandomArray {
  readonly element: Type;
  readonly elements: readonly Value[];
  readonly shape: readonly number[];
}

export function randomArgument(random: Random, type: Type): RandomArgument {
  if (type.kind !== 'array') return { value: randomScalar(random, type) };
  const shape = Array.from({ length: type.rank }, () => random.pick([0, 1, 2, 3, 4]));
  const count = shape.reduce((product, length) => product * length, 1);
  const elements = Array.from({ length: count }, () => randomScalar(random, type.element));
  return { element: type.element, elements, shape };
}

function randomScalar(random: Random, type: Type): Value {
  switch (type.kind) {
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return BigInt.asIntN(type.bits, random.pick(INTEGERS));
    case 'uint':
      return BigInt.asUintN(type.bits, random.pick(INTEGERS));
    case 'complex': {
      const [re, im] = [random.pick(FLOATS), random.pick(FLOATS)];
      return type.bits === 64 ? { re: Math.fround(re), im: Math.fround(im) } : { re, im };
    }
    default: {
      const value = random.pick(FLOATS);
      return type.kind === 'float' && type.bits === 32 ? Math.fround(value) : value;
    }
  }
}
