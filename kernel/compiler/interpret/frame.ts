/** One call of a function in the interpreter: its variables, and how its statements and expressions run. */
import type {
  ArraySlice,
  CallRoutine,
  ConstantArray,
  Element,
  Failure,
  HirExpression,
  HirFunction,
  HirStatement,
  Label,
  Loop,
  Read,
  Row,
  Slot,
} from '../hir.ts';
import { routine } from '../routines.ts';
import { binaryOperation, compareValues, convertValue, FAILED, unaryOperation } from './operations.ts';
import { complexRoutine, floatRoutine } from './routines.ts';
import {
  asBool,
  asComplex,
  asFloat,
  asInteger,
  asTuple,
  asView,
  type Memory,
  type MemoryView,
  memoryOf,
  roundComplex,
  roundFloat,
  type Value,
} from './values.ts';

/** What a frame needs of the module around it. */
export interface FrameHost {
  call(symbol: string, args: readonly Value[]): Value;
  raise(failure: Failure, file: number): never;
  /** Called once a round of a loop; may throw to stop it. */
  tick(): void;
}

/** How a statement ended, where it did not just end. */
type Completion =
  | undefined
  | { readonly kind: 'break' | 'continue'; readonly label: Label }
  | { readonly kind: 'return'; readonly value: Value };

export class Frame {
  readonly #host: FrameHost;
  readonly #variables = new Map<Slot, Value>();
  readonly #checkedReads: ReadonlyMap<Read, Failure>;
  readonly #file: number;

  constructor(host: FrameHost, hir: HirFunction, args: readonly Value[]) {
    this.#host = host;
    this.#file = hir.file;
    this.#checkedReads = hir.checkedReads;
    for (const [index, slot] of hir.parameters.entries()) this.#variables.set(slot, args[index]);
  }

  run(statements: readonly HirStatement[]): Value {
    const completion = this.#statements(statements);
    return completion?.kind === 'return' ? completion.value : undefined;
  }

