import { RemoteError } from '../contract/remote-error.ts';
import type { LlvmApi } from './c-api/bind.ts';
import type { Context, Module } from './handles.ts';
import { aliasesOf, functionsOf, globalsOf, nameOf } from './module-check.ts';
import { internalize, setTarget } from './module-preparation.ts';
import type { Target } from './target.ts';

/**
 * Moves what `library` defines into `module`, which only declares it. All else of the library becomes private first, so
 * that both may use the same names. The library is gone then.
 *
 * @throws RemoteError `ir-verify` where they contradict each other
 */
export function linkLibrary(
  api: LlvmApi,
  context: Context,
  module: Module,
  library: Module,
  target: Target,
): void {
  // Modules of different compilers describe the same machine in different words.
  for (const one of [module, library]) setTarget(api, one, target);
  const wanted = new Set(
    [...functionsOf(api, module), ...globalsOf(api, module)]
      .filter((value) => api.isDeclaration(value) !== 0)
      .map((value) => nameOf(api, value)),
  );
  const defined = [...functionsOf(api, library), ...globalsOf(api, library), ...aliasesOf(api, library)];
  for (const value of defined) internalize(api, value, wanted);
  if (api.linkModules(module.ref, library.ref) === 0) return;
  const reasons = context.takeErrors().join('; ') || 'LLVM gives no reason';
  throw new RemoteError('ir-verify', `the modules can't be linked: ${reasons}`);
}
