import type { FaultFields } from '../../backend/contract/remote-error.ts';
import type { CompileReport } from '../../backend/llvm/jit.ts';

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
  | { readonly kind: 'emit'; readonly handle: number; readonly form: 'opt' | 'asm' }
  | { readonly kind: 'drop'; readonly handles: readonly number[] }
  | { readonly kind: 'target' }
  /** Calls with the same arguments until it has failed `count` times; answers by how much memory grew. */
  | { readonly kind: 'crash'; readonly handle: number; readonly args: Uint8Array; readonly count: number }
  /** Compiles and drops `count` versions of a module, each with its own text; answers by how much memory grew. */
  | {
      readonly kind: 'recompile';
      readonly ir: string;
      readonly functions: readonly NamedFunction[];
      readonly count: number;
    }
  /** Reads address 0 outside any call. */
  | { readonly kind: 'fault' };

export interface NamedFunction {
  readonly symbol: string;
  /** "int64(int64, int64)" */
  readonly signature: string;
}

export type JitAnswer = { readonly value: unknown } | { readonly fault: FaultFields };

export type { CompileReport };
