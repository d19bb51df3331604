/** `%%writefile`, `%load` and `%run`: code from and to files. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MagicContext } from './context.ts';
import type { CellMagic, LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

export const writefileMagic: CellMagic = {
  name: 'writefile',
  summary: 'write the cell to a file; with -a, at its end',
  usage: '%%writefile [-a] FILE',
  async run(args, body, { write }): Promise<undefined> {
    const words = splitWords(args).map(({ text }) => text);
    const appends = words.includes('-a') || words.includes('--append');
    const path = onlyFile(
      words.filter((word) => word !== '-a' && word !== '--append'),
      writefileMagic,
    );
    const text = body.endsWith('\n') ? body : `${body}\n`;
    const isThere = existsSync(path);
    mkdirSync(dirname(path), { recursive: true });
    if (appends) appendFileSync(path, text);
    else writeFileSync(path, text);
    write(`${isThere ? (appends ? 'Appended to' : 'Overwrote') : 'Wrote'} ${path}\n`);
  },
};

export const loadMagic: LineMagic = {
  name: 'load',
  summary: 'put a file into the next cell',
  usage: '%load FILE',
  async run(args, { setNextInput }): Promise<undefined> {
    const path = onlyFile(
      splitWords(args).map(({ text }) => text),
      loadMagic,
    );
    setNextInput(`// %load ${path}\n${readText(path)}`);
  },
};

export const runMagic: LineMagic = {
  name: 'run',
  summary: 'run a file, or the cells of a notebook, as if it stood here',
  usage: '%run FILE.ts        or FILE.js, FILE.ipynb',
  async run(args, context): Promise<unknown> {
    const path = onlyFile(
      splitWords(args).map(({ text }) => text),
      runMagic,
    );
    const text = readText(path);
    if (!path.endsWith('.ipynb')) return await context.evaluate(text, path);
    await runNotebook(text, path, context);
    return undefined;
  },
};

async function runNotebook(text: string, path: string, { evaluate }: MagicContext): Promise<void> {
  for (const [index, source] of codeCells(text, path).entries())
    await evaluate(source, `${path}[${index + 1}]`);
}

function codeCells(text: string, path: string): readonly string[] {
  const notebook: unknown = JSON.parse(text);
  const cells: unknown =
    typeof notebook === 'object' && notebook !== null && 'cells' in notebook && notebook.cells;
  if (!Array.isArray(cells)) throw new UsageError(`${path} is no notebook: it has no list of cells`);
  return cells.flatMap((cell: unknown) => {
    if (typeof cell !== 'object' || cell === null || !('cell_type' in cell) || cell.cell_type !== 'code')
      return [];
    const source: unknown = 'source' in cell ? cell.source : '';
    return [Array.isArray(source) ? source.join('') : String(source)];
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function onlyFile(words: readonly string[], { usage }: LineMagic | CellMagic): string {
  const [path, extra] = words;
  if (path !== undefined && extra === undefined) return path;
  throw new UsageError(
    `${usage.split(' ', 1)[0]} takes one file; found ${words.length}. It is used as\n\n${usage}`,
  );
}
