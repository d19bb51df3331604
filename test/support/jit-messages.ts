import type { FaultFields } from '../../backend/contract/remote-error.ts';

/** What jit-process.ts asks of its child, jit-process-main.ts. Serialised with structured clone. */
export type JitQuestion =
  | {
      readonly kind: 'compile';
      readonly ir: string;
      readonly functions: readonly NamedFunction[];
      readonly options: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'call'; readonly handle: number; readonly args: Uint8Array }
  | {
      readonly kind: 'map';
      readonly handle: number;
      readonly length: number;
      readonly columns: readonly Uint8Array[];
    }
  /** Many calls at once; answers with a CallAnswer each. */
  | { readonly kind: 'calls'; readonly calls: readonly CallQuestion[] }
  /** Reads and verifies a module, and forgets it. */
  | { readonly kind: 'verify'; readonly ir: string }
  | { readonly kind: 'emit'; readonly handle: number; readonly form: 'opt' | 'asm' }
  | { readonly kind: 'drop'; readonly handles: readonly number[] }
  | { readonly kind: 'target' }
  /** Another Jit in the same process, for other `features`; answers with its target. */
  | { readonly kind: 'retarget'; readonly features: string }
  /** Calls with the same arguments until it has failed `count` times; answers with a MemoryGrowth. */
  | { readonly kind: 'crash'; readonly handle: number; readonly args: Uint8Array; readonly count: number }
  /** Compiles and drops `count` versions of a module, each with its own text; answers with a MemoryGrowth. */
  | {
      readonly kind: 'recompile';
      readonly ir: string;
      readonly functions: readonly NamedFunction[];
      readonly count: number;
    }
  /** Calls `count` times; answers with the numbers of the calls that were cancelled. */
  | { readonly kind: 'endure'; readonly handle: number; readonly args: Uint8Array; readonly count: number }
  /** Reads address 8 outside any call. */
  | { readonly kind: 'fault' };

/** `memory` is placed in the process for the call; its address goes to `offset` of the arguments. */
export interface CallQuestion {
  readonly handle: number;
  readonly args: Uint8Array;
  readonly memory: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** How the call ended, and what it left in its memory. */
export type CallAnswer = ({ readonly result: Uint8Array } | { readonly fault: FaultFields }) & {
  readonly memory: readonly Uint8Array[];
};

/** How much more the process holds than before. */
export interface MemoryGrowth {
  readonly allocatedBytes: number;
  readonly mappings: number;
}

export interface NamedFunction {
  readonly symbol: string;
  /** "int64(int64, int64)" */
  readonly signature: string;
}

export type JitAnswer = { readonly value: unknown } | { readonly fault: FaultFields };
