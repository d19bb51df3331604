/**
 * Random expressions by kind (int, float, complex, bool), so that only the finer rules (no join of int64 and uint64,
 * and so on) can refuse them. Nothing in them depends on a mathematics library: results are exact or IEEE, and both
 * engines must agree on each bit.
 */
import type { Random } from './random.ts';

export type Kind = 'int' | 'float' | 'complex' | 'bool';

export const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  int: ['int8', 'int16', 'int32', 'int64', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'],
  float: ['float32', 'float64', 'float64'],
  complex: ['complex64', 'complex128'],
  bool: ['bool'],
};

export const KINDS: readonly Kind[] = ['int', 'int', 'int', 'float', 'float', 'complex', 'bool'];

const INTEGERS = '0 1 2 3 -1 7 63 100 255 65536 9007199254740993 9223372036854775807'.split(' ');
const FLOATS = '0.0 1.0 -1.0 0.5 1e300 1e-300 3.25 -0.0 1e16 0.1'.split(' ');
const IMAGINARIES = '1j 2.5j -0.5j 1e200j'.split(' ');

export interface ScalarVariable {
  readonly name: string;
  readonly kind: Kind;
}

export interface ArrayVariable {
  readonly name: string;
  readonly element: Kind;
  readonly rank: 1 | 2;
}

export interface TupleVariable {
  readonly name: string;
  readonly members: readonly Kind[];
}

/** A function of the same source that may be called. */
export interface Callable {
  readonly name: string;
  readonly parameters: readonly Kind[];
  readonly result: Kind;
  /** How many of the last parameters have defaults. */
  readonly defaults: number;
}

/** What is in scope. */
export interface Names {
  readonly scalars: readonly ScalarVariable[];
  readonly arrays: readonly ArrayVariable[];
  readonly tuples: readonly TupleVariable[];
  readonly functions: readonly Callable[];
}

export class RandomExpressions {
  readonly #random: Random;
  readonly #python: boolean;
  readonly #names: () => Names;

  constructor(random: Random, python: boolean, names: () => Names) {
    this.#random = random;
    this.#python = python;
    this.#names = names;
  }

  make(kind: Kind, depth: number): string {
    if (depth <= 0 || this.#random.chance(0.15)) return this.leaf(kind);
    if (this.#random.chance(0.1)) return this.#conditional(kind, depth);
    if (this.#random.chance(0.12)) return this.#call(kind, depth) ?? this.leaf(kind);
    switch (kind) {
      case 'int':
        return this.#integer(depth - 1);
      case 'float':
        return this.#float(depth - 1);
      case 'complex':
        return this.#complex(depth - 1);
      case 'bool':
        return this.#bool(depth - 1);
    }
  }

  /** A variable, an element, a member of a tuple, or a literal. */
  leaf(kind: Kind): string {
    const { scalars, arrays, tuples } = this.#names();
    const choice = this.#random.next();
    const array = arrays.filter((one) => one.element === kind);
    if (choice < 0.15 && array.length > 0) return this.element(this.#random.pick(array));
    const members = tuples.flatMap(({ name, members }) =>
      members.flatMap((member, index) => (member === kind ? [`${name}[${index}]`] : [])),
    );
    if (choice < 0.25 && members.length > 0) return this.#random.pick(members);
    const fitting = scalars.filter((variable) => variable.kind === kind);
    if (choice < 0.8 && fitting.length > 0) return this.#random.pick(fitting).name;
    return this.#literal(kind);
  }

  #literal(kind: Kind): string {
    const bools = this.#python ? ['True', 'False'] : ['true', 'false'];
    const literal = this.#random.pick(
      { int: INTEGERS, float: FLOATS, complex: IMAGINARIES, bool: bools }[kind],
    );
    return literal.startsWith('-') ? `(${literal})` : literal;
  }

  /** `a[i]`, often within the array. */
  element({ name, rank }: ArrayVariable): string {
    if (rank === 1) return `${name}[${this.#index()}]`;
    const [row, column] = [this.#index(), this.#index()];
    return this.#python && this.#random.chance(0.7)
      ? `${name}[${row}, ${column}]`
      : `${name}[${row}][${column}]`;
  }

  #index(): string {
    const inside = this.#random.pick(['0', '0', '1', '1', '2', '3', `(${this.leaf('int')} & 1)`]);
    const counted = this.#python ? '-1' : `(${this.leaf('int')} & 3)`;
    return this.#random.pick([inside, inside, inside, counted, this.leaf('int')]);
  }

  #length({ name, rank }: ArrayVariable): string {
    if (this.#python)
      return this.#random.pick([`len(${name})`, `${name}.size`, `${name}.shape[${rank - 1}]`]);
    return this.#random.pick([`${name}.length`, `${name}.shape[${rank - 1}]`]);
  }

  #conditional(kind: Kind, depth: number): string {
    const [test, yes, no] = [
      this.make('bool', depth - 1),
      this.make(kind, depth - 1),
      this.make(kind, depth - 1),
    ];
    return this.#python ? `(${yes} if ${test} else ${no})` : `(${test} ? ${yes} : ${no})`;
  }

  #call(kind: Kind, depth: number): string | undefined {
    const fitting = this.#names().functions.filter(({ result }) => result === kind);
    if (fitting.length === 0) return undefined;
    const { name, parameters, defaults } = this.#random.pick(fitting);
    const given = parameters.length - this.#random.below(defaults + 1);
    const args = parameters.slice(0, given).map((parameter, index) => {
      const value = this.make(parameter, depth - 1);
      return this.#python && index > 0 && this.#random.chance(0.3) ? `p${index}=${value}` : value;
    });
    const firstNamed = args.findIndex((arg) => /^p\d=/.test(arg));
    const ordered = args.map((arg, index) =>
      firstNamed !== -1 && index > firstNamed && !/^p\d=/.test(arg) ? `p${index}=${arg}` : arg,
    );
    return `${name}(${ordered.join(', ')})`;
  }

