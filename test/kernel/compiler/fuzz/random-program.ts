/**
 * Random functions in both languages, mostly well typed: expressions are made by kind (int, float, complex, bool),
 * so that only the finer rules (no join of int64 and uint64, and so on) can refuse them.
 *
 * Nothing in them depends on a mathematics library: results are exact or IEEE, and both engines must agree on each
 * bit.
 */
import type { Language } from '../../../../kernel/compiler/core.ts';
import type { Random } from './random.ts';

type Kind = 'int' | 'float' | 'complex' | 'bool';

export interface RandomFunction {
  readonly name: string;
  readonly source: string;
  /** `int64(int8, float32)` */
  readonly signature: string;
}

const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  int: ['int8', 'int16', 'int32', 'int64', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'],
  float: ['float32', 'float64', 'float64'],
  complex: ['complex64', 'complex128'],
  bool: ['bool'],
};

const KINDS: readonly Kind[] = ['int', 'int', 'int', 'float', 'float', 'complex', 'bool'];
const MAX_DEPTH = 4;
const MAX_STATEMENTS = 5;

export function randomFunction(random: Random, language: Language, name: string): RandomFunction {
  return new Generator(random, language).function(name);
}

interface Variable {
  readonly name: string;
  readonly kind: Kind;
}

class Generator {
  readonly #random: Random;
  readonly #python: boolean;
  #variables: Variable[] = [];
  #counter = 0;
  #loopDepth = 0;

  constructor(random: Random, language: Language) {
    this.#random = random;
    this.#python = language === 'python';
  }

