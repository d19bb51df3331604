import type { FunctionType } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';
import { type CType, corresponds, formatCType, ownType, parametersCorrespond } from './c-types.ts';
import { type CFunction, definedFunctions } from './debug-info.ts';
import type { ForeignFunction } from './foreign-function.ts';

export interface CDefinition extends ForeignFunction {
  readonly result: CType;
  readonly parameters: readonly CType[];
}

/** What signatures can be given to the functions of a C or C++ source, from the IR that `clang -g` makes of it. */
export function cDefinitions(ir: string, source: string): readonly CDefinition[] {
  return definedFunctions(ir).map((one) => definitionOf(one, source));
}

function definitionOf({ name, line, result, parameters }: CFunction, source: string): CDefinition {
  return {
    name,
    result,
    parameters,
    span: nameSpan(source, name, line),
    declaration: declarationOf(name, result, parameters),
    parameterCount: parameters.length,
    ownSignature: ownSignature(result, parameters),
    accepts: (signature) =>
      corresponds(signature.result, result) && parametersCorrespond(signature.parameters, parameters),
  };
}

/** `double foo(double, long)` */
function declarationOf(name: string, result: CType, parameters: readonly CType[]): string {
  const before = formatCType(result);
  return `${before}${before.endsWith('*') ? '' : ' '}${name}(${parameters.map(formatCType).join(', ') || 'void'})`;
}

function ownSignature(result: CType, parameters: readonly CType[]): FunctionType | undefined {
  const own = ownType(result, 'result');
  const types = parameters.flatMap((type) => ownType(type, 'parameter') ?? []);
  if (own === undefined || types.length !== parameters.length) return undefined;
  return { kind: 'function', result: own, parameters: types };
}

function nameSpan(source: string, name: string, line: number): Span {
  const lines = source.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const text = lines[line - 1] ?? '';
  const column = Math.max(0, text.search(new RegExp(`\\b${name}\\b`)));
  return { start: start + column, end: start + column + (text === '' ? 0 : name.length) };
}
