import { createRequire, isBuiltin, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import type { ModuleHooksData } from './module-hooks.ts';

type ImportModule = (specifier: string, options?: unknown) => Promise<unknown>;

export interface CellModuleScope {
  readonly importModule: ImportModule;
  readonly importMeta: object;
  readonly require: NodeJS.Require;
  readonly __dirname: string;
  readonly __filename: string;
}

/** How cells load modules: everything resolves as from a file in the notebook's folder. */
export function cellModuleScope(folder: string): CellModuleScope {
  const fileName = join(folder, 'notebook.ts');
  const cellUrl = pathToFileURL(fileName).href;
  const require = createRequire(fileName);
  const importFromFolder = compileImport(fileName);
  let hasHooks = false;
  return {
    importModule: (specifier, options) => {
      if (!hasHooks && isLocal(specifier)) {
        // Starts a thread (35 ms), which packages don't need.
        register('./module-hooks.js', import.meta.url, { data: { cellUrl } satisfies ModuleHooksData });
        process.setSourceMapsEnabled(true);
        hasHooks = true;
      }
      return importFromFolder(specifier, options);
    },
    importMeta: {
      url: cellUrl,
      dirname: folder,
      filename: fileName,
      resolve: (specifier: string) => resolveUrl(specifier, require),
    },
    require,
    __dirname: folder,
    __filename: fileName,
  };
}

/** What a cell's `import` of the specifier would load. */
function resolveUrl(specifier: string, require: NodeJS.Require): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  if (URL.canParse(specifier)) return specifier;
  return pathToFileURL(require.resolve(specifier)).href;
}

function isLocal(specifier: unknown): boolean {
  return /^(?:\.{1,2}\/|\/|file:|[A-Za-z]:[\\/])/u.test(String(specifier));
}

/** Code that the inspector evaluates can't import; a script that is compiled with Node's own loader can. */
function compileImport(fileName: string): ImportModule {
  const script = new Script('(specifier, options) => import(specifier, options)\n//# sourceURL=rjit:import', {
    filename: fileName,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const importFromFolder = script.runInThisContext() as ImportModule;
  let isFirst = true;
  return (specifier, options) => {
    if (!isFirst) return importFromFolder(specifier, options);
    isFirst = false;
    return withoutWarnings(() => importFromFolder(specifier, options));
  };
}

/** Node 20 calls the option experimental when it is first used; it has kept its meaning since it came. */
function withoutWarnings<T>(action: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return action();
  } finally {
    process.emitWarning = emitWarning;
  }
}
