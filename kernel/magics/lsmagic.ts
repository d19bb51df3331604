import type { MagicContext } from './context.ts';
import type { LineMagic, MagicRegistry } from './registry.ts';

/** `%lsmagic`: lists the magics of the registry. */
export function lsmagic(registry: MagicRegistry): LineMagic {
  return {
    name: 'lsmagic',
    summary: 'list the magics',
    usage: '%lsmagic',
    async run(_args: string, context: MagicContext): Promise<undefined> {
      const line = registry.lineMagics.map(
        ({ name, spelling = `%${name}`, summary }) => [spelling, summary] as const,
      );
      const cell = registry.cellMagics.map(({ name, summary }) => [`%%${name}`, summary] as const);
      const width = Math.max(...[...line, ...cell].map(([name]) => name.length));
      const list = (magics: typeof line) =>
        magics.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}\n`).join('');
      context.write(`for a line:\n${list(line)}\nfor a cell:\n${list(cell)}`);
    },
  };
}
