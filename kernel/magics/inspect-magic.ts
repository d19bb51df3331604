import { magicAt } from './magic-at.ts';
import type { CellMagic, LineMagic, MagicRegistry } from './registry.ts';

export interface MagicDescription {
  /** As it is written: `%rjit`, `%%rjit`. */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
}

/** The magic in whose name or arguments the cursor is. */
export function inspectMagic(
  code: string,
  cursor: number,
  registry: MagicRegistry,
): MagicDescription | undefined {
  // Before the `%`, the magic that follows is meant.
  const place = magicAt(code, cursor, registry) ?? magicAt(code, cursor + 1, registry);
  switch (place?.kind) {
    case 'name': {
      const word = code.slice(place.start, place.end);
      return word.startsWith('%%')
        ? describe('%%', registry.cellMagic(word.slice(2)))
        : describe('%', registry.lineMagic(word.slice(1)));
    }
    case 'line':
      return describe('%', registry.lineMagic(place.name));
    case 'cell': {
      const { argumentsOffset, arguments: args, name } = place.cell;
      const isHeader = cursor <= argumentsOffset + args.length;
      return isHeader ? describe('%%', registry.cellMagic(name)) : undefined;
    }
    case undefined:
      return undefined;
  }
}

function describe(prefix: string, magic: LineMagic | CellMagic | undefined): MagicDescription | undefined {
  if (magic === undefined) return undefined;
  const { name, summary, usage } = magic;
  return { name: prefix + name, summary, usage };
}
