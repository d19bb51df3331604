/**
 * Control flow over HIR: which variables may be unset where they are read, and whether a function can end without
 * returning. A set of variables is a bigint, one bit each.
 */
import type { HirExpression, HirFunction, HirStatement, Label, Read, Slot } from '../hir.ts';
import { operandsOf } from '../hir-children.ts';

/** Where control gets to: what is set on every way there, and on some way. `undefined` where it never does. */
interface Reached {
  readonly always: bigint;
  readonly sometimes: bigint;
}
type State = Reached | undefined;

export interface Flow {
  /** Reads that no assignment reaches. */
  readonly neverSet: readonly Read[];
  /** Reads that an assignment reaches on some ways but not on all. */
  readonly maybeUnset: readonly Read[];
  readonly endReached: boolean;
}

export function analyseFlow(body: readonly HirStatement[], parameters: HirFunction['parameters']): Flow {
  const analysis = new FlowAnalysis(parameters);
  const end = analysis.statements(body, analysis.entry);
  return { neverSet: analysis.neverSet, maybeUnset: analysis.maybeUnset, endReached: end !== undefined };
}

function merge(a: State, b: State): State {
  if (!a || !b) return a ?? b;
  return { always: a.always & b.always, sometimes: a.sometimes | b.sometimes };
}

class FlowAnalysis {
  readonly neverSet: Read[] = [];
  readonly maybeUnset: Read[] = [];
  readonly entry: Reached;
  readonly #bits = new Map<Slot, bigint>();
  /** States that jump to the end of a block or loop, or to the update of a loop. */
  readonly #breaks = new Map<Label, State>();
  readonly #continues = new Map<Label, State>();

  constructor(parameters: readonly Slot[]) {
    const set = parameters.reduce((bits, slot) => bits | this.#bitOf(slot), 0n);
    this.entry = { always: set, sometimes: set };
  }

  #bitOf(slot: Slot): bigint {
    const known = this.#bits.get(slot);
    if (known !== undefined) return known;
    const bit = 1n << BigInt(this.#bits.size);
    this.#bits.set(slot, bit);
    return bit;
  }

  statements(nodes: readonly HirStatement[], state: State): State {
    let current = state;
    for (const node of nodes) {
      if (!current) return undefined;
      current = this.#statement(node, current);
    }
    return current;
  }

  #statement(node: HirStatement, state: Reached): State {
    switch (node.kind) {
      case 'position':
        return state;
      case 'store':
        return this.#set(this.#expression(node.value, state), node.slot);
      case 'store-element':
        return this.#all([node.value, node.base, ...node.indices], state);
      case 'evaluate':
        return this.#expression(node.expression, state);
      case 'if': {
        const [whenTrue, whenFalse] = this.#condition(node.test, state);
        return merge(this.statements(node.whenTrue, whenTrue), this.statements(node.whenFalse, whenFalse));
      }
      case 'loop':
        return this.#loop(node, state);
      case 'block': {
        const end = this.statements(node.body, state);
        return merge(end, this.#breaks.get(node.label));
      }
      case 'break':
        this.#breaks.set(node.label, merge(this.#breaks.get(node.label), state));
        return undefined;
      case 'continue':
        this.#continues.set(node.label, merge(this.#continues.get(node.label), state));
        return undefined;
      case 'return':
        if (node.value) this.#expression(node.value, state);
        return undefined;
      case 'raise':
        return undefined;
    }
  }

  #set(state: State, slot: Slot): State {
    if (!state) return undefined;
    const bit = this.#bitOf(slot);
    return { always: state.always | bit, sometimes: state.sometimes | bit };
  }

