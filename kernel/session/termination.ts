import { executionAsyncResource } from 'node:async_hooks';
import { Session } from 'node:inspector';
import { closureVariables } from './node-internals.ts';

/** An entry of Node's list of immediates. */
interface Immediate {
  _destroyed: boolean;
  _idlePrev: Immediate | null;
  _idleNext: Immediate | null;
  _onImmediate: unknown;
}

interface ImmediateList {
  head: Immediate | null;
  tail: Immediate | null;
}

interface Immediates {
  /** Those that wait for the next turn of the event loop. */
  readonly queue: ImmediateList;
  /** Counters that Node's native side reads. */
  readonly counters: Uint32Array;
  readonly countIndex: number;
}

/**
 * Ends the code that runs on this thread, uncatchably: V8 unwinds it without running a `catch` or a `finally`, and the
 * `finally` blocks of Node below it are skipped as well. Two of them matter, so what they would have done is done
 * before: taking async ids off their stack (Node aborts the process when one is left), and going on to the next
 * immediate (Node would run into the one it believes to be finished, for ever).
 */
export class Termination {
  readonly #session = new Session();
  readonly #clearAsyncIdStack: (() => void) | undefined;
  readonly #immediates: Immediates | undefined;

  constructor() {
    this.#session.connect();
    const exceptions = closureVariables(this.#session, 'process._fatalException', ['clearAsyncIdStack']);
    const clear = exceptions.get('clearAsyncIdStack');
    this.#clearAsyncIdStack = isFunction(clear) ? clear : undefined;
    this.#immediates = findImmediates(this.#session);
  }

  /** Takes effect at the next function call or loop turn of the code below: the caller must do neither. */
  terminate(): void {
    this.#finishImmediate(executionAsyncResource());
    this.#clearAsyncIdStack?.();
    this.#session.post('Runtime.terminateExecution');
  }

  #finishImmediate(resource: object): void {
    const immediates = this.#immediates;
    if (immediates === undefined || !isImmediate(resource) || !resource._destroyed) return;
    if (resource._idlePrev === null) {
      putFirst(immediates.queue, resource._idleNext);
      resource._idleNext = null;
      return;
    }
    // Node begins again with this one, so it becomes one that does nothing and counts once more.
    resource._destroyed = false;
    resource._onImmediate = () => {};
    const count = immediates.counters[immediates.countIndex] ?? 0;
    immediates.counters[immediates.countIndex] = count + 1;
  }
}

/** The rest of a batch whose first immediate is terminated is known to nobody else. */
function putFirst(queue: ImmediateList, first: Immediate | null): void {
  if (first === null) return;
  let last = first;
  while (last._idleNext !== null) last = last._idleNext;
  first._idlePrev = null;
  last._idleNext = queue.head;
  if (queue.head === null) queue.tail = last;
  else queue.head._idlePrev = last;
  queue.head = first;
}

function findImmediates(session: Session): Immediates | undefined {
  const found = closureVariables(session, 'setImmediate', ['immediateQueue', 'immediateInfo', 'kCount']);
  const queue = found.get('immediateQueue');
  const counters = found.get('immediateInfo');
  const countIndex = found.get('kCount');
  const isKnown = isImmediateList(queue) && counters instanceof Uint32Array && typeof countIndex === 'number';
  return isKnown ? { queue, counters, countIndex } : undefined;
}

function isImmediateList(value: unknown): value is ImmediateList {
  return typeof value === 'object' && value !== null && 'head' in value && 'tail' in value;
}

function isImmediate(value: object): value is Immediate {
  return '_onImmediate' in value && '_destroyed' in value && '_idleNext' in value && '_idlePrev' in value;
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}