  #integer(depth: number): string {
    const [a, b] = [this.make('int', depth), this.make('int', depth)];
    const x = this.make('float', depth);
    const cast = this.#random.pick(TYPES.int);
    const { arrays } = this.#names();
    const lengths = arrays.length === 0 ? [] : [this.#length(this.#random.pick(arrays))];
    const operators = '+ - * % << >> & | ^'.split(' ').map((operator) => `(${a} ${operator} ${b})`);
    const shared = [...operators, `(-${a})`, `(~${a})`, `${cast}(${x})`, `${cast}(${a})`, ...lengths];
    const python = [
      `(${a} // ${b})`,
      `abs(${a})`,
      `int(${this.make('bool', depth)})`,
      `(${a} ** ${this.#random.below(5)})`,
      `(${a} ** (${b} & 7))`,
      `pow(${a}, 3)`,
      `round(${x})`,
      `math.floor(${x})`,
      `math.ceil(${x})`,
      `math.gcd(${a}, ${b})`,
      `min(${a}, ${b})`,
      `max(${a}, ${b}, ${this.#literal('int')})`,
      `divmod(${a}, ${b})[${this.#random.below(2)}]`,
      `(${a} or ${b})`,
      `(${a} and ${b})`,
      `np.int16(${a})`,
      `np.left_shift(${a}, ${b})`,
      `np.minimum(${a}, ${b})`,
    ];
    const typescript = [
      `(${a} >>> ${b})`,
      `Math.trunc(${a} / ${b})`,
      `Math.floor(${a} / ${b})`,
      `int64(${a} / ${b})`,
      `Math.abs(${a})`,
      `Math.sign(${a})`,
      `Math.max(${a}, ${b})`,
      `Math.imul(${a}, ${b})`,
      `Math.clz32(${a})`,
      `(${a} ?? ${b})`,
      `(${a} || ${b})`,
      `(${a} && ${b})`,
      `(${x} as ${cast})`,
      `int64(${this.make('bool', depth)})`,
    ];
    return this.#random.pick([...shared, ...(this.#python ? python : typescript)]);
  }

