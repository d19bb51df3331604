import {
  completeWord,
  type MagicCompletion,
  type MagicCompletions,
  optionCompletions,
} from './completion.ts';
import { magicAt } from './magic-at.ts';
import type { CellMagic, LineMagic, MagicRegistry } from './registry.ts';

/** Completions of magics, their options and what they contain; undefined where the place belongs to TypeScript. */
export async function completeMagic(
  code: string,
  cursor: number,
  registry: MagicRegistry,
): Promise<MagicCompletions | undefined> {
  const place = magicAt(code, cursor, registry);
  switch (place?.kind) {
    case 'name':
      return completeWord(code, cursor, magicNames(registry, place.atTop), /%\S*$/u);
    case 'line': {
      const offset = place.argumentsOffset;
      const magic = registry.lineMagic(place.name);
      const found = await magic?.complete?.(place.arguments, cursor - offset);
      return moved(found ?? completeOption(place.arguments, cursor - offset, magic), offset);
    }
    case 'cell': {
      const { cell } = place;
      const magic = registry.cellMagic(cell.name);
      const found = await magic?.complete?.(cell, code, cursor);
      if (found !== undefined) return found;
      const isHeader = cursor <= cell.argumentsOffset + cell.arguments.length;
      return isHeader ? completeOption(code, cursor, magic) : nothingAt(cursor);
    }
    case undefined:
      return undefined;
  }
}

function completeOption(
  text: string,
  cursor: number,
  magic: LineMagic | CellMagic | undefined,
): MagicCompletions {
  return completeWord(text, cursor, optionCompletions(magic?.options ?? []));
}

function magicNames(registry: MagicRegistry, atTop: boolean): readonly MagicCompletion[] {
  const named = registry.lineMagics.filter(({ spelling }) => spelling === undefined);
  const line = named.map(({ name, summary }) => magic(`%${name}`, summary));
  const cell = registry.cellMagics.map(({ name, summary }) => magic(`%%${name}`, summary));
  return atTop ? [...line, ...cell] : line;
}

function magic(text: string, signature: string): MagicCompletion {
  return { text, type: 'magic', signature };
}

function moved({ start, end, matches }: MagicCompletions, by: number): MagicCompletions {
  return { start: start + by, end: end + by, matches };
}

function nothingAt(offset: number): MagicCompletions {
  return { start: offset, end: offset, matches: [] };
}