  #loop(node: Extract<HirStatement, { kind: 'loop' }>, state: Reached): State {
    // A later round may come with anything the loop assigns.
    const head: Reached = { always: state.always, sometimes: state.sometimes | this.#storedIn([node]) };
    if (node.testAt === 'bottom') {
      const end = merge(this.statements(node.body, head), this.#continues.get(node.label));
      const updated = this.statements(node.update, end);
      const exit = updated && node.test ? this.#condition(node.test, updated)[1] : undefined;
      return merge(exit, this.#breaks.get(node.label));
    }
    const [enter, exit] = node.test ? this.#condition(node.test, head) : [head, undefined];
    const end = merge(this.statements(node.body, enter), this.#continues.get(node.label));
    this.statements(node.update, end);
    return merge(exit, this.#breaks.get(node.label));
  }

  #storedIn(nodes: readonly HirStatement[]): bigint {
    let bits = 0n;
    for (const node of nodes) {
      if (node.kind === 'store') bits |= this.#bitOf(node.slot);
      else if (node.kind === 'if') bits |= this.#storedIn(node.whenTrue) | this.#storedIn(node.whenFalse);
      else if (node.kind === 'loop') bits |= this.#storedIn(node.body) | this.#storedIn(node.update);
      else if (node.kind === 'block') bits |= this.#storedIn(node.body);
      for (const value of expressionsOf(node)) bits |= this.#storedInExpression(value);
    }
    return bits;
  }

  #storedInExpression(node: HirExpression): bigint {
    let bits = node.kind === 'sequence' ? this.#storedIn(node.statements) : 0n;
    for (const operand of operandsOf(node)) bits |= this.#storedInExpression(operand);
    return bits;
  }

  #all(nodes: readonly HirExpression[], state: Reached): State {
    let current: State = state;
    for (const node of nodes) current = current && this.#expression(node, current);
    return current;
  }

  /** Returns the state after evaluation; notes reads of unset variables on the way. */
  #expression(node: HirExpression, state: Reached): State {
    switch (node.kind) {
      case 'read':
        if (!node.temporary) this.#read(node, state);
        return state;
      case 'logical':
        return merge(...this.#condition(node, state));
      case 'choose': {
        const [whenTrue, whenFalse] = this.#condition(node.test, state);
        return merge(
          whenTrue && this.#expression(node.whenTrue, whenTrue),
          whenFalse && this.#expression(node.whenFalse, whenFalse),
        );
      }
      case 'sequence': {
        const before = this.statements(node.statements, state);
        return before && this.#expression(node.value, before);
      }
      default:
        return this.#all(operandsOf(node), state);
    }
  }

  /** The states where the condition holds and where it does not. */
  #condition(node: HirExpression, state: Reached): [whenTrue: State, whenFalse: State] {
    if (node.kind === 'constant') return node.value === true ? [state, undefined] : [undefined, state];
    if (node.kind === 'unary' && node.operation === 'not') {
      const [whenTrue, whenFalse] = this.#condition(node.operand, state);
      return [whenFalse, whenTrue];
    }
    if (node.kind === 'logical') {
      const [leftTrue, leftFalse] = this.#condition(node.left, state);
      const isAnd = node.operator === 'and';
      const goesOn = isAnd ? leftTrue : leftFalse;
      const [rightTrue, rightFalse] = goesOn ? this.#condition(node.right, goesOn) : [undefined, undefined];
      return isAnd ? [rightTrue, merge(leftFalse, rightFalse)] : [merge(leftTrue, rightTrue), rightFalse];
    }
    const after = this.#expression(node, state);
    return [after, after];
  }

  #read(node: Read, state: Reached): void {
    const bit = this.#bitOf(node.slot);
    if (state.always & bit) return;
    if (state.sometimes & bit) this.maybeUnset.push(node);
    else this.neverSet.push(node);
  }
}

function expressionsOf(node: HirStatement): readonly HirExpression[] {
  switch (node.kind) {
    case 'store':
      return [node.value];
    case 'store-element':
      return [node.value, node.base, ...node.indices];
    case 'evaluate':
      return [node.expression];
    case 'if':
      return [node.test];
    case 'loop':
      return node.test ? [node.test] : [];
    case 'return':
      return node.value ? [node.value] : [];
    default:
      return [];
  }
}
