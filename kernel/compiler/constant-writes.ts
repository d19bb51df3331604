/**
 * Finds writes to constant arrays: directly, by way of variables, and in functions that are handed one. Compiled, such
 * a write would fault, or worse, be optimised into anything.
 */
import type { Diagnostic } from './diagnostic.ts';
import type { CallFunction, ConstantData, HirExpression, HirFunction, Slot, StoreElement } from './hir.ts';
import { type HirNode, nodesOf } from './hir-children.ts';

export interface ConstantWrite {
  /** Of the function that writes. */
  readonly file: number;
  readonly diagnostic: Diagnostic;
}

/** @param functions a whole program */
export function findConstantWrite(functions: readonly HirFunction[]): ConstantWrite | undefined {
  const flow = new ConstantFlow(functions);
  for (const one of functions) {
    for (const node of nodesOf(one.body)) {
      const data = node.kind === 'store-element' ? flow.constantIn(node.base) : undefined;
      if (data && node.kind === 'store-element') {
        return { file: one.file, diagnostic: refuseWrite(node, data) };
      }
      const given = node.kind === 'call' ? flow.givenAway(node) : undefined;
      if (given && node.kind === 'call') return { file: one.file, diagnostic: refuseGiving(node, given) };
    }
  }
  return undefined;
}

function refuseWrite({ span }: StoreElement, { name }: ConstantData): Diagnostic {
  const message = `${name}, a constant, can not be changed`;
  return { code: 'constant-assignment', message, span, hint: `pass ${name} as an argument to write to it` };
}

function refuseGiving({ span }: CallFunction, { name }: ConstantData): Diagnostic {
  const message = `${name}, a constant, can not be given to a function that may change it`;
  return { code: 'constant-assignment', message, span, hint: `pass ${name} as an argument from outside` };
}

/** Which variables may hold a constant array, whatever way control takes. */
class ConstantFlow {
  readonly #held = new Map<Slot, ConstantData>();
  readonly #parameters: ReadonlyMap<string, readonly Slot[]>;

  constructor(functions: readonly HirFunction[]) {
    this.#parameters = new Map(functions.map(({ symbol, parameters }) => [symbol, parameters]));
    const nodes = functions.flatMap((one) => [...nodesOf(one.body)]);
    let size: number;
    do {
      size = this.#held.size;
      for (const node of nodes) this.#follow(node);
    } while (this.#held.size > size);
  }

  #follow(node: HirNode): void {
    if (node.kind === 'store') this.#hold(node.slot, node.value);
    if (node.kind !== 'call') return;
    const parameters = this.#parameters.get(node.callee.symbol) ?? [];
    for (const [index, slot] of parameters.entries()) {
      const arg = node.args[index];
      if (arg) this.#hold(slot, arg);
    }
  }

  /** A constant among the arguments of a function in another language, whose writes are not known. */
  givenAway({ callee, args }: CallFunction): ConstantData | undefined {
    if (this.#parameters.has(callee.symbol)) return undefined;
    for (const arg of args) {
      const data = this.constantIn(arg);
      if (data) return data;
    }
    return undefined;
  }

  #hold(slot: Slot, value: HirExpression): void {
    const data = this.constantIn(value);
    if (data && !this.#held.has(slot)) this.#held.set(slot, data);
  }

  constantIn(node: HirExpression): ConstantData | undefined {
    switch (node.kind) {
      case 'constant-array':
        return node.data;
      case 'read':
        return this.#held.get(node.slot);
      case 'row':
      case 'slice':
        return this.constantIn(node.base);
      case 'pointer-offset':
        return this.constantIn(node.pointer);
      case 'convert':
        return this.constantIn(node.operand);
      case 'sequence':
        return this.constantIn(node.value);
      case 'choose':
        return this.constantIn(node.whenTrue) ?? this.constantIn(node.whenFalse);
      case 'member':
        return this.constantIn(node.tuple);
      case 'tuple':
        for (const member of node.members) {
          const data = this.constantIn(member);
          if (data) return data;
        }
        return undefined;
      default:
        return undefined;
    }
  }
}
