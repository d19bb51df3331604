/** Random functions in both languages, mostly well typed: statements around random expressions. */
import type { Language } from '../../../../kernel/compiler/core.ts';
import type { Random } from './random.ts';
import {
  type ArrayVariable,
  type Callable,
  KINDS,
  type Kind,
  RandomExpressions,
  type ScalarVariable,
  type TupleVariable,
  TYPES,
} from './random-expressions.ts';

export interface RandomFunction {
  readonly name: string;
  /** The function and those it calls. */
  readonly source: string;
  /** `int64(int8, float32[])` */
  readonly signature: string;
}

const MAX_DEPTH = 4;
const MAX_STATEMENTS = 5;

export function randomFunction(random: Random, language: Language, name: string): RandomFunction {
  return new Generator(random, language).function(name);
}

class Generator {
  readonly #random: Random;
  readonly #python: boolean;
  readonly #expressions: RandomExpressions;
  #scalars: ScalarVariable[] = [];
  #arrays: ArrayVariable[] = [];
  #tuples: TupleVariable[] = [];
  #functions: Callable[] = [];
  #counter = 0;
  #loopDepth = 0;

  constructor(random: Random, language: Language) {
    this.#random = random;
    this.#python = language === 'python';
    this.#expressions = new RandomExpressions(random, this.#python, () => ({
      scalars: this.#scalars,
      arrays: this.#arrays,
      tuples: this.#tuples,
      functions: this.#functions,
    }));
  }

  function(name: string): RandomFunction {
    const helpers = Array.from({ length: this.#random.below(3) }, (_, index) =>
      this.#helper(`${name}_g${index}`),
    );
    const parameters: (ScalarVariable | ArrayVariable)[] = Array.from(
      { length: 1 + this.#random.below(4) },
      (_, index) => this.#parameter(`p${index}`),
    );
    this.#scalars = parameters.filter((one) => 'kind' in one);
    this.#arrays = parameters.filter((one) => 'element' in one);
    const types = parameters.map((one) => this.#typeOf(one));
    const count = this.#random.chance(0.15) ? 2 + this.#random.below(2) : 1;
    const kinds = Array.from({ length: count }, () => this.#random.pick(KINDS));
    const members = kinds.map((kind) => this.#random.pick(TYPES[kind])).join(', ');
    const result = count === 1 ? members : `(${members})`;
    const body = this.#block(1, 1 + this.#random.below(MAX_STATEMENTS));
    const values = kinds.map((kind) => this.#make(kind, count === 1 ? MAX_DEPTH : 2)).join(', ');
    const last = this.#line(1, `return ${this.#python || count === 1 ? values : `[${values}]`}`);
    const names = parameters.map((parameter) => parameter.name);
    const source = [...helpers, this.#definition(name, names, [...body, last])].join('\n');
    return { name, source, signature: `${result}(${types.join(', ')})` };
  }

  #parameter(name: string): ScalarVariable | ArrayVariable {
    if (!this.#random.chance(0.3)) return { name, kind: this.#random.pick(KINDS) };
    return { name, element: this.#random.pick(KINDS), rank: this.#random.chance(0.3) ? 2 : 1 };
  }

  #typeOf(parameter: ScalarVariable | ArrayVariable): string {
    if ('kind' in parameter) return this.#random.pick(TYPES[parameter.kind]);
    return `${this.#random.pick(TYPES[parameter.element])}${parameter.rank === 1 ? '[]' : '[,]'}`;
  }

  /** A function without a signature of its own, compiled for its callers; it may call those before it. */
  #helper(name: string): string {
    const kinds = Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(KINDS));
    const result = this.#random.pick(KINDS);
    const defaults = this.#random.chance(0.3) && kinds.at(-1) === 'int' ? 1 : 0;
    this.#scalars = kinds.map((kind, index) => ({ name: `p${index}`, kind }));
    const early = this.#random.chance(0.4)
      ? [...this.#branch(1, [this.#line(2, `return ${this.#make(result, 1)}`)])]
      : [];
    const last = this.#line(1, `return ${this.#make(result, 2)}`);
    const names = kinds.map((_, index) => `p${index}${index >= kinds.length - defaults ? ' = 3' : ''}`);
    const source = this.#definition(name, names, [...early, last]);
    this.#functions = [...this.#functions, { name, parameters: kinds, result, defaults }];
    return source;
  }

  #definition(name: string, parameters: readonly string[], body: readonly string[]): string {
    const head = `${name}(${parameters.join(', ')})`;
    return this.#python
      ? [`def ${head}:`, ...body].join('\n')
      : [`function ${head} {`, ...body, '}'].join('\n');
  }

  #make(kind: Kind, depth: number): string {
    return this.#expressions.make(kind, depth);
  }

  #line(depth: number, text: string): string {
    return '  '.repeat(depth) + text + (this.#python ? '' : ';');
  }

  #open(depth: number, head: string): string {
    return '  '.repeat(depth) + (this.#python ? `${head}:` : `${head} {`);
  }

  #close(depth: number): string[] {
    return this.#python ? [] : [`${'  '.repeat(depth)}}`];
  }

  /** `if` or `while` with its test in the language's brackets. */
  #headed(word: string, test: string): string {
    return this.#python ? `${word} ${test}` : `${word} (${test})`;
  }

  #let(name: string, type = ''): string {
    return `${this.#python ? '' : 'let '}${name}${type === '' ? '' : `: ${type}`}`;
  }

  #fresh(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#counter}`;
  }

  // ---- statements

  #block(depth: number, count: number): string[] {
    return Array.from({ length: count }, () => this.#statement(depth)).flat();
  }

  /** Variables made inside stay inside: TypeScript knows no others, Python's might be unset. */
  #scope(make: () => string[]): string[] {
    const before = { scalars: this.#scalars, arrays: this.#arrays, tuples: this.#tuples };
    const lines = make();
    this.#scalars = before.scalars;
    this.#arrays = before.arrays;
    this.#tuples = before.tuples;
    return lines;
  }

  #statement(depth: number): string[] {
    const simple = [
      () => this.#declare(depth),
      () => this.#update(depth),
      () => this.#update(depth),
      () => this.#updateElement(depth),
      () => this.#declareTuple(depth),
      () => this.#unpack(depth),
      () => this.#slice(depth),
      () => this.#raise(depth),
    ];
    const compound = [() => this.#if(depth), () => this.#if(depth), ...this.#loops(depth)];
    return this.#random.pick(depth > 3 ? simple : [...simple, ...compound])();
  }

  #loops(depth: number): (() => string[])[] {
    if (this.#loopDepth >= 2) return [];
    const shared = [
      () => this.#countingLoop(depth),
      () => this.#arrayLoop(depth),
      () => this.#whileLoop(depth),
    ];
    return this.#python ? shared : [...shared, () => this.#switch(depth)];
  }

  #declare(depth: number): string[] {
    const kind = this.#random.pick(KINDS);
    const value = this.#make(kind, MAX_DEPTH - 1);
    const name = this.#fresh('v');
    this.#scalars = [...this.#scalars, { name, kind }];
    const isTyped = kind !== 'bool' && this.#random.chance(0.2);
    return [
      this.#line(depth, `${this.#let(name, isTyped ? this.#random.pick(TYPES[kind]) : '')} = ${value}`),
    ];
  }

  #update(depth: number): string[] {
    if (this.#scalars.length === 0) return this.#declare(depth);
    const { name, kind } = this.#random.pick(this.#scalars);
    return [this.#line(depth, this.#assignment(name, kind))];
  }

  #updateElement(depth: number): string[] {
    if (this.#arrays.length === 0) return this.#update(depth);
    const array = this.#random.pick(this.#arrays);
    return [this.#line(depth, this.#assignment(this.#expressions.element(array), array.element))];
  }

  #assignment(target: string, kind: Kind): string {
    if (kind === 'bool' || this.#random.chance(0.4)) return `${target} = ${this.#make(kind, MAX_DEPTH - 1)}`;
    const operators = {
      int: this.#python ? '+ - * & | ^ // % <<' : '+ - * & | ^ % << >>>',
      float: '+ - * /',
      complex: '+ - *',
    };
    const operator = this.#random.pick(operators[kind].split(' '));
    return `${target} ${operator}= ${this.#make(kind, 2)}`;
  }

  #declareTuple(depth: number): string[] {
    const members = Array.from({ length: 2 + this.#random.below(2) }, () => this.#random.pick(KINDS));
    const values = members.map((kind) => this.#make(kind, 1)).join(', ');
    const name = this.#fresh('t');
    this.#tuples = [...this.#tuples, { name, members }];
    return [this.#line(depth, `${this.#let(name)} = ${this.#python ? `(${values})` : `[${values}]`}`)];
  }

  /** `a, b = b, a` of variables of one kind, or a tuple taken apart. */
  #unpack(depth: number): string[] {
    const { kind } = this.#scalars[0] ?? { kind: 'int' };
    const [a, b] = this.#scalars.filter((one) => one.kind === kind).map(({ name }) => name);
    if (a !== undefined && b !== undefined && this.#random.chance(0.5)) {
      return [this.#line(depth, this.#python ? `${a}, ${b} = ${b}, ${a}` : `[${a}, ${b}] = [${b}, ${a}]`)];
    }
    if (this.#tuples.length === 0) return this.#declareTuple(depth);
    const { name, members } = this.#random.pick(this.#tuples);
    const fresh = members.map((member) => ({ name: this.#fresh('u'), kind: member }));
    this.#scalars = [...this.#scalars, ...fresh];
    const names = fresh.map((one) => one.name).join(', ');
    return [this.#line(depth, this.#python ? `${names} = ${name}` : `let [${names}] = ${name}`)];
  }

  #slice(depth: number): string[] {
    if (this.#arrays.length === 0) return this.#declare(depth);
    const array = this.#random.pick(this.#arrays);
    const [start, stop] = [
      this.#expressions.leaf('int'),
      this.#random.pick(['1', '2', '-1', this.#expressions.leaf('int')]),
    ];
    const name = this.#fresh('s');
    this.#arrays = [...this.#arrays, { ...array, name }];
    const ends = this.#random.pick([`${start}:${stop}`, `:${stop}`, `${start}:`]);
    const value = this.#python ? `${array.name}[${ends}]` : `${array.name}.subarray(${start}, ${stop})`;
    return [this.#line(depth, `${this.#let(name)} = ${value}`)];
  }

  #raise(depth: number): string[] {
    const message = this.#fresh('message ');
    const raise = this.#python ? `raise ValueError('${message}')` : `throw new RangeError('${message}')`;
    const test = `${this.#make('bool', 1)}`;
    if (this.#python && this.#random.chance(0.5)) return [this.#line(depth, `assert ${test}, '${message}'`)];
    return this.#branch(depth, [this.#line(depth + 1, raise)], test);
  }

  #branch(depth: number, body: readonly string[], test = this.#make('bool', 2)): string[] {
    return [this.#open(depth, this.#headed('if', test)), ...body, ...this.#close(depth)];
  }

  #if(depth: number): string[] {
    const test = this.#make('bool', 2);
    const lines = [this.#open(depth, this.#headed('if', test))];
    lines.push(...this.#scope(() => this.#block(depth + 1, 1 + this.#random.below(2))));
    if (this.#random.chance(0.5)) {
      lines.push(`${'  '.repeat(depth)}${this.#python ? 'else:' : '} else {'}`);
      lines.push(...this.#scope(() => this.#block(depth + 1, 1 + this.#random.below(2))));
    }
    return [...lines, ...this.#close(depth)];
  }

  // ---- loops: all end, because nothing assigns to what they count by

  #loopBody(depth: number, variables: readonly ScalarVariable[], copied: readonly string[]): string[] {
    this.#loopDepth += 1;
    const body = this.#scope(() => {
      this.#scalars = [...this.#scalars, ...variables];
      const inside = this.#block(depth + 1, 1 + this.#random.below(3));
      const jump = this.#random.chance(0.3) ? this.#jump(depth + 1) : [];
      return [...copied.map((text) => this.#line(depth + 1, text)), ...inside, ...jump];
    });
    this.#loopDepth -= 1;
    return body;
  }

  #jump(depth: number): string[] {
    return this.#branch(
      depth,
      [this.#line(depth + 1, this.#random.pick(['break', 'continue']))],
      this.#make('bool', 1),
    );
  }

  #otherwise(depth: number): string[] {
    if (!this.#python || this.#random.chance(0.7)) return [];
    return [this.#open(depth, 'else'), ...this.#scope(() => this.#block(depth + 1, 1))];
  }

  #countingLoop(depth: number): string[] {
    const index = this.#fresh('i');
    const copy = this.#fresh('c');
    const [start, stop] = [this.#random.below(10) - 5, this.#random.below(12) - 6];
    const bound = this.#random.chance(0.3) ? `(${this.#expressions.leaf('int')} & 7)` : String(stop);
    const step = this.#random.pick([1, 1, 2, -1, -3]);
    const range = `range(${start}, ${bound}, ${step})`;
    const whole = this.#random.chance(0.2) ? `reversed(${range})` : range;
    const head = this.#python
      ? `for ${index} in ${whole}`
      : `for (let ${index} = ${start}; ${index} < ${bound}; ${index}++)`;
    const body = this.#loopBody(depth, [{ name: copy, kind: 'int' }], [`${this.#let(copy)} = ${index}`]);
    return [this.#open(depth, head), ...body, ...this.#close(depth), ...this.#otherwise(depth)];
  }

  #arrayLoop(depth: number): string[] {
    const arrays = this.#arrays.filter(({ rank }) => rank === 1);
    if (arrays.length === 0) return this.#countingLoop(depth);
    const [a, b] = [this.#random.pick(arrays), this.#random.pick(arrays)];
    const [x, y, i] = [this.#fresh('x'), this.#fresh('x'), this.#fresh('i')];
    const [first, second] = [
      { name: x, kind: a.element },
      { name: y, kind: b.element },
    ];
    const number = { name: i, kind: 'int' } as const;
    const forms: [head: string, variables: ScalarVariable[]][] = this.#python
      ? [
          [`for ${x} in ${a.name}`, [first]],
          [`for ${x} in reversed(${a.name})`, [first]],
          [`for ${i}, ${x} in enumerate(${a.name}, 2)`, [number, first]],
          [`for ${x}, ${y} in zip(${a.name}, ${b.name})`, [first, second]],
          [`for ${i}, (${x}, ${y}) in enumerate(zip(${a.name}[1:], ${b.name}))`, [number, first, second]],
          [`for ${x}, ${i} in zip(${a.name}, range(9, 0, -2))`, [first, number]],
        ]
      : [
          [`for (let ${x} of ${a.name})`, [first]],
          [`for (let [${i}, ${x}] of ${a.name}.entries())`, [number, first]],
          [`for (let ${i} of ${a.name}.keys())`, [number]],
        ];
    const [head, variables] = this.#random.pick(forms);
    const body = this.#loopBody(depth, variables, []);
    return [this.#open(depth, head), ...body, ...this.#close(depth), ...this.#otherwise(depth)];
  }

  #whileLoop(depth: number): string[] {
    const count = this.#fresh('n');
    const before = this.#line(depth, `${this.#let(count)} = ${this.#random.below(6)}`);
    const step = `${count} = ${count} - 1`;
    const test = `${count} > 0`;
    if (this.#python || this.#random.chance(0.5)) {
      const both = this.#random.chance(0.3)
        ? `${test} ${this.#python ? 'and' : '&&'} ${this.#make('bool', 1)}`
        : test;
      const body = this.#loopBody(depth, [], [step]);
      const whole = [this.#open(depth, this.#headed('while', both)), ...body, ...this.#close(depth)];
      return [before, ...whole, ...this.#otherwise(depth)];
    }
    const body = this.#loopBody(depth, [], [step]);
    return [before, this.#open(depth, 'do'), ...body, `${'  '.repeat(depth)}} while (${test});`];
  }

  #switch(depth: number): string[] {
    const cases = Array.from({ length: 1 + this.#random.below(3) }, (_, value) => {
      const head = `${'  '.repeat(depth + 1)}case ${value}: {`;
      const body = this.#scope(() => this.#block(depth + 2, 1));
      const jump = this.#random.chance(0.6) ? [this.#line(depth + 2, 'break')] : [];
      return [head, ...body, ...jump, `${'  '.repeat(depth + 1)}}`];
    });
    const last = [`${'  '.repeat(depth + 1)}default:`, ...this.#scope(() => this.#block(depth + 2, 1))];
    const subject = `${this.#make('int', 1)} & 3`;
    return [this.#open(depth, `switch (${subject})`), ...cases.flat(), ...last, ...this.#close(depth)];
  }
}
