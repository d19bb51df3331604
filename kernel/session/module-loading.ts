import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

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
  const require = createRequire(fileName);
  // Code that the inspector evaluates can't import; a script that is compiled with Node's own loader can.
  const script = new Script('(specifier, options) => import(specifier, options)', {
    filename: fileName,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const url = pathToFileURL(fileName).href;
  return {
    importModule: script.runInThisContext() as ImportModule,
    importMeta: {
      url,
      dirname: folder,
      filename: fileName,
      resolve: (specifier: string) => pathToFileURL(require.resolve(specifier)).href,
    },
    require,
    __dirname: folder,
    __filename: fileName,
  };
}
