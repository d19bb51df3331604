/** The text of one LLVM module: its header, its functions, and the declarations they turned out to need. */
import type { ConstantData, HirFile } from '../hir.ts';
import { DebugInfo, type Subprogram } from './debug-info.ts';
import { IrMetadata } from './ir-metadata.ts';
import { type IrValue, irName, irString } from './ir-values.ts';

export interface Target {
  /** As the server announces it, e.g. `x86_64-pc-linux-gnu`. */
  readonly triple: string;
  readonly dataLayout?: string;
}

export class IrModule {
  readonly #header: readonly string[];
  readonly #globals = new Map<ConstantData, { readonly symbol: string; readonly text: string }>();
  readonly #definitions: string[] = [];
  readonly #declarations = new Map<string, string>();
  readonly #supportFunctions = new Set<string>();

  readonly metadata = new IrMetadata();
  readonly debugInfo: DebugInfo;

  constructor(files: readonly HirFile[], target: Target) {
    this.debugInfo = new DebugInfo(files, this.metadata);
    const sourceFileName = files[0]?.name ?? '';
    this.#header = [
      `source_filename = "${irString(sourceFileName)}"`,
      ...(target.dataLayout ? [`target datalayout = "${irString(target.dataLayout)}"`] : []),
      `target triple = "${irString(target.triple)}"`,
    ];
  }

  declare(result: string, symbol: string, parameters: readonly string[], attributes = ' nounwind'): void {
    if (this.#declarations.has(symbol)) return;
    const text = `declare ${result} @${irName(symbol)}(${parameters.join(', ')})${attributes}`;
    this.#declarations.set(symbol, text);
  }

  define(
    linkage: '' | 'internal ',
    result: string,
    symbol: string,
    parameters: readonly IrValue[],
    body: string,
    subprogram?: Subprogram,
  ): void {
    const debug = subprogram ? ` !dbg !${subprogram.number}` : '';
    const list = parameters.map(({ type, text }) => `${type} ${text}`).join(', ');
    this.addDefinition(
      `define ${linkage}${result} @${irName(symbol)}(${list}) nounwind${debug} {\n${body}\n}`,
    );
  }

  /** A global constant for `data`; `text` makes its type and value. */
  constantData(data: ConstantData, text: () => string): string {
    const known = this.#globals.get(data);
    if (known) return known.symbol;
    const symbol = `${data.name}.data${this.#globals.size || ''}`;
    this.#globals.set(data, { symbol, text: `@${irName(symbol)} = internal constant ${text()}` });
    return symbol;
  }

  /** A whole definition, as text. */
  addDefinition(text: string): void {
    this.#definitions.push(text);
  }

  /** Whether the support function named so has yet to be defined; claims it. */
  claimSupportFunction(symbol: string): boolean {
    if (this.#supportFunctions.has(symbol)) return false;
    this.#supportFunctions.add(symbol);
    return true;
  }

  /** RBC's flag, which HeavyDB reads, ends the module. */
  toText(): string {
    const debug = this.debugInfo.toText();
    const flags =
      `!llvm.module.flags = !{${['!0', ...debug.flags].join(', ')}}\n\n` +
      '!0 = !{i32 4, !"pass_column_arguments_by_value", i1 false}';
    const declarations = [...this.#declarations.values()];
    const globals = [...this.#globals.values()].map(({ text }) => text);
    const parts = [this.#header.join('\n'), ...globals, ...this.#definitions];
    if (declarations.length > 0) parts.push(declarations.join('\n'));
    parts.push(flags, ...[debug.text, this.metadata.toText()].filter((text) => text !== ''));
    return `${parts.join('\n\n')}\n`;
  }
}
