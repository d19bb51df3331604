/** Which signature belongs to which function of a cell. */
import { formatType } from '../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import { SignatureError } from '../../backend/contract/signature-error.ts';
import { parseSignatures } from '../../backend/contract/template-signatures.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import { closestName } from './closest-name.ts';
import type { CoreModule, FunctionDefinition, TypeAnnotation } from './core.ts';
import type { Diagnostic, Result, Span } from './diagnostic.ts';
import { signatureDiagnostic } from './signature-diagnostic.ts';
import { annotatedType } from './typer/annotations.ts';
import { takesArguments } from './typer/parameters.ts';
import type { Overload } from './typer/type-module.ts';
import { count as counted } from './typer/wording.ts';
import { canonicalType, sameTypes } from './types/value-types.ts';

export interface GivenSignature {
  /** From a signature that names its function: `int64 foo(int64)`. */
  readonly functionName?: string;
  readonly signature: FunctionType;
  /** Where the source has it: what is wrong with it is shown there, else at the function. */
  readonly span?: Span;
}

/**
 * A named signature belongs to that function, an unnamed one to every function with as many parameters. Functions
 * also bring their own: by decorator, or by annotating all their parameters and the result. Functions left without
 * any are private to the cell, compiled for whatever calls them.
 */
export function assignSignatures(
  module: CoreModule,
  signatures: readonly GivenSignature[],
): Result<readonly Overload[]> {
  const assignment = new Assignment(module);
  for (const given of signatures) assignment.give(given);
  return assignment.finish();
}

class Assignment {
  readonly #module: CoreModule;
  readonly #overloads = new Map<string, Overload>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #annotated: ReadonlyMap<string, FunctionType>;

  constructor(module: CoreModule) {
    this.#module = module;
    const annotated = new Map<string, FunctionType>();
    for (const definition of module.functions) {
      for (const { text, span } of definition.declaredSignatures) this.#declare(definition, text, span);
      const type = annotatedSignature(definition, module);
      if (type) annotated.set(definition.name, type);
    }
    this.#annotated = annotated;
  }

  #add(functionName: string, signature: FunctionType, span?: Span): void {
    const { label: _name, ...unnamed } = signature;
    const overload = { functionName, signature: unnamed, ...(span === undefined ? {} : { span }) };
    this.#overloads.set(mangledSymbol(functionName, signature), overload);
  }

  #declare(definition: FunctionDefinition, text: string, span: Span): void {
    try {
      for (const signature of parseSignatures(text)) this.#add(definition.name, signature, span);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      this.#diagnostics.push({ ...signatureDiagnostic(error), span });
    }
  }

  give(given: GivenSignature): void {
    const name = given.functionName ?? given.signature.label;
    if (name !== undefined) this.#giveNamed(name, given);
    else this.#giveUnnamed(given);
  }

  #giveNamed(name: string, { signature, span }: GivenSignature): void {
    const names = this.#module.functions.map((definition) => definition.name);
    if (names.includes(name)) {
      this.#add(name, signature, span);
      return;
    }
    const near = closestName(name, names);
    const hint = near ? `did you mean ${near}?` : `define ${name}, or leave the name out of the signature`;
    this.#refuse('unknown-function', `there is no function ${name} for ${formatType(signature)}`, hint, span);
  }

  /** Functions that say otherwise by their annotations are passed over, unless there is no other. */
  #giveUnnamed({ signature, span }: GivenSignature): void {
    const count = signature.parameters.length;
    const candidates = this.#module.functions.filter((definition) => takesArguments(definition, count));
    if (candidates.length === 0) {
      this.#refuseCount(signature, span);
      return;
    }
    const agreeing = candidates.filter(({ name }) => {
      const annotated = this.#annotated.get(name);
      return !annotated || sameSignature(annotated, signature);
    });
    for (const { name } of agreeing.length > 0 ? agreeing : candidates) this.#add(name, signature, span);
  }

  #refuseCount(signature: FunctionType, span: Span | undefined): void {
    const text = formatType(signature);
    const found = signature.parameters.length;
    const [only, other] = this.#module.functions;
    if (!only || other) {
      const message = `no function of the cell has ${counted(found, 'parameter')}, as ${text} has`;
      this.#refuse('parameter-count', message, 'give the signature a type for each parameter', span);
      return;
    }
    const names = only.parameters.map(({ name }) => name);
    const message = `${only.name} has ${counted(names.length, 'parameter')} and ${text} has ${found}`;
    const hint =
      names.length === 0
        ? `write ${formatType(signature.result)}()`
        : `give it one type each for ${names.join(', ')}`;
    this.#refuse('parameter-count', message, hint, span);
  }

  #refuse(code: string, message: string, hint: string, span?: Span): void {
    const place = span ?? this.#module.functions[0]?.nameSpan ?? { start: 0, end: 0 };
    this.#diagnostics.push({ code, message, span: place, hint });
  }

  finish(): Result<readonly Overload[]> {
    const given = new Set([...this.#overloads.values()].map(({ functionName }) => functionName));
    for (const [name, signature] of this.#annotated) if (!given.has(name)) this.#add(name, signature);
    if (this.#overloads.size === 0 && this.#diagnostics.length === 0) this.#refuseMissing();
    if (this.#diagnostics.length > 0) return { ok: false, diagnostics: this.#diagnostics };
    return { ok: true, value: [...this.#overloads.values()] };
  }

  /** Annotations that can't be read, or are too few, are likelier to be meant than a signature elsewhere. */
  #refuseMissing(): void {
    for (const definition of this.#module.functions) {
      const places = annotatedPlaces(definition);
      for (const { annotation } of places) {
        const type = annotation && annotatedType(annotation, this.#module.language);
        if (type && !('kind' in type)) this.#diagnostics.push(type);
      }
      const missing = places.filter(({ annotation }) => !annotation).map(({ what }) => what);
      if (missing.length === places.length || missing.length === 0) continue;
      const { name, nameSpan: span } = definition;
      const message = `${name} has no signature, and ${missing.join(' and ')} no type`;
      const hint = 'annotate the rest, or write the signature behind %%rjit';
      this.#diagnostics.push({ code: 'missing-signature', message, span, hint });
    }
    if (this.#diagnostics.length > 0) return;
    const hint =
      'write it behind %%rjit, for example %%rjit int64(int64, int64), or annotate all parameters and the result';
    this.#refuse('missing-signature', 'no function of the cell has a signature', hint);
  }
}

function annotatedPlaces({ parameters, returnAnnotation }: FunctionDefinition): readonly {
  readonly what: string;
  readonly annotation: TypeAnnotation | undefined;
}[] {
  return [
    ...parameters.map(({ name, annotation }) => ({ what: `parameter ${name}`, annotation })),
    { what: 'the result', annotation: returnAnnotation },
  ];
}

function sameSignature(a: FunctionType, b: FunctionType): boolean {
  const types = (type: FunctionType): Type[] => [type.result, ...type.parameters].map(canonicalType);
  return sameTypes(types(a), types(b));
}

/** `undefined` unless every parameter and the result are annotated. */
function annotatedSignature(definition: FunctionDefinition, module: CoreModule): FunctionType | undefined {
  const { returnAnnotation, parameters } = definition;
  const annotations = [returnAnnotation, ...parameters.map(({ annotation }) => annotation)];
  const types: Type[] = [];
  for (const annotation of annotations) {
    const type = annotation && annotatedType(annotation, module.language);
    if (!type || !('kind' in type)) return undefined;
    types.push(type);
  }
  const [result, ...rest] = types;
  return result && { kind: 'function', result, parameters: rest };
}
