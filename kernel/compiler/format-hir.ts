import { formatType } from '../../backend/contract/format-type.ts';
import { raiseMessage } from '../../backend/contract/raise-kinds.ts';
import type {
  Constant,
  Element,
  Failure,
  HirExpression,
  HirFunction,
  HirModule,
  HirStatement,
  Read,
  Slot,
} from './hir.ts';
import { inline, type Line, nested, renderLines } from './s-expressions.ts';

/**
 * The typed tree as S-expressions: what was made of a source once every type, conversion and check is settled.
 * Constants carry their type, conversions the one they lead to, what may raise ends in `!Exception@line`.
 */
export function formatHir(module: HirModule): string {
  const externals = module.externals.map(({ symbol, signature }) =>
    inline(['external', symbol, formatType(signature)]),
  );
  const functions = module.functions.flatMap((one) => new HirWriter(module, one).lines());
  return renderLines([...externals, ...functions]).join('\n');
}

class HirWriter {
  readonly #module: HirModule;
  readonly #function: HirFunction;
  readonly #names = new Map<Slot, string>();

  constructor(module: HirModule, definition: HirFunction) {
    this.#module = module;
    this.#function = definition;
    const taken = new Map<string, number>();
    for (const slot of [...definition.parameters, ...definition.locals]) {
      const count = taken.get(slot.name) ?? 0;
      taken.set(slot.name, count + 1);
      this.#names.set(slot, count === 0 ? slot.name : `${slot.name}.${count}`);
    }
  }

  lines(): Line[] {
    const { symbol, exported, signature, parameters, locals, body } = this.#function;
    const head = [exported ? 'function' : 'private', symbol, formatType(signature)];
    const declare = (slot: Slot) => `${this.#name(slot)}:${formatType(slot.type)}`;
    return nested(head, [
      inline(['parameters', ...parameters.map(declare)]),
      ...(locals.length === 0 ? [] : [inline(['locals', ...locals.map(declare)])]),
      ...this.#statements(body),
    ]);
  }

  #name(slot: Slot): string {
    return this.#names.get(slot) ?? slot.name;
  }

  #failure(failure: Failure | undefined): string {
    if (failure === undefined) return '';
    const raised = raiseMessage(failure.kind, this.#module.raises)?.exception ?? `raise-${failure.kind}`;
    return `!${raised}@${failure.line}`;
  }

  #statements(statements: readonly HirStatement[]): Line[] {
    return statements.flatMap((statement) => this.#statement(statement));
  }

  #statement(node: HirStatement): Line[] {
    switch (node.kind) {
      case 'position':
        return [];
      case 'store':
        return [inline(['store', this.#name(node.slot), this.#text(node.value)])];
      case 'store-element':
        return [inline(['store-element', ...this.#element(node), this.#text(node.value)])];
      case 'evaluate':
        return [inline(['evaluate', this.#text(node.expression)])];
      case 'if':
        return nested(
          ['if', this.#text(node.test)],
          [...nested(['then'], this.#statements(node.whenTrue)), ...this.#part('else', node.whenFalse)],
        );
      case 'loop': {
        const test = node.test === undefined ? 'forever' : this.#text(node.test);
        const head = [node.testAt === 'bottom' ? 'loop-bottom' : 'loop', node.label.name, test];
        return nested(head, [...this.#statements(node.body), ...this.#part('update', node.update)]);
      }
      case 'block':
        return nested(['block', node.label.name], this.#statements(node.body));
      case 'break':
      case 'continue':
        return [inline([node.kind, node.label.name])];
      case 'return':
        return [inline(['return', node.value === undefined ? '' : this.#text(node.value)])];
      case 'raise':
        return [inline(['raise', this.#failure(node.failure)])];
    }
  }

  #part(name: string, statements: readonly HirStatement[]): Line[] {
    return statements.length === 0 ? [] : nested([name], this.#statements(statements));
  }

  /** The base, the indices and what an index outside raises. */
  #element({ base, indices, failure }: Element): string[] {
    return [this.#text(base), ...indices.map((index) => this.#text(index)), this.#failure(failure)];
  }

  #texts(nodes: readonly HirExpression[]): string[] {
    return nodes.map((node) => this.#text(node));
  }

  #text(node: HirExpression): string {
    switch (node.kind) {
      case 'constant':
        return constantText(node);
      case 'constant-array':
        return inline(['constant-array', node.data.name, formatType(node.type)]);
      case 'read':
        return this.#read(node);
      case 'unary':
        return inline([node.operation, this.#text(node.operand)]);
      case 'binary':
        return inline([node.operation, ...this.#texts([node.left, node.right]), this.#failure(node.failure)]);
      case 'convert':
        return inline([node.conversion, formatType(node.type), this.#text(node.operand)]);
      case 'compare':
        return inline([`${node.comparison}.${node.domain}`, ...this.#texts([node.left, node.right])]);
      case 'logical':
        return inline([node.operator, ...this.#texts([node.left, node.right])]);
      case 'choose':
        return inline(['choose', ...this.#texts([node.test, node.whenTrue, node.whenFalse])]);
      case 'call':
        return inline(['call', node.callee.symbol, ...this.#texts(node.args)]);
      case 'routine':
        return inline(['routine', node.routine, formatType(node.type), ...this.#texts(node.args)]);
      case 'sequence':
        return inline([
          'sequence',
          ...renderLines(this.#statements(node.statements)).map((line) => line.trim()),
          this.#text(node.value),
        ]);
      default:
        return this.#compound(node);
    }
  }

  /** Complex numbers, tuples, arrays and pointers. */
  #compound(node: Compound): string {
    switch (node.kind) {
      case 'make-complex':
        return inline(['make-complex', ...this.#texts([node.re, node.im])]);
      case 'part':
        return inline([node.part, this.#text(node.operand)]);
      case 'tuple':
        return inline(['tuple', ...this.#texts(node.members)]);
      case 'member':
        return inline(['member', this.#text(node.tuple), String(node.index)]);
      case 'length':
        return inline(['length', this.#text(node.array), node.axis === 0 ? '' : String(node.axis)]);
      case 'load':
        return inline(['load', ...this.#element(node)]);
      case 'row':
        return inline(['row', ...this.#texts([node.base, node.index]), this.#failure(node.failure)]);
      case 'slice':
        return inline(['slice', ...this.#texts([node.base, node.start, node.length])]);
      case 'pointer-offset':
        return inline(['pointer-offset', ...this.#texts([node.pointer, node.offset])]);
    }
  }

  #read(node: Read): string {
    const name = this.#name(node.slot);
    const failure = this.#function.checkedReads.get(node);
    return failure === undefined ? name : inline(['checked', name, this.#failure(failure)]);
  }
}

type Compound = Extract<
  HirExpression,
  {
    readonly kind:
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
>;

function constantText({ type, value }: Constant): string {
  const text =
    typeof value === 'object'
      ? `(${numberText(value.re)},${numberText(value.im)})`
      : typeof value === 'number'
        ? numberText(value)
        : String(value);
  return `${text}:${formatType(type)}`;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
