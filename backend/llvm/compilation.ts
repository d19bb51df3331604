import { performance } from 'node:perf_hooks';
import { RemoteError } from '../contract/remote-error.ts';
import type { Context, MemoryBuffer, Module } from './handles.ts';
import type { Llvm } from './llvm.ts';
import type { ModuleFacts } from './module-preparation.ts';
import type { Target } from './target.ts';

/** Entries are inlined into first: see packed-entry.ts. LLVM 14 and 15 do that too late by themselves. */
const PIPELINE = 'always-inline,default<O3>';

/**
 * What of it can find something to do where nothing branches: half of the time, and the same code, instruction by
 * instruction, for 327 of 329 random functions (and as much of it for the other two).
 */
const STRAIGHT_PIPELINE = [
  'always-inline,inferattrs,cgscc(inline),globaldce',
  'function(sroa,early-cse<memssa>,instcombine,reassociate,sccp,correlated-propagation,gvn,dse,' +
    'slp-vectorizer,vector-combine,instcombine,adce)',
  'strip-dead-prototypes',
].join(',');

export function pipelineFor({ hasBranches }: ModuleFacts): string {
  return hasBranches ? PIPELINE : STRAIGHT_PIPELINE;
}

/** Times in microseconds. */
export interface CompilePhases {
  readonly parse: number;
  readonly verify: number;
  readonly optimize: number;
  readonly codegen: number;
}

export interface CompiledObject {
  /** The caller owns it. */
  readonly object: MemoryBuffer;
  readonly phases: CompilePhases;
}

export interface PreparedModule {
  readonly context: Context;
  readonly module: Module;
  readonly facts: ModuleFacts;
  readonly phases: Pick<CompilePhases, 'parse' | 'verify'>;
}

/**
 * A module that is ready for the optimiser. It must be ended, once, by one of `finish`, `finishAside` and `dispose`:
 * its context and module are freed then.
 */
export class Compilation {
  readonly hasState: boolean;
  readonly #pipeline: string;
  readonly #llvm: Llvm;
  readonly #target: Target;
  readonly #prepared: PreparedModule;

  constructor(llvm: Llvm, target: Target, prepared: PreparedModule) {
    this.#llvm = llvm;
    this.#target = target;
    this.#prepared = prepared;
    this.hasState = prepared.facts.hasState;
    this.#pipeline = pipelineFor(prepared.facts);
  }

  /** @throws RemoteError `compile-failed` */
  finish(): CompiledObject {
    const { context, module } = this.#prepared;
    try {
      const clock = new PhaseClock();
      module.optimize(this.#target.machine, this.#pipeline);
      const optimize = clock.lap();
      const object = withoutErrors(context, module.emit(this.#target.machine, 'object'));
      return this.#result(object, optimize, clock.lap());
    } finally {
      this.dispose();
    }
  }

  /** The same on another thread, while this one does something else: also another compilation. */
  async finishAside(): Promise<CompiledObject> {
    const { context, module } = this.#prepared;
    // A machine is for one thread.
    const machine = this.#target.cloneMachine();
    try {
      const clock = new PhaseClock();
      await module.optimizeAside(machine, this.#pipeline);
      const optimize = clock.lap();
      const object = withoutErrors(context, await module.emitAside(machine, 'object'));
      return this.#result(object, optimize, clock.lap());
    } finally {
      this.dispose();
      this.#llvm.api.disposeTargetMachine(machine);
    }
  }

  dispose(): void {
    this.#prepared.module.dispose();
    this.#prepared.context.dispose();
  }

  #result(object: MemoryBuffer, optimize: number, codegen: number): CompiledObject {
    return { object, phases: { ...this.#prepared.phases, optimize, codegen } };
  }
}

/** @throws RemoteError `compile-failed` where LLVM has emitted something and reported an error */
export function withoutErrors(context: Context, emitted: MemoryBuffer): MemoryBuffer {
  const errors = context.takeErrors();
  if (errors.length === 0) return emitted;
  emitted.dispose();
  throw new RemoteError('compile-failed', errors.join('\n'));
}

export class PhaseClock {
  #start = performance.now();

  /** Microseconds since the last lap. */
  lap(): number {
    const now = performance.now();
    const microseconds = (now - this.#start) * 1000;
    this.#start = now;
    return microseconds;
  }
}
