/** Functions that stand in LLVM IR already, and how they become ours: by IR that calls them under the mangled symbol. */
import { demangle, mangledSymbol } from '../../../backend/contract/mangle.ts';
import { SignatureError } from '../../../backend/contract/signature-error.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';
import { functionTypes, parameterTypes } from '../emit/ir-types.ts';
import { irName } from '../emit/ir-values.ts';
import type { ForeignFunction, ForeignOverload } from './foreign-function.ts';
import { choosePassings, fromTheirs, type Passing, resultPassing, toTheirs } from './ir-conventions.ts';
import { type IrDefinition, irDefinitionsIn, passingAttributes } from './ir-declarations.ts';

export interface IrFunction extends ForeignFunction {
  readonly definition: IrDefinition;
}

/**
 * The functions of a module that can be called. `span` is where a function is defined in `ir`, or, for IR that was made
 * of a source, where its name is in that source.
 */
export function irFunctions(ir: string, source?: string): readonly IrFunction[] {
  return irDefinitionsIn(ir).flatMap((definition) => functionOf(definition, source) ?? []);
}

function functionOf(definition: IrDefinition, source: string | undefined): IrFunction | undefined {
  const { symbol, isPrivate, result, parameters } = definition;
  const mangled = ourMangling(symbol) ?? itaniumName(symbol);
  const name = mangled?.name ?? symbol;
  if (isPrivate || !/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const accepts = (signature: FunctionType) => passingsFor(definition, signature) !== undefined;
  const own = mangled?.signature ?? ownSignature(definition);
  return {
    name,
    definition,
    accepts,
    span: source === undefined ? definition : nameSpan(name, source),
    declaration: `${result.type} @${irName(symbol)}(${parameters.map(({ type }) => type).join(', ')})`,
    parameterCount: parameters.length,
    ownSignature: own !== undefined && accepts(own) ? own : undefined,
  };
}

interface Demangled {
  readonly name: string;
  readonly signature?: FunctionType;
}

/** `foo_lallA` is foo for int64(int64, int64): IR that rjit itself has shown. */
function ourMangling(symbol: string): Demangled | undefined {
  for (let at = symbol.indexOf('_', 1); at !== -1; at = symbol.indexOf('_', at + 1)) {
    try {
      const type = demangle(symbol.slice(at));
      if (type.kind === 'function') return { name: symbol.slice(0, at), signature: type };
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
    }
  }
  return undefined;
}

/** `_Z3foodl` is C++'s foo(double, long). */
export function itaniumName(symbol: string): Demangled | undefined {
  const [, length, rest = ''] = /^_Z(\d+)(.*)$/.exec(symbol) ?? [];
  return length === undefined ? undefined : { name: rest.slice(0, Number(length)) };
}

export function nameSpan(name: string, source: string): Span {
  const start = Math.max(0, source.search(new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`)));
  return { start, end: start + name.length };
}

interface Passings {
  readonly result: Passing;
  readonly parameters: readonly Passing[];
}

function passingsFor({ result, parameters }: IrDefinition, signature: FunctionType): Passings | undefined {
  // A struct that is passed through memory has no like among ours.
  if (parameters.some(({ attributes }) => attributes.includes('byval') || attributes.includes('sret'))) {
    return undefined;
  }
  const returned = resultPassing(signature.result, result.type);
  const passed = choosePassings(
    signature.parameters,
    parameters.map(({ type }) => type),
  );
  return returned && passed && { result: returned, parameters: passed };
}

function ownSignature({ result, parameters }: IrDefinition): FunctionType | undefined {
  const types = parameters.flatMap(({ type }) => typeOf(type) ?? []);
  const returned = result.type === 'void' ? ({ kind: 'void' } as const) : typeOf(result.type);
  if (returned === undefined || types.length !== parameters.length) return undefined;
  return { kind: 'function', result: returned, parameters: types };
}

const OWN_TYPES: Readonly<Record<string, Type>> = {
  i1: { kind: 'bool', bits: 1 },
  i8: { kind: 'int', bits: 8 },
  i16: { kind: 'int', bits: 16 },
  i32: { kind: 'int', bits: 32 },
  i64: { kind: 'int', bits: 64 },
  float: { kind: 'float', bits: 32 },
  double: { kind: 'float', bits: 64 },
  '{ float, float }': { kind: 'complex', bits: 64 },
  '{ double, double }': { kind: 'complex', bits: 128 },
};

function typeOf(type: string): Type | undefined {
  if (Object.hasOwn(OWN_TYPES, type)) return OWN_TYPES[type];
  if (!type.endsWith('*')) return undefined;
  const element = typeOf(type.slice(0, -1));
  return element && { kind: 'pointer', element };
}

/** IR to append to the module: what defines the overloads' symbols. */
export function adapterText(overloads: readonly ForeignOverload<IrFunction>[]): string {
  return overloads.map(oneAdapter).join('\n');
}

function oneAdapter({ definition: { name, definition }, signature }: ForeignOverload<IrFunction>): string {
  const symbol = mangledSymbol(name, signature);
  const passing = passingsFor(definition, signature);
  // The function has the symbol and, as it was accepted, the type.
  if (symbol === definition.symbol || passing === undefined) return '';
  const { result, parameters } = functionTypes(signature);
  const { lines, args } = argumentText(signature, passing.parameters, definition);
  const list = parameters.map((type, index) => `${type} %a${index}`).join(', ');
  const call = `call ${callHead(definition)}@${irName(definition.symbol)}(${args.join(', ')})`;
  const converted = fromTheirs(passing.result, signature.result);
  const ending =
    result === 'void'
      ? [`  ${call}`, '  ret void']
      : [`  ${converted.length === 0 ? '%r' : '%theirs'} = ${call}`, ...converted, `  ret ${result} %r`];
  return [`define ${result} @${irName(symbol)}(${list}) nounwind {`, ...lines, ...ending, '}', ''].join('\n');
}

function callHead({ callingConvention, result }: IrDefinition): string {
  const convention = callingConvention === '' ? '' : `${callingConvention} `;
  return `${convention}${passingAttributes(result)}${result.type} `;
}

/** Our parameters are `%a0` …; `args` are theirs, with types. */
function argumentText(
  { parameters }: FunctionType,
  passings: readonly Passing[],
  definition: IrDefinition,
): { readonly lines: readonly string[]; readonly args: readonly string[] } {
  const lines: string[] = [];
  const args: string[] = [];
  let own = 0;
  parameters.forEach((type, index) => {
    const passing = passings[index];
    if (passing === undefined) return;
    const names = parameterTypes(type).map(() => `%a${own++}`);
    const values =
      passing.form === 'same' ? { lines: [], values: names } : toTheirs(passing, names[0] ?? '', type);
    lines.push(...values.lines);
    for (const value of values.values) {
      const parameter = definition.parameters[args.length];
      if (parameter) args.push(`${parameter.type} ${passingAttributes(parameter)}${value}`);
    }
  });
  return { lines, args };
}
