/** The typer of a module: its functions for their overloads, private ones for their callers. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../../backend/contract/mangle.ts';
import {
  FIRST_MODULE_RAISE,
  RAISES,
  type RaiseMessage,
  type RaiseName,
} from '../../../backend/contract/raise-kinds.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { CoreModule, FunctionDefinition, ModuleConstant } from '../core.ts';
import type { Diagnostic, Result, Span } from '../diagnostic.ts';
import { type Dialect, dialectOf } from '../dialect.ts';
import type { Callee, Failure, HirExpression, HirFunction } from '../hir.ts';
import { LineTable } from '../line-table.ts';
import type { OuterName, OuterNames } from '../outer-names.ts';
import { canonicalType, isSupported, sameType } from '../types/value-types.ts';
import { annotatedType } from './annotations.ts';
import { capturedOperand } from './captured.ts';
import { explicitly } from './casts.ts';
import { expression } from './expressions.ts';
import { FunctionTyper } from './function-typer.ts';
import type { FunctionRequest, ModuleContext, Specialisation } from './module-context.ts';
import type { Operand } from './operand.ts';
import { takesArguments } from './parameters.ts';
import { type TypedFunction, typeFunction } from './type-function.ts';
import { count } from './wording.ts';

export interface Overload {
  readonly functionName: string;
  readonly signature: FunctionType;
  /** Where the source has the signature, if it does. */
  readonly span?: Span;
}

export interface TyperOptions {
  /** `numpy`: no division raises. */
  readonly errorModel: 'language' | 'numpy';
  readonly checkBounds: boolean;
  readonly outerNames: OuterNames;
  /** Where the module stands among the files of the program. */
  readonly file: number;
  /** Appended to every symbol, so that modules of one program may use the same names. */
  readonly symbolSuffix: string;
  /** Filled by the modules of one program together. */
  readonly raises: RaiseMessage[];
}

/** The functions of one module, and what they need of others. */
export interface TypedModule {
  readonly functions: readonly HirFunction[];
  /** Functions of other modules that are called. */
  readonly externals: readonly Callee[];
}

/** Types every overload; all diagnostics of all of them, or the whole module. */
export function typeModule(
  core: CoreModule,
  overloads: readonly Overload[],
  options: TyperOptions,
): Result<TypedModule> {
  return new ModuleTyper(core, overloads, options).run();
}

class ModuleTyper implements ModuleContext {
  readonly core: CoreModule;
  readonly dialect: Dialect;
  readonly checkBounds: boolean;
  readonly #overloads: readonly Overload[];
  readonly #options: TyperOptions;
  readonly #definitions: ReadonlyMap<string, FunctionDefinition>;
  readonly #constants: ReadonlyMap<string, ModuleConstant>;
  readonly #constantValues = new Map<string, Operand | undefined>();
  readonly #callees = new Map<string, Callee[]>();
  /** By symbol; `undefined` while it is being typed. */
  readonly #specialisations = new Map<string, TypedFunction | undefined>();
  readonly #functions: HirFunction[] = [];
  readonly #private = new Map<string, HirFunction>();
  readonly #externals = new Map<string, Callee>();
  readonly #diagnostics = new Map<string, Diagnostic>();
  readonly #lines: LineTable;

  constructor(core: CoreModule, overloads: readonly Overload[], options: TyperOptions) {
    this.core = core;
    this.dialect = dialectOf(core.language, options.errorModel);
    this.checkBounds = options.checkBounds;
    this.#overloads = overloads;
    this.#options = options;
    this.#definitions = new Map(core.functions.map((definition) => [definition.name, definition]));
    this.#constants = new Map(core.constants.map((constant) => [constant.name, constant]));
    this.#lines = new LineTable(core.source);
    for (const { functionName, signature } of overloads) {
      const callee: Callee = { symbol: this.#symbol(functionName, signature), signature };
      const known = this.#callees.get(functionName);
      if (known) known.push(callee);
      else this.#callees.set(functionName, [callee]);
    }
  }

  #symbol(name: string, signature: FunctionType): string {
    return mangledSymbol(name, signature) + this.#options.symbolSuffix;
  }

