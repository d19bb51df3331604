import koffi from 'koffi';
import type { CallRecordMemory } from './call-record-memory.ts';
import {
  type GuardLayout,
  guardLayout,
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESTART,
  SA_SIGINFO,
  SIGNALS,
  SS_DISABLE,
} from './guard-layout.ts';
import { GUARD_SYMBOLS, guardRuntimeText } from './guard-runtime.ts';
import type { LinkedObject, Lljit } from './lljit.ts';
import type { ModuleCompiler } from './module-compiler.ts';
import { mapPrivate, type NativeMemory, openPosix, unmap } from './posix.ts';

/** Enough for a signal frame with every vector register, and for the handlers that were there before ours. */
const SIGNAL_STACK_BYTE_LENGTH = 64 * 1024;
const SIGNAL_COUNT = 65;

const GUARDED_CALL = koffi.proto('int rjit_guarded_call(uintptr_t, uintptr_t, uintptr_t)');

/**
 * Calls machine code so that its faults come back as numbers (guard-runtime.ts). One thread only: the one that made
 * the guard.
 */
export class Guard {
  /**
   * Calls `void(i8* args, i8* ret)`; all three are addresses.
   *
   * @returns 0, a signal's number, or another of `OUTCOME`
   */
  readonly call: (functionAddress: number, argumentsAddress: number, resultAddress: number) => number;
  readonly #code: LinkedObject;
  readonly #previousHandlers: NativeMemory;
  readonly #previousActions = new Map<number, Uint8Array>();
  #signalStack: NativeMemory | undefined;

  constructor(compiler: ModuleCompiler, lljit: Lljit, record: CallRecordMemory) {
    const layout = guardLayout();
    this.#previousHandlers = mapPrivate(SIGNAL_COUNT * 8);
    const entryText = guardRuntimeText({
      layout,
      recordAddress: record.address,
      previousHandlersAddress: this.#previousHandlers.address,
      threadId: openPosix().threadId(),
    });
    const entryNames = new Set(Object.values(GUARD_SYMBOLS));
    this.#code = lljit.link(compiler.compile({ ir: '', functions: [], entryText, entryNames }).object);
    this.call = koffi.decode(BigInt(this.#code.addressOf(GUARD_SYMBOLS.call)), GUARDED_CALL);
    this.#useSignalStack(layout);
    const handler = this.#code.addressOf(GUARD_SYMBOLS.handler);
    for (const signal of Object.values(SIGNALS)) this.#handle(signal, handler, layout);
  }

  /** Gives the signals back. Guards that were made in one process must go in the reverse order. */
  dispose(): void {
    for (const [signal, action] of this.#previousActions)
      checked(openPosix().sigaction(signal, action, null));
    if (this.#signalStack !== undefined) {
      const disabled = Buffer.alloc(guardLayout().stackByteLength);
      disabled.writeInt32LE(SS_DISABLE, guardLayout().stackFlags);
      checked(openPosix().sigaltstack(disabled, null));
      unmap(this.#signalStack);
    }
    this.#code.remove();
    unmap(this.#previousHandlers);
  }

  #handle(signal: number, handler: number, layout: GuardLayout): void {
    const action = Buffer.alloc(layout.actionByteLength);
    action.writeBigUInt64LE(BigInt(handler), layout.actionHandler);
    const deferral = signal === SIGNALS.SIGUSR2 ? 0 : SA_NODEFER;
    action.writeInt32LE(SA_SIGINFO | SA_ONSTACK | SA_RESTART | deferral, layout.actionFlags);
    const previous = Buffer.alloc(layout.actionByteLength);
    checked(openPosix().sigaction(signal, action, previous));
    this.#previousActions.set(signal, previous);
    const address = previous.readBigUInt64LE(layout.actionHandler);
    // 0 and 1 are SIG_DFL and SIG_IGN, no functions.
    new BigUint64Array(this.#previousHandlers.buffer)[signal] = address > 1n ? address : 0n;
  }

  /** Without a stack of their own the handlers could not run when the stack has overflowed. Per thread. */
  #useSignalStack(layout: GuardLayout): void {
    const current = Buffer.alloc(layout.stackByteLength);
    checked(openPosix().sigaltstack(null, current));
    if ((current.readInt32LE(layout.stackFlags) & SS_DISABLE) === 0) return;
    this.#signalStack = mapPrivate(SIGNAL_STACK_BYTE_LENGTH);
    const stack = Buffer.alloc(layout.stackByteLength);
    stack.writeBigUInt64LE(BigInt(this.#signalStack.address), layout.stackPointer);
    stack.writeBigUInt64LE(BigInt(SIGNAL_STACK_BYTE_LENGTH), layout.stackSize);
    checked(openPosix().sigaltstack(stack, null));
  }
}

function checked(result: number): void {
  if (result !== 0) throw new Error(`installing the signal guard failed with errno ${koffi.errno()}`);
}
