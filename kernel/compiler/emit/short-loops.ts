/**
 * Which loops are to be unrolled fully. LLVM does so by itself up to a size that a few checked indices exceed, and then
 * misses what the constants of each round would tell it: which indices are in bounds, and which rounds are independent.
 */
import type { HirExpression, HirStatement, Loop, Slot } from '../hir.ts';
import { childrenOf, type HirNode, nodesOf } from '../hir-children.ts';

const MAX_ROUNDS = 8;
/** In nodes of the tree, of which LLVM's own limit, 300 instructions, is about as many. */
const MAX_UNROLLED_SIZE = 2000;

/** Loops of a few rounds, from a constant to a constant, in which all other loops go to constants, too. */
export function shortLoops(body: readonly HirStatement[]): ReadonlySet<Loop> {
  const found = new Set<Loop>();
  collect(body, found);
  return found;
}

/** Adds to `found`, the inner loops first. Returns the size of the statements with their short loops unrolled. */
function collect(statements: readonly HirStatement[], found: Set<Loop>): number {
  return statements.reduce((size, node, index) => {
    if (node.kind === 'if') {
      return size + sizeOf([node.test]) + collect(node.whenTrue, found) + collect(node.whenFalse, found);
    }
    if (node.kind === 'block') return size + collect(node.body, found);
    if (node.kind !== 'loop') return size + sizeOf([node]);
    const round = sizeOf(node.update) + collect(node.body, found);
    const rounds = roundsOf(node, statements.slice(0, index)) ?? Number.POSITIVE_INFINITY;
    const isShort = rounds <= MAX_ROUNDS && rounds * round <= MAX_UNROLLED_SIZE && hasBoundedLoops(node.body);
    if (isShort) found.add(node);
    return size + (isShort ? rounds * round : round);
  }, 0);
}

function sizeOf(nodes: readonly HirNode[]): number {
  return nodes.reduce((size, node) => size + 1 + sizeOf(childrenOf(node)), 0);
}

/** A function that is called may have loops of any kind. */
function hasBoundedLoops(body: readonly HirStatement[]): boolean {
  return [...nodesOf(body)].every(
    (node) => node.kind !== 'call' && (node.kind !== 'loop' || countingOf(node) !== undefined),
  );
}

interface Counting {
  readonly counter: Slot;
  readonly step: 1n | -1n;
  /** The first value that ends the loop. */
  readonly stop: bigint;
}

/** How a loop counts that goes to a constant by one. */
function countingOf({ testAt, test, body, update }: Loop): Counting | undefined {
  if (testAt !== 'top' || test?.kind !== 'compare' || test.left.kind !== 'read') return undefined;
  const { slot: counter } = test.left;
  const bound = integerOf(test.right);
  const step = stepOf(update, counter);
  if (bound === undefined || step === undefined) return undefined;
  if ([...nodesOf(body)].some((node) => node.kind === 'store' && node.slot === counter)) return undefined;
  if (test.comparison === (step > 0n ? 'lt' : 'gt')) return { counter, step, stop: bound };
  if (test.comparison === (step > 0n ? 'le' : 'ge')) return { counter, step, stop: bound + step };
  return undefined;
}

function stepOf(update: readonly HirStatement[], counter: Slot): 1n | -1n | undefined {
  const [store, ...more] = update.filter(({ kind }) => kind !== 'position');
  if (store?.kind !== 'store' || store.slot !== counter || more.length > 0) return undefined;
  const { value } = store;
  if (value.kind !== 'binary' || value.left.kind !== 'read' || value.left.slot !== counter) return undefined;
  if (integerOf(value.right) !== 1n) return undefined;
  if (value.operation === 'iadd') return 1n;
  return value.operation === 'isub' ? -1n : undefined;
}

/** Known where the counter gets a constant right before the loop. */
function roundsOf(loop: Loop, before: readonly HirStatement[]): number | undefined {
  const counting = countingOf(loop);
  if (!counting) return undefined;
  const { counter, step, stop } = counting;
  const nearest = before.findLast((node) => node.kind !== 'position' && !isStoreOfOther(node, counter));
  const start = nearest?.kind === 'store' ? integerOf(nearest.value) : undefined;
  return start === undefined ? undefined : Math.max(0, Number((stop - start) * step));
}

function isStoreOfOther(node: HirStatement, counter: Slot): boolean {
  return node.kind === 'store' && node.slot !== counter;
}

function integerOf(node: HirExpression): bigint | undefined {
  return node.kind === 'constant' && typeof node.value === 'bigint' ? node.value : undefined;
}