  run(): Result<TypedModule> {
    for (const overload of this.#overloads) this.#typeOverload(overload);
    if (this.#diagnostics.size > 0) return { ok: false, diagnostics: [...this.#diagnostics.values()] };
    const functions = [...this.#functions, ...this.#private.values()];
    return { ok: true, value: { functions, externals: [...this.#externals.values()] } };
  }

  /** The same error in several overloads is one error. */
  #report(diagnostic: Diagnostic): void {
    const { code, message, span } = diagnostic;
    const key = `${span.start}:${span.end}:${code}:${message}`;
    if (!this.#diagnostics.has(key)) this.#diagnostics.set(key, diagnostic);
  }

  // ---- overloads

  #typeOverload(overload: Overload): void {
    const { functionName, signature } = overload;
    const definition = this.#definitions.get(functionName);
    if (!definition) {
      const span = { start: 0, end: Math.min(1, this.core.source.length) };
      const hint = `define ${functionName}, or name another function in the signature`;
      this.#report({ code: 'unknown-function', message: `there is no function ${functionName}`, span, hint });
      return;
    }
    const refusal = this.#refuseSignature(definition, overload);
    for (const diagnostic of refusal) this.#report(diagnostic);
    if (refusal.length > 0) return;
    const typed = typeFunction(this, {
      definition,
      symbol: this.#symbol(functionName, signature),
      exported: true,
      file: this.#options.file,
      parameters: signature.parameters.map(canonicalType),
      result: canonicalType(signature.result),
      signature,
    });
    if (typed.result.ok) this.#functions.push(typed.result.value);
    else for (const diagnostic of typed.result.diagnostics) this.#report(diagnostic);
    this.#include(typed);
  }

  /**
   * Takes in the specialisations a function calls. Others were only tried, by passes of the typer that did not know
   * all types yet; their errors count no more than they do.
   */
  #include({ specialised, externals }: TypedFunction): void {
    for (const external of externals) this.#externals.set(external.symbol, external);
    for (const symbol of specialised) {
      const typed = this.#specialisations.get(symbol);
      if (!typed || this.#private.has(symbol)) continue;
      if (typed.result.ok) this.#private.set(symbol, typed.result.value);
      else for (const diagnostic of typed.result.diagnostics) this.#report(diagnostic);
      this.#include(typed);
    }
  }

  #refuseSignature(definition: FunctionDefinition, overload: Overload): Diagnostic[] {
    const { name, nameSpan, parameters } = definition;
    const { signature, span = nameSpan } = overload;
    const text = formatType(signature);
    const unsupported = [signature.result, ...signature.parameters].find((type) => !isSupported(type));
    if (unsupported) {
      const message = `${text} uses ${formatType(unsupported)}, which is not supported`;
      const hint = 'use bool, int8 … uint64, float32, float64, complex64, complex128, T[] or T*';
      return [{ code: 'unsupported-type', message, span, hint }];
    }
    const misplaced = misplacedArray(signature);
    if (misplaced) return [{ ...misplaced, span }];
    if (!takesArguments(definition, signature.parameters.length)) {
      const message = `${name} has ${count(parameters.length, 'parameter')} and ${text} has ${signature.parameters.length}`;
      return [
        { code: 'parameter-count', message, span, hint: 'give the signature a type for each parameter' },
      ];
    }
    return this.#checkAnnotations(definition, signature);
  }

  /** Annotations say the same as the signature, or nothing. */
  #checkAnnotations(definition: FunctionDefinition, signature: FunctionType): Diagnostic[] {
    const { language } = this.core;
    const places = [
      ...definition.parameters.map(({ name, annotation }, index) => {
        return { what: `parameter ${name}`, annotation, type: signature.parameters[index] };
      }),
      { what: 'the result', annotation: definition.returnAnnotation, type: signature.result },
    ];
    return places.flatMap(({ what, annotation, type }): Diagnostic[] => {
      if (!annotation || !type) return [];
      const annotated = annotatedType(annotation, language);
      if (!('kind' in annotated)) return [annotated];
      if (sameType(annotated, canonicalType(type))) return [];
      const message = `${what} is annotated as ${annotation.text} and is ${formatType(type)} in the signature`;
      const hint = `write ${formatType(canonicalType(type))}, or leave the annotation out`;
      const notes = [`while compiling ${definition.name} for ${formatType(signature)}`];
      return [{ code: 'annotation-mismatch', message, span: annotation.span, hint, notes }];
    });
  }

  // ---- what functions ask

  lineOf(span: Span): number {
    return this.#lines.lineAt(span.start);
  }

  failure(name: RaiseName, span: Span): Failure {
    return { kind: RAISES[name].kind, line: this.lineOf(span) };
  }

  moduleFailure(exception: string, message: string, span: Span): Failure {
    const { raises } = this.#options;
    let index = raises.findIndex((one) => one.exception === exception && one.message === message);
    if (index === -1) index = raises.push({ exception, message }) - 1;
    return { kind: FIRST_MODULE_RAISE + index, line: this.lineOf(span) };
  }

  definition(name: string): FunctionDefinition | undefined {
    return this.#definitions.get(name);
  }

  callees(name: string): readonly Callee[] {
    return this.#callees.get(name) ?? [];
  }

  outer(name: string): OuterName | undefined {
    const isOwn = this.#definitions.has(name) || this.#constants.has(name) || this.core.imports.has(name);
    return isOwn ? undefined : this.#options.outerNames.find(name);
  }

  get knownNames(): readonly string[] {
    return [...this.#definitions.keys(), ...this.#constants.keys(), ...this.#options.outerNames.names];
  }

  specialise(definition: FunctionDefinition, parameters: readonly Type[]): Specialisation {
    const type: FunctionType = { kind: 'function', result: { kind: 'void' }, parameters };
    const symbol = this.#symbol(definition.name, type);
    if (this.#specialisations.has(symbol)) return this.#specialisation(symbol);
    this.#specialisations.set(symbol, undefined);
    const request: FunctionRequest = {
      definition,
      symbol,
      exported: false,
      file: this.#options.file,
      parameters,
      result: undefined,
      signature: undefined,
    };
    this.#specialisations.set(symbol, typeFunction(this, request));
    return this.#specialisation(symbol);
  }

  #specialisation(symbol: string): Specialisation {
    const typed = this.#specialisations.get(symbol);
    if (!typed) return { outcome: 'recursive' };
    if (!typed.result.ok) return { outcome: 'failed', symbol };
    return { outcome: 'compiled', callee: { symbol, signature: typed.signature } };
  }

  hasConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** Constants are made of literals, operators and mathematical functions, and are put where they are used. */
  constant(name: string, span: Span): Operand | 'failed' | undefined {
    const constant = this.#constants.get(name);
    if (!constant) {
      const outer = this.outer(name);
      return outer?.kind === 'constant' ? capturedOperand(outer.value, span) : undefined;
    }
    if (!this.#constantValues.has(name)) {
      this.#constantValues.set(name, undefined);
      this.#constantValues.set(name, this.#evaluateConstant(constant));
    }
    const value = this.#constantValues.get(name);
    return value ? { ...value, span } : 'failed';
  }

  #evaluateConstant({ name, value, annotation, span }: ModuleConstant): Operand | undefined {
    const request: FunctionRequest = {
      definition: {
        name,
        nameSpan: span,
        span,
        parameters: [],
        body: [],
        declaredSignatures: [],
      },
      symbol: name,
      exported: false,
      file: this.#options.file,
      parameters: [],
      result: undefined,
      signature: undefined,
    };
    const typer = new FunctionTyper(this, request, new Set(), new Map());
    let operand = expression(typer, value);
    const type = annotation && annotatedType(annotation, this.core.language);
    if (type && !('kind' in type)) this.#report(type);
    else if (type && operand) operand = explicitly(typer, operand, type, value.span);
    for (const diagnostic of typer.diagnostics) this.#report(diagnostic);
    const isConstant = operand !== undefined && isConstantValue(operand.hir);
    if (operand && !isConstant && typer.diagnostics.length === 0) {
      const message = `${name} is not a constant: its value depends on a call, or may fail`;
      this.#report({ code: 'constant-value', message, span: value.span, hint: 'compute it in a function' });
    }
    return isConstant ? operand : undefined;
  }
}

/** Whether evaluating it anywhere gives the same value, and does nothing else. */
function isConstantValue(hir: HirExpression): boolean {
  switch (hir.kind) {
    case 'constant':
      return true;
    case 'unary':
    case 'convert':
    case 'part':
      return isConstantValue(hir.operand);
    case 'binary':
      return hir.failure === undefined && isConstantValue(hir.left) && isConstantValue(hir.right);
    case 'compare':
    case 'logical':
      return isConstantValue(hir.left) && isConstantValue(hir.right);
    case 'choose':
      return [hir.test, hir.whenTrue, hir.whenFalse].every(isConstantValue);
    case 'routine':
      return hir.args.every(isConstantValue);
    case 'make-complex':
      return isConstantValue(hir.re) && isConstantValue(hir.im);
    case 'tuple':
      return hir.members.every(isConstantValue);
    case 'member':
      return isConstantValue(hir.tuple);
    default:
      return false;
  }
}

/** Arrays come from the caller, as parameters of their own: their elements have a place nowhere else. */
function misplacedArray(signature: FunctionType): Omit<Diagnostic, 'span'> | undefined {
  const { result, parameters } = signature;
  const text = formatType(signature);
  if (holdsArray(result)) {
    const message = `${text} returns ${formatType(result)}; a function called from outside returns no arrays`;
    const hint =
      'take the array to write into as a parameter: what is written there comes back to the caller';
    return { code: 'array-result', message, hint };
  }
  const tuple = parameters.find((type) => type.kind === 'tuple' && holdsArray(type));
  if (!tuple) return undefined;
  const message = `${text} takes ${formatType(tuple)}; arrays are parameters of their own`;
  return { code: 'array-in-tuple', message, hint: 'give the function a parameter for each array' };
}

function holdsArray(type: Type): boolean {
  return type.kind === 'array' || (type.kind === 'tuple' && type.members.some(holdsArray));
}