  function(name: string): RandomFunction {
    const parameters = Array.from({ length: 1 + this.#random.below(4) }, (_, index): Variable => {
      return { name: `p${index}`, kind: this.#random.pick(KINDS) };
    });
    this.#variables = [...parameters];
    const types = parameters.map(({ kind }) => this.#random.pick(TYPES[kind]));
    const kind = this.#random.pick(KINDS);
    const result = this.#random.pick(TYPES[kind]);
    const body = this.#block(1, 1 + this.#random.below(MAX_STATEMENTS));
    const last = this.#line(1, `return ${this.#expression(kind, MAX_DEPTH)}`);
    const names = parameters.map((parameter) => parameter.name).join(', ');
    const head = this.#python ? `def ${name}(${names}):` : `function ${name}(${names}) {`;
    const source = [head, ...body, last, ...(this.#python ? [] : ['}'])].join('\n');
    return { name, source, signature: `${result}(${types.join(', ')})` };
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

  // ---- statements

  #block(depth: number, count: number): string[] {
    return Array.from({ length: count }, () => this.#statement(depth)).flat();
  }

  /** Variables made inside stay inside: TypeScript knows no others, Python's might be unset. */
  #scope(make: () => string[]): string[] {
    const before = [...this.#variables];
    const lines = make();
    this.#variables = before;
    return lines;
  }

  #statement(depth: number): string[] {
    const choice = this.#random.below(depth > 3 ? 4 : 8);
    if (choice < 2) return [this.#declare(depth)];
    if (choice < 4) return [this.#update(depth)];
    if (choice < 6) return this.#if(depth);
    return this.#loopDepth < 2 ? this.#loop(depth) : this.#if(depth);
  }

  #fresh(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#counter}`;
  }

  #declare(depth: number): string {
    const kind = this.#random.pick(KINDS);
    const value = this.#expression(kind, MAX_DEPTH - 1);
    const name = this.#fresh('v');
    this.#variables.push({ name, kind });
    return this.#line(depth, `${this.#python ? '' : 'let '}${name} = ${value}`);
  }

  #update(depth: number): string {
    const variable = this.#random.pick(this.#variables);
    const { name, kind } = variable;
    if (kind === 'bool' || this.#random.chance(0.4)) {
      return this.#line(depth, `${name} = ${this.#expression(kind, MAX_DEPTH - 1)}`);
    }
    const operators = {
      int: ['+', '-', '*', '&', '|', '^'],
      float: ['+', '-', '*', '/'],
      complex: ['+', '-', '*'],
    };
    const operator = this.#random.pick(operators[kind]);
    return this.#line(depth, `${name} ${operator}= ${this.#expression(kind, 2)}`);
  }

  #if(depth: number): string[] {
    const test = this.#expression('bool', 2);
    const lines = [this.#open(depth, this.#python ? `if ${test}` : `if (${test})`)];
    lines.push(...this.#scope(() => this.#block(depth + 1, 1 + this.#random.below(2))));
    if (this.#random.chance(0.5)) {
      lines.push(`${'  '.repeat(depth)}${this.#python ? 'else:' : '} else {'}`);
      lines.push(...this.#scope(() => this.#block(depth + 1, 1 + this.#random.below(2))));
    }
    return [...lines, ...this.#close(depth)];
  }

  #loop(depth: number): string[] {
    const index = this.#fresh('i');
    this.#loopDepth += 1;
    const lines = [this.#open(depth, this.#loopHead(index))];
    const body = this.#scope(() => {
      // The counter is read only: an assignment could make the loop endless.
      const inside = this.#block(depth + 1, 1 + this.#random.below(3));
      const jump = this.#random.chance(0.3) ? this.#jump(depth + 1) : [];
      return [this.#line(depth + 1, `${this.#python ? '' : 'let '}c${index} = ${index}`), ...inside, ...jump];
    });
    this.#loopDepth -= 1;
    return [...lines, ...body, ...this.#close(depth)];
  }

  #loopHead(index: string): string {
    const [start, stop] = [this.#random.below(10) - 5, this.#random.below(12) - 6];
    if (this.#python)
      return `for ${index} in range(${start}, ${stop}, ${this.#random.pick([1, 1, 2, -1, -3])})`;
    return `for (let ${index} = ${start}; ${index} < ${stop}; ${index}++)`;
  }

  #jump(depth: number): string[] {
    const test = this.#expression('bool', 1);
    const word = this.#random.pick(['break', 'continue']);
    const head = this.#open(depth, this.#python ? `if ${test}` : `if (${test})`);
    return [head, this.#line(depth + 1, word), ...this.#close(depth)];
  }

  // ---- expressions

  #expression(kind: Kind, depth: number): string {
    if (depth <= 0 || this.#random.chance(0.15)) return this.#leaf(kind);
    if (this.#random.chance(0.1)) return this.#conditional(kind, depth);
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

  #leaf(kind: Kind): string {
    const fitting = this.#variables.filter((variable) => variable.kind === kind);
    if (fitting.length > 0 && this.#random.chance(0.7)) return this.#random.pick(fitting).name;
    const literals: Readonly<Record<Kind, readonly string[]>> = {
      int: [
        '0',
        '1',
        '2',
        '3',
        '-1',
        '7',
        '63',
        '100',
        '255',
        '65536',
        '9007199254740993',
        '9223372036854775807',
      ],
      float: ['0.0', '1.0', '-1.0', '0.5', '1e300', '1e-300', '3.25', '-0.0', '1e16', '0.1'],
      complex: ['1j', '2.5j', '-0.5j', '1e200j'],
      bool: this.#python ? ['True', 'False'] : ['true', 'false'],
    };
    const literal = this.#random.pick(literals[kind]);
    return literal.startsWith('-') ? `(${literal})` : literal;
  }

  #conditional(kind: Kind, depth: number): string {
    const [test, yes, no] = [
      this.#expression('bool', depth - 1),
      this.#expression(kind, depth - 1),
      this.#expression(kind, depth - 1),
    ];
    return this.#python ? `(${yes} if ${test} else ${no})` : `(${test} ? ${yes} : ${no})`;
  }

  #integer(depth: number): string {
    const a = this.#expression('int', depth);
    const b = this.#expression('int', depth);
    const cast = this.#random.pick(TYPES.int);
    const both = [
      `(${a} + ${b})`,
      `(${a} - ${b})`,
      `(${a} * ${b})`,
      `(${a} % ${b})`,
      `(${a} << ${b})`,
      `(${a} >> ${b})`,
    ];
    const bits = [`(${a} & ${b})`, `(${a} | ${b})`, `(${a} ^ ${b})`, `(-${a})`, `(~${a})`];
    const casts = [`${cast}(${this.#expression('float', depth)})`, `${cast}(${a})`];
    const python = [
      `(${a} // ${b})`,
      `abs(${a})`,
      `int(${this.#expression('bool', depth)})`,
      `(${a} ** ${this.#random.below(5)})`,
      `round(${this.#expression('float', depth)})`,
      `math.floor(${this.#expression('float', depth)})`,
      `math.gcd(${a}, ${b})`,
    ];
    const typescript = [
      `(${a} >>> ${b})`,
      `Math.trunc(${a} / ${b})`,
      `Math.floor(${a} / ${b})`,
      `Math.abs(${a})`,
    ];
    return this.#random.pick([...both, ...bits, ...casts, ...(this.#python ? python : typescript)]);
  }

  #float(depth: number): string {
    const a = this.#expression('float', depth);
    const b = this.#expression('float', depth);
    const n = this.#expression('int', depth);
    const cast = this.#random.pick(TYPES.float);
    const shared = [
      `(${a} + ${b})`,
      `(${a} - ${b})`,
      `(${a} * ${b})`,
      `(${a} / ${b})`,
      `(${a} % ${b})`,
      `(-${a})`,
      `(${a} * ${n})`,
      `(${n} / ${this.#expression('int', depth)})`,
      `${cast}(${n})`,
      `${cast}(${a})`,
      `(${this.#expression('complex', depth)}).real`,
      `(${a} ** 3)`,
    ];
    const python = [
      `(${a} // ${b})`,
      `math.sqrt(${a})`,
      `math.fabs(${a})`,
      `min(${a}, ${b})`,
      `max(${a}, ${b})`,
      `round(${a}, 2)`,
      `math.copysign(${a}, -2.0)`,
      `math.fmod(${a}, ${b})`,
      `math.remainder(${a}, ${b})`,
      `np.trunc(${a})`,
    ];
    const typescript = [
      `Math.sqrt(${a})`,
      `Math.abs(${a})`,
      `Math.min(${a}, ${b})`,
      `Math.max(${a}, ${b})`,
      `Math.round(${a})`,
      `Math.sign(${a})`,
      `Math.ceil(${a})`,
      `Math.floor(${a})`,
    ];
    return this.#random.pick([...shared, ...(this.#python ? python : typescript)]);
  }

  #complex(depth: number): string {
    const a = this.#expression('complex', depth);
    const b = this.#expression('complex', depth);
    return this.#random.pick([
      `(${a} + ${b})`,
      `(${a} - ${b})`,
      `(${a} * ${b})`,
      `(${a} / ${b})`,
      `(-${a})`,
      `(${a} + ${this.#expression('float', depth)})`,
      `(${a} * ${this.#expression('int', depth)})`,
      `complex(${this.#expression('float', depth)}, ${this.#expression('float', depth)})`,
      `complex64(${a})`,
      `(${a}).conjugate()`,
      `(${a} ** 2)`,
    ]);
  }

  #bool(depth: number): string {
    const order = this.#random.pick(['<', '<=', '>', '>=', '==', '!=']);
    const kind = this.#random.pick(['int', 'int', 'float'] as const);
    const [a, b] = [this.#expression(kind, depth), this.#expression(kind, depth)];
    const [p, q] = [this.#expression('bool', depth), this.#expression('bool', depth)];
    const z = `(${this.#expression('complex', depth)} == ${this.#expression('complex', depth)})`;
    const shared = [`(${a} ${order} ${b})`, `(${a} ${order} ${b})`, z, `bool(${a})`];
    const python = [
      `(${p} and ${q})`,
      `(${p} or ${q})`,
      `(not ${p})`,
      `(${a} < ${b} < ${a})`,
      `(${p} ^ ${q})`,
    ];
    const typescript = [`(${p} && ${q})`, `(${p} || ${q})`, `(!${p})`, `(${p} === ${q})`];
    return this.#random.pick([...shared, ...(this.#python ? python : typescript)]);
  }
}