  #statements(nodes: readonly HirStatement[]): Completion {
    for (const node of nodes) {
      const completion = this.#statement(node);
      if (completion) return completion;
    }
    return undefined;
  }

  #statement(node: HirStatement): Completion {
    switch (node.kind) {
      case 'position':
        return undefined;
      case 'store':
        this.#variables.set(node.slot, this.evaluate(node.value));
        return undefined;
      case 'store-element': {
        const value = this.evaluate(node.value);
        const { memory, index } = this.#element(node);
        memory.set(index, value);
        return undefined;
      }
      case 'evaluate':
        this.evaluate(node.expression);
        return undefined;
      case 'if':
        return this.#statements(this.#test(node.test) ? node.whenTrue : node.whenFalse);
      case 'loop':
        return this.#loop(node);
      case 'block': {
        const completion = this.#statements(node.body);
        return completion?.kind === 'break' && completion.label === node.label ? undefined : completion;
      }
      case 'break':
      case 'continue':
        return { kind: node.kind, label: node.label };
      case 'return':
        return { kind: 'return', value: node.value && this.evaluate(node.value) };
      case 'raise':
        return this.#raise(node.failure);
    }
  }

  #loop(node: Loop): Completion {
    let isFirst = true;
    for (;;) {
      this.#host.tick();
      const tests = node.test && (node.testAt === 'top' || !isFirst);
      if (tests && node.test && !this.#test(node.test)) return undefined;
      isFirst = false;
      const completion = this.#statements(node.body);
      if (completion) {
        if (completion.kind === 'return' || completion.label !== node.label) return completion;
        if (completion.kind === 'break') return undefined;
      }
      this.#statements(node.update);
    }
  }

  #raise(failure: Failure): never {
    return this.#host.raise(failure, this.#file);
  }

  #test(node: HirExpression): boolean {
    return asBool(this.evaluate(node));
  }

  evaluate(node: HirExpression): Value {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'constant-array':
        return constantView(node);
      case 'read':
        return this.#read(node);
      case 'unary':
        return unaryOperation(node, this.evaluate(node.operand));
      case 'binary': {
        const outcome = binaryOperation(node, this.evaluate(node.left), this.evaluate(node.right));
        if (outcome !== FAILED) return outcome;
        if (!node.failure) throw new Error(`${node.operation} failed without a failure`);
        return this.#raise(node.failure);
      }
      case 'convert':
        return convertValue(node, this.evaluate(node.operand));
      case 'compare':
        return compareValues(node, this.evaluate(node.left), this.evaluate(node.right));
      case 'logical': {
        const left = this.#test(node.left);
        return left === (node.operator === 'and') ? this.#test(node.right) : left;
      }
      case 'choose':
        return this.evaluate(this.#test(node.test) ? node.whenTrue : node.whenFalse);
      case 'call': {
        const args = node.args.map((arg) => this.evaluate(arg));
        return this.#host.call(node.callee.symbol, args);
      }
      case 'routine':
        return this.#routine(node);
      case 'sequence':
        if (this.#statements(node.statements)) throw new Error('an expression jumped');
        return this.evaluate(node.value);
      default:
        return this.#compound(node);
    }
  }

  #compound(
    node: Extract<
      HirExpression,
      {
        kind:
          | 'make-complex'
          | 'part'
          | 'tuple'
          | 'member'
          | 'length'
          | 'load'
          | 'row'
          | 'slice'
          | 'pointer-offset';
      }
    >,
  ): Value {
    switch (node.kind) {
      case 'make-complex':
        return { re: asFloat(this.evaluate(node.re)), im: asFloat(this.evaluate(node.im)) };
      case 'part':
        return asComplex(this.evaluate(node.operand))[node.part];
      case 'tuple':
        return node.members.map((member) => this.evaluate(member));
      case 'member':
        return asTuple(this.evaluate(node.tuple))[node.index];
      case 'length':
        return BigInt(asView(this.evaluate(node.array)).shape[node.axis] ?? 0);
      case 'load': {
        const { memory, index } = this.#element(node);
        return memory.get(index);
      }
      case 'row':
        return this.#row(node);
      case 'slice':
        return this.#slice(node);
      case 'pointer-offset': {
        const view = asView(this.evaluate(node.pointer));
        return { ...view, offset: view.offset + Number(asInteger(this.evaluate(node.offset))) };
      }
    }
  }

  #read(node: Read): Value {
    const failure = this.#checkedReads.get(node);
    if (failure && !this.#variables.has(node.slot)) return this.#raise(failure);
    return this.#variables.get(node.slot);
  }

  #routine(node: CallRoutine): Value {
    const args = node.args.map((arg) => this.evaluate(arg));
    if (routine(node.routine).over === 'complex') {
      return roundComplex(node.type, complexRoutine(node.routine)(asComplex(args[0])));
    }
    const [a = 0, b = 0] = args.map((arg) => (typeof arg === 'bigint' ? Number(arg) : asFloat(arg)));
    const isSingle = node.type.kind === 'float' && node.type.bits === 32;
    return roundFloat(node.type, floatRoutine(node.routine, isSingle)(a, b));
  }

  // ---- elements

  #element(node: Element): { readonly memory: Memory; readonly index: number } {
    const { memory, offset, shape } = asView(this.evaluate(node.base));
    let flat = 0;
    for (const [axis, index] of node.indices.entries()) {
      const at = Number(asInteger(this.evaluate(index)));
      const length = shape[axis];
      if (node.failure && (at < 0 || at >= (length ?? 0))) return this.#raise(node.failure);
      flat = axis === 0 ? at : flat * (length ?? 1) + at;
    }
    return { memory, index: offset + flat };
  }

  #slice(node: ArraySlice): Value {
    const { memory, offset, shape } = asView(this.evaluate(node.base));
    const start = Number(asInteger(this.evaluate(node.start)));
    const length = Number(asInteger(this.evaluate(node.length)));
    const [size = 0, ...inner] = shape;
    if (start < 0 || length < 0 || start + length > size) throw new Error('a slice outside of its array');
    const elementsEach = inner.reduce((product, one) => product * one, 1);
    return { memory, offset: offset + start * elementsEach, shape: [length, ...inner] };
  }

  #row(node: Row): Value {
    const view = asView(this.evaluate(node.base));
    const at = Number(asInteger(this.evaluate(node.index)));
    const [rows = 0, columns = 0] = view.shape;
    if (node.failure && (at < 0 || at >= rows)) return this.#raise(node.failure);
    return { memory: view.memory, offset: view.offset + at * columns, shape: [columns] };
  }
}

function constantView({ type, data }: ConstantArray): MemoryView {
  if (type.kind !== 'array') throw new Error('a constant array of another type');
  return { memory: memoryOf(data.elements, type.element), offset: 0, shape: [data.elements.length] };
}
