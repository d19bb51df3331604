/** Which of its array parameters a function may write to: what a caller elsewhere has to get back. */
import type { Type } from '../../backend/contract/types.ts';
import type { HirExpression, HirFunction, HirModule, Slot } from './hir.ts';
import { childrenOf, type HirNode } from './hir-children.ts';

/** Places of parameters, by the function's own count. */
type Parameters = ReadonlySet<number>;

const NONE: Parameters = new Set();

/**
 * For each function, by its symbol: for each of its parameters, whether an element of an array that is passed there
 * may be assigned. Functions of other modules may write to all they are given.
 */
export function writtenParameters(module: HirModule): ReadonlyMap<string, readonly boolean[]> {
  const written = new Map(module.functions.map((hir) => [hir.symbol, new Set<number>()]));
  // Grows until nothing changes: functions may call each other in circles.
  for (let before = -1, after = 0; before !== after; ) {
    before = after;
    for (const hir of module.functions) new Writes(hir, written).find();
    after = [...written.values()].reduce((sum, { size }) => sum + size, 0);
  }
  return new Map(
    module.functions.map(({ symbol, parameters }) => [
      symbol,
      parameters.map((_, index) => written.get(symbol)?.has(index) ?? true),
    ]),
  );
}

class Writes {
  readonly #function: HirFunction;
  readonly #written: ReadonlyMap<string, Set<number>>;
  readonly #own: Set<number>;
  /** Whose memory a variable may show. */
  readonly #origins = new Map<Slot, Set<number>>();
  #isSettled = false;

  constructor(hir: HirFunction, written: ReadonlyMap<string, Set<number>>) {
    this.#function = hir;
    this.#written = written;
    this.#own = written.get(hir.symbol) ?? new Set();
    for (const [index, slot] of hir.parameters.entries()) this.#origins.set(slot, new Set([index]));
  }

  find(): void {
    if (!this.#function.parameters.some(({ type }) => showsMemory(type))) return;
    while (!this.#isSettled) {
      this.#isSettled = true;
      this.#visitAll(this.#function.body);
    }
  }

  #visitAll(nodes: readonly HirNode[]): void {
    for (const node of nodes) this.#visit(node);
  }

  #visit(node: HirNode): void {
    if (node.kind === 'store') this.#show(node.slot, this.#originsOf(node.value));
    if (node.kind === 'store-element') this.#write(this.#originsOf(node.base));
    if (node.kind === 'call') this.#call(node.callee.symbol, node.args);
    this.#visitAll(childrenOf(node));
  }

  #call(symbol: string, args: readonly HirExpression[]): void {
    const written = this.#written.get(symbol);
    for (const [index, arg] of args.entries()) {
      if (written === undefined || written.has(index)) this.#write(this.#originsOf(arg));
    }
  }

  #show(slot: Slot, origins: Parameters): void {
    const known = this.#origins.get(slot) ?? new Set();
    this.#origins.set(slot, known);
    for (const origin of origins) {
      if (known.has(origin)) continue;
      known.add(origin);
      this.#isSettled = false;
    }
  }

  #write(origins: Parameters): void {
    for (const origin of origins) this.#own.add(origin);
  }

  /** Of a value that shows memory; those of all it is made from, which errs on the safe side. */
  #originsOf(node: HirExpression): Parameters {
    if (!showsMemory(node.type)) return NONE;
    if (node.kind === 'read') return this.#origins.get(node.slot) ?? NONE;
    const origins = new Set<number>();
    const add = (child: HirNode): void => {
      if ('type' in child) for (const origin of this.#originsOf(child)) origins.add(origin);
      else for (const inner of childrenOf(child)) add(inner);
    };
    for (const child of childrenOf(node)) add(child);
    return origins;
  }
}

function showsMemory(type: Type): boolean {
  switch (type.kind) {
    case 'array':
    case 'pointer':
      return true;
    case 'tuple':
    case 'struct':
      return type.members.some(showsMemory);
    default:
      return false;
  }
}
