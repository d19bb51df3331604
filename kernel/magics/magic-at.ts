import { isComplete } from '../language/is-complete.ts';
import { type CellMagicCell, parseCell } from './parse-cell.ts';
import type { MagicRegistry } from './registry.ts';

/** What of a magic stands at a place of a cell; offsets are those of the cell. */
export type MagicPlace =
  /** In the name, or behind the `%` that a name may follow. `prefix` is what stands there, with its `%`. */
  | { readonly kind: 'name'; readonly start: number; readonly end: number; readonly atTop: boolean }
  | {
      readonly kind: 'line';
      readonly name: string;
      readonly arguments: string;
      readonly argumentsOffset: number;
    }
  | { readonly kind: 'cell'; readonly cell: CellMagicCell };

const NAME = /^([ \t]*)(%{1,2}[A-Za-z_]*\w*)/u;

/** Undefined where the place belongs to TypeScript. */
export function magicAt(code: string, cursor: number, registry: MagicRegistry): MagicPlace | undefined {
  const lineStart = code.lastIndexOf('\n', cursor - 1) + 1;
  const [line = ''] = code.slice(lineStart).split('\n');
  const before = code.slice(0, lineStart);
  const [, indent = '', word = ''] = NAME.exec(line) ?? [];
  const wordStart = lineStart + indent.length;
  const atTop = /^(?:\s|\/\/[^\n]*(?:\n|$))*$/u.test(before);
  if (word !== '' && cursor > wordStart && cursor <= wordStart + word.length) {
    const isStatement = isComplete(before).status !== 'incomplete';
    return isStatement ? { kind: 'name', start: wordStart, end: wordStart + word.length, atTop } : undefined;
  }
  const cell = parseCell(code, registry);
  if (cell.kind === 'cell-magic') return cursor >= cell.argumentsOffset ? { kind: 'cell', cell } : undefined;
  const [, name, args] = /^%([A-Za-z_]\w*)[ \t]+(.*)$/u.exec(line.slice(indent.length)) ?? [];
  if (name === undefined || args === undefined || !registry.hasLineMagic(name)) return undefined;
  const argumentsOffset = lineStart + line.length - args.length;
  const isMagic = cell.kind !== 'typescript' || lineOf(cell.source, before) !== line;
  if (!isMagic || cursor < argumentsOffset) return undefined;
  return { kind: 'line', name, arguments: args, argumentsOffset };
}

/** The line below `before`. */
function lineOf(source: string, before: string): string | undefined {
  return source.split('\n')[before.split('\n').length - 1];
}
