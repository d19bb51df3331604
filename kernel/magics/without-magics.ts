import { parseCell } from './parse-cell.ts';
import type { MagicRegistry } from './registry.ts';

/** A cell's TypeScript with blanks for its magics, so that all places stay; undefined where there is none. */
export function withoutMagics(code: string, registry: MagicRegistry): string | undefined {
  if (!/[%?]|^[ \t]*!/m.test(code)) return code;
  const parsed = parseCell(code, registry);
  if (parsed.kind !== 'typescript') return undefined;
  const source = parsed.source.split('\n');
  return code
    .split('\n')
    .map((line, index) =>
      line.replace(/\r$/u, '') === source[index] ? line : `;${' '.repeat(line.length - 1)}`,
    )
    .join('\n');
}
