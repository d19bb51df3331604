import { RemoteError } from '../contract/remote-error.ts';
import type { LlvmApi } from './c-api/bind.ts';
import type { ValueRef } from './c-api/references.ts';
import type { Context, Module } from './handles.ts';
import { aliasesOf, functionsOf, globalsOf, nameOf } from './module-check.ts';
import type { Target } from './target.ts';

const LINKAGE_EXTERNAL_WEAK = 12;
const LINKAGE_INTERNAL = 8;
const LINKAGE_PRIVATE = 9;
const LINKAGE_APPENDING = 7;
const FUNCTION_INDEX = 0xffffffff;

/** Functions that the guard provides to every module (guard.ts). */
export const RUNTIME_SYMBOLS: ReadonlySet<string> = new Set(['rjit_raise']);

/** A front end's idea of the processor: kept, it would switch the host's instructions off and block inlining. */
const TARGET_ATTRIBUTES = ['target-cpu', 'target-features', 'tune-cpu'];

/** What preparing a module finds out about it. */
export interface ModuleFacts {
  /** It has variables of its own, so two copies of its code would not be the same functions. */
  readonly hasState: boolean;
  /** Some function of it has more than one block. */
  readonly hasBranches: boolean;
}

/**
 * Makes a parsed module ready for the optimiser: this machine's target; nothing visible but `keep`, so that modules
 * may use the same names; stack probes in every function.
 *
 * @throws RemoteError `unresolved-symbol` for symbols that nothing defines, `unsupported` for a module made for another
 * architecture and for what the linker has no support for
 */
export function prepareModule(
  api: LlvmApi,
  context: Context,
  module: Module,
  target: Target,
  keep: ReadonlySet<string>,
): ModuleFacts {
  setTarget(api, module, target);
  const functions = functionsOf(api, module);
  const globals = globalsOf(api, module);
  refuseUnsupported(api, globals);
  refuseUnresolved(api, [...functions, ...globals]);
  for (const global of [...functions, ...globals, ...aliasesOf(api, module)]) internalize(api, global, keep);
  const probe = stringAttribute(api, context, 'probe-stack', 'inline-asm');
  let hasBranches = false;
  for (const ref of functions) {
    if (api.isDeclaration(ref) !== 0) continue;
    hasBranches ||= api.countBasicBlocks(ref) > 1;
    for (const key of TARGET_ATTRIBUTES) api.removeStringAttribute(ref, FUNCTION_INDEX, key, key.length);
    // A large frame could step over the guard page below the stack; with probes it runs into it.
    api.addAttribute(ref, FUNCTION_INDEX, probe);
  }
  return { hasState: globals.some((global) => isState(api, global)), hasBranches };
}

export function setTarget(api: LlvmApi, module: Module, target: Target): void {
  const { triple } = target.description;
  const found = api.getTriple(module.ref);
  if (found !== '' && architectureOf(found) !== architectureOf(triple)) {
    throw new RemoteError(
      'unsupported',
      `the module was made for ${found}, but this server is ${triple}; compile it for ${architectureOf(triple)}`,
    );
  }
  const layout = api.createTargetDataLayout(target.machine);
  api.setModuleDataLayout(module.ref, layout);
  api.disposeTargetData(layout);
  api.setTriple(module.ref, triple);
}

function architectureOf(triple: string): string {
  const [architecture = ''] = triple.split('-');
  return architecture === 'arm64' ? 'aarch64' : architecture;
}

function refuseUnsupported(api: LlvmApi, globals: readonly ValueRef[]): void {
  for (const global of globals) {
    const name = nameOf(api, global);
    if (name === 'llvm.global_ctors' || name === 'llvm.global_dtors') {
      throw new RemoteError(
        'unsupported',
        `the module runs code when it is loaded (@${name}); initialise its variables with constants instead`,
      );
    }
    if (api.isThreadLocal(global) !== 0) {
      throw new RemoteError('unsupported', `@${name} is thread_local; make it a plain global`);
    }
  }
}

function refuseUnresolved(api: LlvmApi, values: readonly ValueRef[]): void {
  const missing = values
    .filter((value) => api.isDeclaration(value) !== 0 && api.firstUse(value) !== 0)
    .filter((value) => api.getLinkage(value) !== LINKAGE_EXTERNAL_WEAK)
    .map((value) => nameOf(api, value))
    .filter((name) => !name.startsWith('llvm.') && !RUNTIME_SYMBOLS.has(name))
    .filter((name) => api.searchForAddressOfSymbol(name) === 0);
  if (missing.length === 0) return;
  const names = missing.map((name) => `@${name}`).join(', ');
  throw new RemoteError(
    'unresolved-symbol',
    `${names}: not defined in the module, nor by the C and math libraries of the server`,
  );
}

export function internalize(api: LlvmApi, global: ValueRef, keep: ReadonlySet<string>): void {
  if (api.isDeclaration(global) !== 0) return;
  const linkage = api.getLinkage(global);
  if (linkage === LINKAGE_INTERNAL || linkage === LINKAGE_PRIVATE || linkage === LINKAGE_APPENDING) return;
  const name = nameOf(api, global);
  if (name.startsWith('llvm.') || keep.has(name)) return;
  if (api.getComdat(global) !== 0) api.setComdat(global, 0);
  api.setLinkage(global, LINKAGE_INTERNAL);
}

function isState(api: LlvmApi, global: ValueRef): boolean {
  return (
    api.isDeclaration(global) === 0 &&
    api.isGlobalConstant(global) === 0 &&
    !nameOf(api, global).startsWith('llvm.')
  );
}

function stringAttribute(api: LlvmApi, context: Context, key: string, value: string) {
  return api.createStringAttribute(context.ref, key, key.length, value, value.length);
}
