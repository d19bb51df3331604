import { type Completeness, isComplete } from '../language/is-complete.ts';
import { parseCell } from './parse-cell.ts';
import type { MagicRegistry } from './registry.ts';

/**
 * Whether a console should run the cell, ask for another line, or show an error. A cell magic's lines may be in any
 * language, so it ends where IPython's do: with an empty line.
 */
export function isCellComplete(source: string, registry: MagicRegistry): Completeness {
  const parsed = parseCell(source, registry);
  switch (parsed.kind) {
    case 'typescript':
      return isComplete(parsed.source);
    case 'magic-error':
      return { status: 'invalid' };
    case 'cell-magic': {
      const lines = parsed.body.split('\n');
      const last = lines.at(-1) ?? '';
      if (parsed.body.trim() !== '' && last.trim() === '') return { status: 'complete' };
      return { status: 'incomplete', indent: indentAfter(last) };
    }
  }
}

function indentAfter(line: string): string {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (/:\s*$/.test(line)) return `${indent}    `;
  return /[([{]\s*$/.test(line) ? `${indent}  ` : indent;
}
