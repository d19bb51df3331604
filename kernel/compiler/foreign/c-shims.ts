/**
 * How a C function becomes one of ours. C passes complex numbers, bools and structs as each processor's ABI says, so
 * clang is given a shim in C for each overload that takes and returns everything by address. What we export under the
 * mangled symbol, with its natural types, is IR that calls the shim. The optimiser leaves nothing of either.
 */
import { mangledSymbol } from '../../../backend/contract/mangle.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import { functionTypes } from '../emit/ir-types.ts';
import { irName } from '../emit/ir-values.ts';
import type { CDefinition } from './c-functions.ts';
import { type CType, formatCType, unqualified } from './c-types.ts';
import type { ForeignOverload } from './foreign-function.ts';

type COverload = ForeignOverload<CDefinition>;

const SHIM_PREFIX = '__rjit_shim_';

/** C or C++ to append to the source: one shim an overload. */
export function shimText(overloads: readonly COverload[]): string {
  return overloads.map(({ definition }, index) => oneShim(definition, index)).join('\n');
}

function oneShim({ name, result, parameters }: CDefinition, index: number): string {
  const list = parameters.map((_, at) => `, void *a${at}`).join('');
  const args = parameters.map((type, at) => `*(${addressOf(type)})a${at}`).join(', ');
  // In parentheses a macro of the same name isn't one.
  const call = `(${name})(${args});`;
  const body = result.kind === 'void' ? call : `*(${addressOf(unqualified(result))})r = ${call}`;
  return [
    '#ifdef __cplusplus',
    'extern "C"',
    '#endif',
    `__attribute__((always_inline, used)) void ${SHIM_PREFIX}${index}(void *r${list}) { ${body} }`,
  ].join('\n');
}

function addressOf(type: CType): string {
  return formatCType({ kind: 'pointer', target: type });
}

/** IR to append to what clang makes of the source and the shims. */
export function symbolText(overloads: readonly COverload[]): string {
  return overloads.map((overload, index) => oneSymbol(overload, index)).join('\n');
}

function oneSymbol({ definition, signature }: COverload, index: number): string {
  const { result, parameters } = functionTypes(signature);
  const list = parameters.map((type, at) => `${type} %a${at}`).join(', ');
  const places = parameters.flatMap((type, at) => [
    `  %p${at} = alloca ${type}`,
    `  store ${type} %a${at}, ${type}* %p${at}`,
    `  %q${at} = bitcast ${type}* %p${at} to i8*`,
  ]);
  const args = parameters.map((_, at) => `, i8* %q${at}`).join('');
  const returned =
    result === 'void' ? ['  ret void'] : [`  %v = load ${result}, ${result}* %r`, `  ret ${result} %v`];
  const place = result === 'void' ? [] : [`  %r = alloca ${result}`, `  %s = bitcast ${result}* %r to i8*`];
  return [
    `define ${result} @${irName(symbolOf(definition.name, signature))}(${list}) nounwind {`,
    ...place,
    ...places,
    `  call void @${SHIM_PREFIX}${index}(i8* ${result === 'void' ? 'null' : '%s'}${args})`,
    ...returned,
    '}',
    '',
  ].join('\n');
}

function symbolOf(name: string, signature: FunctionType): string {
  return mangledSymbol(name, signature);
}
