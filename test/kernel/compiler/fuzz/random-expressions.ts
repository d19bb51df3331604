/**
 * Random expressions by kind (int, float, complex, bool), so that only the finer rules (no join of int64 and uint64,
 * and so on) can refuse them. Nothing in them depends on a mathematics library: results are exact or IEEE, and both
 * engines must agree on each bit.
 */
import type { Language } from '../../../../kernel/compiler/core.ts';
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

const KIND_OF: Readonly<Record<string, Kind>> = {
  int: 'int',
  float: 'float',
  complex: 'complex',
  bool: 'bool',
};

function binary(kind: Kind, operators: string): string[] {
  return operators.split(' ').map((operator) => `($${kind} ${operator} $${kind})`);
}

function unary(namespace: string, kind: Kind, names: string): string[] {
  return names.split(' ').map((name) => `${namespace}.${name}($${kind})`);
}

function ofTwo(namespace: string, kind: Kind, names: string): string[] {
  return names.split(' ').map((name) => `${namespace}.${name}($${kind}, $${kind})`);
}

function reductions(element: Kind, names: string): string[] {
  return names.split(' ').map((name) => `${name}($a_${element})`);
}

/** `$int` is an expression of that kind, `$l_int` a leaf, `$t_int` the name of a type, `$a_int` an array. */
const TEMPLATES: Readonly<Record<'shared' | Language, Readonly<Record<Kind, readonly string[]>>>> = {
  shared: {
    int: [
      ...binary('int', '+ - * % << >> & | ^'),
      '(-$int)',
      '(~$int)',
      '$t_int($float)',
      '$t_int($int)',
      '$length',
    ],
    float: [
      ...binary('float', '+ - * / %'),
      '(-$float)',
      '($float * $int)',
      '($int / $int)',
      '$t_float($int)',
      '$t_float($float)',
      '($complex).real',
      '($complex).imag',
      '($float ** 3)',
      '($float ** -1)',
    ],
    complex: [
      ...binary('complex', '+ - * /'),
      '(-$complex)',
      '($complex + $float)',
      '($complex * $int)',
      'complex($float, $float)',
      'complex64($complex)',
      'complex128($float)',
      '($complex).conjugate()',
      '($complex ** 2)',
    ],
    bool: [
      ...binary('int', '< <= > >= == !='),
      ...binary('float', '< <= > >= == !='),
      '($complex == $complex)',
      'bool($int)',
      'bool($float)',
    ],
  },
  python: {
    int: [
      '($int // $int)',
      'abs($int)',
      'int($bool)',
      '($int ** 0)',
      '($int ** 5)',
      '($int ** ($int & 7))',
      'pow($int, 3)',
      'round($float)',
      'math.floor($float)',
      'math.ceil($float)',
      'math.gcd($int, $int)',
      'min($int, $int)',
      'max($int, $int, $l_int)',
      'divmod($int, $int)[0]',
      'divmod($int, $int)[1]',
      '($int or $int)',
      '($int and $int)',
      'np.int16($int)',
      'np.left_shift($int, $int)',
      'np.minimum($int, $int)',
      ...reductions('int', 'sum min max np.sum np.prod np.max np.argmax np.argmin'),
    ],
    float: [
      '($float // $float)',
      ...unary('math', 'float', 'sqrt fabs'),
      ...unary('np', 'float', 'trunc floor ceil rint sign square reciprocal'),
      ...ofTwo('np', 'float', 'minimum maximum fmod'),
      ...ofTwo('math', 'float', 'fmod remainder'),
      'min($float, $float)',
      'max($float, $float)',
      'round($float, 2)',
      'math.copysign($float, -2.0)',
      'math.ldexp($float, 3)',
      'divmod($float, $float)[0]',
      'divmod($float, $float)[1]',
      'math.modf($float)[0]',
      'float($int)',
      ...reductions('float', 'sum max np.sum np.mean np.min np.prod'),
    ],
    complex: [],
    bool: [
      '($bool and $bool)',
      '($bool or $bool)',
      '(not $bool)',
      '($int < $int < $int)',
      '($int <= $float != $l_float >= $int)',
      '($bool ^ $bool)',
      '($int in range($l_int, $l_int))',
      '($int in range($l_int, $l_int, 3))',
      '($int in range($l_int, $l_int, $l_int))',
      '($int in ($l_int, 3, $l_int))',
      '($float not in (0.5, $l_float))',
      '($int in $a_int)',
      '($float in $a_float)',
      ...reductions('int', 'any all np.any'),
      'math.isnan($float)',
    ],
  },
  typescript: {
    int: [
      '($int >>> $int)',
      'Math.trunc($int / $int)',
      'Math.floor($int / $int)',
      'int64($int / $int)',
      ...unary('Math', 'int', 'abs sign clz32'),
      ...ofTwo('Math', 'int', 'max min imul'),
      '($int ?? $int)',
      '($int || $int)',
      '($int && $int)',
      '($float as $t_int)',
      'int64($bool)',
    ],
    float: [
      ...unary('Math', 'float', 'sqrt abs round sign ceil floor trunc fround'),
      ...ofTwo('Math', 'float', 'min max'),
      '($int as $t_float)',
      'Number($int)',
      '($float || $float)',
    ],
    complex: [],
    bool: [
      '($bool && $bool)',
      '($bool || $bool)',
      '(!$bool)',
      '($bool === $bool)',
      'Number.isInteger($float)',
      'isNaN($float)',
    ],
  },
};

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
    return this.#operation(kind, depth - 1);
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

  /** `template` with its placeholders filled in. */
  #fill(template: string, depth: number): string {
    return template.replace(/\$(?:(\w)_)?(\w+)/g, (_match, modifier: string | undefined, name: string) => {
      const kind = KIND_OF[name] ?? 'int';
      if (name === 'length') return this.#length(this.#random.pick(this.#names().arrays));
      if (modifier === 'a') return this.#random.pick(this.#arraysOf(kind)).name;
      if (modifier === 't') return this.#random.pick(TYPES[kind]);
      return modifier === 'l' ? this.leaf(kind) : this.make(kind, depth);
    });
  }

  #arraysOf(kind: Kind): readonly ArrayVariable[] {
    return this.#names().arrays.filter(({ element, rank }) => element === kind && rank === 1);
  }

  #operation(kind: Kind, depth: number): string {
    const own = TEMPLATES[this.#python ? 'python' : 'typescript'][kind];
    const template = this.#random.pick([...TEMPLATES.shared[kind], ...own]);
    const lacks =
      (template.includes('$length') && this.#names().arrays.length === 0) ||
      (template.includes('$a_int') && this.#arraysOf('int').length === 0) ||
      (template.includes('$a_float') && this.#arraysOf('float').length === 0);
    return lacks ? this.leaf(kind) : this.#fill(template, depth);
  }
}
