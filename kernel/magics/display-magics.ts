/** `%%html`, `%%svg`, `%%markdown`, `%%latex` and `%%javascript`: a cell that is shown, not run. */
import type { CellMagic } from './registry.ts';

const KINDS = [
  ['html', 'text/html'],
  ['svg', 'image/svg+xml'],
  ['markdown', 'text/markdown'],
  ['latex', 'text/latex'],
  ['javascript', 'application/javascript'],
] as const;

export const displayMagics: readonly CellMagic[] = KINDS.map(([name, mimeType]) => ({
  name,
  summary: name === 'javascript' ? 'run the cell in the browser' : `show the cell as ${mimeType}`,
  usage: `%%${name}`,
  async run(_args, body, { display }): Promise<undefined> {
    display({ [mimeType]: body, 'text/plain': body });
  },
}));
