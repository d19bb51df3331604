import type { CompiledModule } from '../compiler/compile.ts';
import type { IrTarget } from './function-module.ts';
import type { CompileOutcome } from './io/requests.ts';

interface Handle {
  readonly handle: number;
  readonly epoch: number;
}

/** What a compilation was made of. */
export interface Linked {
  readonly ir: string;
  readonly target: IrTarget;
  /** Of the definitions that there were. */
  readonly count: number;
}

/**
 * What the server holds of a module whose functions are compiled together: they share its variables, so none of them may
 * be compiled again for itself.
 */
export class CompiledTogether {
  #outcome: CompileOutcome | undefined;
  #files: CompiledModule['files'] = [];
  #linked: Linked | undefined;

  keep(outcome: CompileOutcome, { files }: CompiledModule, linked: Linked | undefined): void {
    this.#outcome = outcome;
    this.#files = files;
    this.#linked = linked;
  }

  /** Undefined where no function of another module is in it. */
  get linked(): Linked | undefined {
    return this.#linked;
  }

  /** Of the compiled functions. */
  get files(): CompiledModule['files'] {
    return this.#files;
  }

  find(symbol: string): Handle | undefined {
    const { epoch, handles = [] } = this.#outcome ?? {};
    const found = handles.find((one) => one.symbol === symbol);
    return found && epoch !== undefined ? { handle: found.handle, epoch } : undefined;
  }

  /** The server has lost a function, and with it all. A handle of an earlier compilation changes nothing. */
  lose({ handle, epoch }: Handle): void {
    const { epoch: current, handles = [] } = this.#outcome ?? {};
    if (current === epoch && handles.some((one) => one.handle === handle)) this.clear();
  }

  /** The module has changed. */
  clear(): void {
    this.#outcome = undefined;
  }
}
