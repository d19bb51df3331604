/** Notebooks by path, folder or glob: `*`, `?`, `[…]` and `{a,b}` within a name, `**` for any number of folders. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Nothing there to test; the text says what was looked for. */
export class NoNotebooksError extends Error {
  override readonly name = 'NoNotebooksError';
}

const ignoredFolders: ReadonlySet<string> = new Set(['.ipynb_checkpoints', 'node_modules', '.git']);

/** In the order of `patterns`, each pattern's in alphabetical order, none twice. @throws {NoNotebooksError} */
export function findNotebooks(patterns: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const paths = findOne(pattern);
    if (paths.length === 0) throw new NoNotebooksError(`there is no notebook ${pattern}`);
    for (const path of paths) found.add(path);
  }
  return [...found];
}

function findOne(pattern: string): readonly string[] {
  const type = typeOf(pattern);
  if (type === 'file') return [pattern];
  if (type === 'folder') return below(pattern);
  const segments = pattern.replaceAll('\\', '/').split('/');
  const root = segments[0] === '' ? '/' : '';
  return matching(root, root === '' ? segments : segments.slice(1)).sort();
}

function typeOf(path: string): 'file' | 'folder' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

function below(folder: string): string[] {
  return matching(folder, ['**', '*.ipynb']).sort();
}

/** `folder` is empty for the current one, so that paths stay as short as the pattern. */
function matching(folder: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return [];
  if (segment === '' || segment === '.') return matching(folder, rest);
  if (segment === '**') {
    const here = matching(folder, rest);
    return [...here, ...foldersIn(folder).flatMap((name) => matching(join(folder, name), ['**', ...rest]))];
  }
  if (!/[*?[{]/.test(segment)) return matchedPath(join(folder, segment), rest);
  const pattern = segmentPattern(segment);
  return entriesOf(folder)
    .filter((name) => pattern.test(name))
    .flatMap((name) => matchedPath(join(folder, name), rest));
}

function matchedPath(path: string, rest: readonly string[]): string[] {
  const type = typeOf(path);
  if (rest.length > 0) return type === 'folder' ? matching(path, rest) : [];
  if (type === 'folder') return below(path);
  return type === 'file' ? [path] : [];
}

function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder).filter((name) => typeOf(join(folder, name)) === 'folder');
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder).filter((name) => !ignoredFolders.has(name));
  } catch {
    return []; // A folder that is missing, or not ours to read, holds nothing that matches.
  }
}

/** Names that start with a dot are matched only by patterns that do. */
function segmentPattern(segment: string): RegExp {
  let depth = 0;
  const source = segment.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (token) => {
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token === '{') depth += 1;
    if (token === '{') return '(?:';
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (token === ',' && depth > 0) return '|';
    return token.replace(/[.+^$()|[\]{}\\]/, '\\$&');
  });
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${source}${')'.repeat(depth)}$`, 's');
}
