import { completeWord, type MagicCompletion, type MagicCompletions } from './completion.ts';
import { magicAt } from './magic-at.ts';
import type { MagicRegistry } from './registry.ts';

/** Completions of magics, their options and what they contain; undefined where the place belongs to TypeScript. */
export function completeMagic(
  code: string,
  cursor: number,
  registry: MagicRegistry,
): MagicCompletions | undefined {
  const place = magicAt(code, cursor, registry);
  switch (place?.kind) {
    case 'name':
      return completeWord(code, cursor, magicNames(registry, place.atTop), /%\S*$/u);
    case 'line': {
      const offset = place.argumentsOffset;
      const found = registry.lineMagic(place.name)?.complete?.(place.arguments, cursor - offset);
      return moved(found ?? nothingAt(cursor - offset), offset);
    }
    case 'cell':
      return registry.cellMagic(place.cell.name)?.complete?.(place.cell, code, cursor) ?? nothingAt(cursor);
    case undefined:
      return undefined;
  }
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
