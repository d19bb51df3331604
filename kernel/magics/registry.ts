/**
 * The magics of a session. A line magic is one line, `%name arguments`; a cell magic takes the whole cell,
 * `%%name arguments` and the lines below.
 */
import { closestName } from '../compiler/closest-name.ts';
import type { MagicCompletions } from './completion.ts';
import type { CellMagicContext, MagicContext } from './context.ts';
import type { CellMagicCell } from './parse-cell.ts';
import { UsageError } from './usage-error.ts';

export interface LineMagic {
  readonly name: string;
  /** How it is written where that isn't `%name`: `!COMMAND`. */
  readonly spelling?: string;
  /** One line for `%lsmagic`. */
  readonly summary: string;
  /** How to call it, shown when it is called wrongly. */
  readonly usage: string;
  /** The names of its options, completed as `--NAME` where `complete` doesn't say more. */
  readonly options?: readonly string[];
  /** What it resolves with is the value of the line, shown when the line is the cell's last. */
  run(args: string, context: MagicContext): Promise<unknown>;
  /** What may stand at `cursor`, an offset in `args`; nothing by default. */
  complete?(args: string, cursor: number): MagicCompletions | Promise<MagicCompletions>;
}

export interface CellMagic {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** As for a line magic. */
  readonly options?: readonly string[];
  run(args: string, body: string, context: CellMagicContext): Promise<unknown>;
  /** What may stand at `cursor`, an offset in `text`, the whole cell, behind the magic's name. */
  complete?(cell: CellMagicCell, text: string, cursor: number): MagicCompletions | Promise<MagicCompletions>;
}

export class MagicRegistry {
  readonly #lineMagics = new Map<string, LineMagic>();
  readonly #cellMagics = new Map<string, CellMagic>();

  addLineMagic(magic: LineMagic): void {
    this.#lineMagics.set(magic.name, magic);
  }

  addCellMagic(magic: CellMagic): void {
    this.#cellMagics.set(magic.name, magic);
  }

  hasLineMagic(name: string): boolean {
    return this.#lineMagics.has(name);
  }

  lineMagic(name: string): LineMagic | undefined {
    return this.#lineMagics.get(name);
  }

  cellMagic(name: string): CellMagic | undefined {
    return this.#cellMagics.get(name);
  }

  get lineMagics(): readonly LineMagic[] {
    return byName(this.#lineMagics.values());
  }

  get cellMagics(): readonly CellMagic[] {
    return byName(this.#cellMagics.values());
  }

  /** Runs `%name args`. Rejects with UsageError when there is no such magic. */
  async runLineMagic(name: string, args: string, context: MagicContext): Promise<unknown> {
    const magic = this.#lineMagics.get(name);
    if (magic === undefined) throw this.unknownLineMagic(name);
    return await magic.run(args, context);
  }

  /** Runs `%%name args` on the lines below it. Rejects with UsageError when there is no such magic. */
  async runCellMagic(name: string, args: string, body: string, context: CellMagicContext): Promise<unknown> {
    const magic = this.#cellMagics.get(name);
    if (magic === undefined) throw this.#unknownCellMagic(name);
    return await magic.run(args, body, context);
  }

  unknownLineMagic(name: string): UsageError {
    if (this.#cellMagics.has(name)) {
      return new UsageError(
        `%${name} is a magic for a whole cell: write %%${name} at the top of a cell of its own`,
      );
    }
    return unknown('line magic', '%', name, this.#lineMagics.keys());
  }

  #unknownCellMagic(name: string): UsageError {
    if (this.#lineMagics.has(name)) {
      return new UsageError(`%%${name} is a magic for one line: write %${name}`);
    }
    return unknown('cell magic', '%%', name, this.#cellMagics.keys());
  }
}

function unknown(kind: string, prefix: string, name: string, names: Iterable<string>): UsageError {
  const meant = closestName(name, names);
  const hint = meant === undefined ? '%lsmagic lists what there is' : `did you mean ${prefix}${meant}?`;
  return new UsageError(`there is no ${kind} ${prefix}${name}; ${hint}`);
}

function byName<T extends { readonly name: string }>(magics: Iterable<T>): T[] {
  return [...magics].sort((a, b) => (a.name < b.name ? -1 : 1));
}
