import { formatType } from '../contract/format-type.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType } from '../contract/types.ts';
import type { LlvmApi } from './c-api/bind.ts';
import type { ValueRef } from './c-api/references.ts';
import type { Module } from './handles.ts';
import { naturalFunctionType } from './natural-type.ts';

export interface ExpectedFunction {
  readonly symbol: string;
  readonly signature: FunctionType;
}

/**
 * Opaque pointers let a call disagree with its callee, so that a wrong signature would pass the verifier and go wrong
 * only when it is called.
 *
 * @param added names of functions that are not the user's
 * @throws RemoteError `ir-verify` when a function is missing or has another type than its signature says
 */
export function checkFunctions(
  api: LlvmApi,
  module: Module,
  functions: readonly ExpectedFunction[],
  added: ReadonlySet<string>,
): void {
  for (const { symbol, signature } of functions) {
    const ref = api.getNamedFunction(module.ref, symbol);
    if (ref === 0 || api.isDeclaration(ref) !== 0) {
      throw new RemoteError(
        'ir-verify',
        `the module does not define @${symbol}; it defines ${definedNames(api, module, added)}`,
        { functionName: symbol },
      );
    }
    const found = api.printType(api.globalValueType(ref));
    const typed = naturalFunctionType(signature, 'typed');
    if (found === typed || found === naturalFunctionType(signature, 'opaque')) continue;
    throw new RemoteError(
      'ir-verify',
      `@${symbol} has the type ${found}, but ${formatType(signature)} needs ${typed}`,
      { functionName: symbol },
    );
  }
}

export function functionsOf(api: LlvmApi, module: Module): readonly ValueRef[] {
  return chain(api.firstFunction(module.ref), api.nextFunction);
}

export function globalsOf(api: LlvmApi, module: Module): readonly ValueRef[] {
  return chain(api.firstGlobal(module.ref), api.nextGlobal);
}

export function aliasesOf(api: LlvmApi, module: Module): readonly ValueRef[] {
  return chain(api.firstAlias(module.ref), api.nextAlias);
}

export function nameOf(api: LlvmApi, value: ValueRef): string {
  return api.valueName(value, [0]);
}

function chain(first: ValueRef | 0, next: (value: ValueRef) => ValueRef | 0): readonly ValueRef[] {
  const values: ValueRef[] = [];
  for (let value = first; value !== 0; value = next(value)) values.push(value);
  return values;
}

function definedNames(api: LlvmApi, module: Module, added: ReadonlySet<string>): string {
  const names = functionsOf(api, module)
    .filter((ref) => api.isDeclaration(ref) === 0)
    .map((ref) => nameOf(api, ref))
    .filter((name) => !added.has(name))
    .map((name) => `@${name}`);
  return names.length === 0 ? 'no function' : names.join(', ');
}
