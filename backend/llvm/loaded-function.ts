import type { PackedLayout } from '../contract/packed.ts';
import type { FunctionType } from '../contract/types.ts';
import type { LoadedModule } from './code-loader.ts';
import type { CompileOptions } from './compile-options.ts';

/** What a handle stands for. */
export interface LoadedFunction {
  readonly handle: number;
  /** As the user named it. */
  readonly name: string;
  /** As the module defines it. */
  readonly symbol: string;
  /** `symbol` in UTF-8, for the call record. */
  readonly symbolBytes: Uint8Array;
  readonly signature: FunctionType;
  readonly layout: PackedLayout;
  /** What its raises mean, and where its lines are. */
  readonly options: CompileOptions;
  readonly module: LoadedModule;
  /** Its place in `module.functions`. */
  readonly index: number;
  readonly packedAddress: number;
}