  #float(depth: number): string {
    const [a, b] = [this.make('float', depth), this.make('float', depth)];
    const n = this.make('int', depth);
    const z = this.make('complex', depth);
    const cast = this.#random.pick(TYPES.float);
    const shared = [
      ...'+ - * / %'.split(' ').map((operator) => `(${a} ${operator} ${b})`),
      `(-${a})`,
      `(${a} * ${n})`,
      `(${n} / ${this.make('int', depth)})`,
      `${cast}(${n})`,
      `${cast}(${a})`,
      `(${z}).real`,
      `(${z}).imag`,
      `(${a} ** 3)`,
      `(${a} ** -1)`,
    ];
    const python = [
      `(${a} // ${b})`,
      ...['sqrt', 'fabs'].map((name) => `math.${name}(${a})`),
      ...['trunc', 'floor', 'ceil', 'rint', 'sign', 'square', 'reciprocal'].map((name) => `np.${name}(${a})`),
      ...['minimum', 'maximum', 'fmod', 'copysign'].map((name) => `np.${name}(${a}, ${b})`),
      `min(${a}, ${b})`,
      `max(${a}, ${b})`,
      `round(${a}, 2)`,
      `math.copysign(${a}, -2.0)`,
      `math.fmod(${a}, ${b})`,
      `math.remainder(${a}, ${b})`,
      `math.ldexp(${a}, 3)`,
      `divmod(${a}, ${b})[${this.#random.below(2)}]`,
      `math.modf(${a})[0]`,
      `float(${n})`,
    ];
    const typescript = [
      ...['sqrt', 'abs', 'round', 'sign', 'ceil', 'floor', 'trunc', 'fround'].map(
        (name) => `Math.${name}(${a})`,
      ),
      `Math.min(${a}, ${b})`,
      `Math.max(${a}, ${b})`,
      `(${n} as ${cast})`,
      `Number(${n})`,
      `(${a} || ${b})`,
    ];
    return this.#random.pick([...shared, ...(this.#python ? python : typescript)]);
  }

  #complex(depth: number): string {
    const [a, b] = [this.make('complex', depth), this.make('complex', depth)];
    return this.#random.pick([
      ...'+ - * /'.split(' ').map((operator) => `(${a} ${operator} ${b})`),
      `(-${a})`,
      `(${a} + ${this.make('float', depth)})`,
      `(${a} * ${this.make('int', depth)})`,
      `complex(${this.make('float', depth)}, ${this.make('float', depth)})`,
      `complex64(${a})`,
      `complex128(${this.make('float', depth)})`,
      `(${a}).conjugate()`,
      `(${a} ** 2)`,
    ]);
  }

  #bool(depth: number): string {
    const order = this.#random.pick(['<', '<=', '>', '>=', '==', '!=']);
    const kind = this.#random.pick(['int', 'int', 'float'] as const);
    const [a, b] = [this.make(kind, depth), this.make(kind, depth)];
    const [p, q] = [this.make('bool', depth), this.make('bool', depth)];
    const n = this.make('int', depth);
    const z = `(${this.make('complex', depth)} == ${this.make('complex', depth)})`;
    const shared = [`(${a} ${order} ${b})`, `(${a} ${order} ${b})`, z, `bool(${a})`];
    const { arrays } = this.#names();
    const searched = arrays.filter(({ element, rank }) => element === kind && rank === 1);
    const python = [
      `(${p} and ${q})`,
      `(${p} or ${q})`,
      `(not ${p})`,
      `(${a} < ${b} < ${a})`,
      `(${a} <= ${b} != ${this.leaf(kind)} ${order} ${a})`,
      `(${p} ^ ${q})`,
      `(${n} in range(${this.leaf('int')}, ${this.leaf('int')}, ${this.#random.pick(['1', '3', '-2', this.leaf('int')])}))`,
      `(${n} ${this.#random.pick(['in', 'not in'])} (${this.leaf('int')}, 3, ${this.leaf('int')}))`,
      `math.isnan(${this.make('float', depth)})`,
      ...searched.map(({ name }) => `(${a} in ${name})`),
    ];
    const typescript = [
      `(${p} && ${q})`,
      `(${p} || ${q})`,
      `(!${p})`,
      `(${p} === ${q})`,
      `Number.isInteger(${this.make('float', depth)})`,
      `isNaN(${this.make('float', depth)})`,
    ];
    return this.#random.pick([...shared, ...(this.#python ? python : typescript)]);
  }
}
