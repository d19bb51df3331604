/**
 * Line tables: which line an instruction comes from, so that a fault names it. Only functions in which something can
 * fault have them, and a module without any has no debug info at all. This form is read by LLVM 14 to 19 alike.
 */
import { fileLabel } from '../../../backend/contract/source-location.ts';
import type { Span } from '../diagnostic.ts';
import type { HirFile, HirFunction } from '../hir.ts';
import { nodesOf } from '../hir-children.ts';
import { LineTable } from '../line-table.ts';
import type { IrMetadata } from './ir-metadata.ts';
import { irString } from './ir-values.ts';

export class DebugInfo {
  readonly #files: readonly HirFile[];
  readonly #metadata: IrMetadata;
  readonly #lines = new Map<HirFile, LineTable>();
  #unit: number | undefined;

  constructor(files: readonly HirFile[], metadata: IrMetadata) {
    this.#files = files;
    this.#metadata = metadata;
  }

  /** Describes a function; `offset` is where its definition stands in its file. */
  addSubprogram(name: string, fileIndex: number, offset: number): Subprogram {
    const file = this.#file(fileIndex);
    const line = this.#lineAt(fileIndex, offset);
    const type = this.#metadata.shared(`!DISubroutineType(types: ${this.#reference('!{null}')})`);
    const fields = `name: "${irString(name)}", scope: !${file}, file: !${file}, line: ${line}, type: !${type}`;
    const unit = `unit: !${this.#compileUnit(file)}, spFlags: DISPFlagDefinition`;
    const number = this.#metadata.add(`distinct !DISubprogram(${fields}, ${unit})`);
    return { number, file: fileIndex };
  }

  /** The number of a location in a function. */
  location({ number, file }: Subprogram, offset: number): number {
    return this.#metadata.shared(`!DILocation(line: ${this.#lineAt(file, offset)}, scope: !${number})`);
  }

  /** What the module's flags need, and its named metadata; nothing where nothing was added. */
  toText(): { readonly flags: readonly string[]; readonly text: string } {
    if (this.#unit === undefined) return { flags: [], text: '' };
    const flags = ['i32 2, !"Debug Info Version", i32 3', 'i32 7, !"Dwarf Version", i32 4'].map((flag) =>
      this.#reference(`!{${flag}}`),
    );
    return { flags, text: `!llvm.dbg.cu = !{!${this.#unit}}` };
  }

  #compileUnit(file: number): number {
    const fields = `language: DW_LANG_C99, file: !${file}, isOptimized: true, runtimeVersion: 0`;
    this.#unit ??= this.#metadata.add(`distinct !DICompileUnit(${fields}, emissionKind: LineTablesOnly)`);
    return this.#unit;
  }

  /** Files go by their index, so that the same code of another cell is the same module (source-location.ts). */
  #file(index: number): number {
    return this.#metadata.shared(`!DIFile(filename: "${fileLabel(index)}", directory: "")`);
  }

  #lineAt(fileIndex: number, offset: number): number {
    const file = this.#files[fileIndex];
    if (!file) throw new Error(`the module has no file ${fileIndex}`);
    let lines = this.#lines.get(file);
    if (!lines) {
      lines = new LineTable(file.source);
      this.#lines.set(file, lines);
    }
    return lines.lineAt(offset);
  }

  #reference(node: string): string {
    return `!${this.#metadata.shared(node)}`;
  }
}

/** The first part of a function that can fault, if it has one: an access to memory, or a call, by the stack's end. */
export function mayFault({ body }: HirFunction): Span | undefined {
  for (const node of nodesOf(body)) {
    if (node.kind === 'load' || node.kind === 'store-element' || node.kind === 'call') return node.span;
  }
  return undefined;
}

export interface Subprogram {
  readonly number: number;
  readonly file: number;
}
