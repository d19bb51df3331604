/**
 * Node's module loading for local files of a notebook: TypeScript runs, extensions may be left out, and edits are
 * picked up by the next import in a cell. Runs in the thread that Node keeps for such hooks.
 */
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveFnOutput, ResolveHook, ResolveHookContext } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformModule } from '../language/transform-module.ts';
import { ModuleVersions } from './module-versions.ts';

export interface ModuleHooksData {
  /** The URL that cells import from. */
  readonly cellUrl: string;
}

type NextResolve = Parameters<ResolveHook>[2];

const versions = new ModuleVersions();
let cellUrl = '';

const typescriptExtensions = ['.ts', '.tsx', '.mts'];
/** In the order in which TypeScript's own resolution tries them. */
const triedSuffixes = ['.ts', '.tsx', '.mts', '.js', '.mjs', '/index.ts', '/index.tsx', '/index.js'];

export function initialize(data: ModuleHooksData): void {
  cellUrl = data.cellUrl;
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (context.parentURL === cellUrl) versions.beginImport();
  const resolved = await resolveLocal(specifier, context, nextResolve);
  if (!isVersioned(resolved)) return resolved;
  const path = fileURLToPath(resolved.url);
  if (context.parentURL?.startsWith('file:')) versions.recordImport(fileURLToPath(context.parentURL), path);
  return { ...resolved, url: `${resolved.url}?v=${versions.version(path)}` };
};

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !typescriptExtensions.includes(extname(new URL(url).pathname))) {
    return nextLoad(url, context);
  }
  const path = fileURLToPath(url);
  const source = await transformModule(await readFile(path, 'utf8'), path);
  return { format: 'module', source, shortCircuit: true };
};

/** As written first; then with the extensions that TypeScript lets one leave out, or write as `.js`. */
async function resolveLocal(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: NextResolve,
): Promise<ResolveFnOutput> {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!/^(?:\.{1,2}\/|\/|file:)/u.test(specifier)) throw error;
    const withoutJs = specifier.replace(/\.(m?)js$/u, '.$1ts');
    const candidates = [
      ...(withoutJs === specifier ? [] : [withoutJs]),
      ...triedSuffixes.map((s) => specifier + s),
    ];
    for (const candidate of candidates) {
      try {
        return await nextResolve(candidate, context);
      } catch {
        // The next candidate; when none is there, the error names what the user wrote.
      }
    }
    throw error;
  }
}

/** CommonJS modules have a cache of their own that knows no versions; packages don't change under a session. */
function isVersioned({ url, format }: ResolveFnOutput): boolean {
  if (!url.startsWith('file:') || url.includes('/node_modules/') || url.includes('?')) return false;
  return typescriptExtensions.includes(extname(url)) || format === 'module' || format === 'json';
}
