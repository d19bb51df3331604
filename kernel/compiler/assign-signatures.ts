/** Which signature belongs to which function of a cell. */
import { formatType } from '../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import { SignatureError } from '../../backend/contract/signature-error.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import { closestName } from './closest-name.ts';
import type { CoreModule, FunctionDefinition } from './core.ts';
import type { Diagnostic, Result } from './diagnostic.ts';
import { annotatedType } from './typer/annotations.ts';
import { takesArguments } from './typer/parameters.ts';
import type { Overload } from './typer/type-module.ts';
import { count as counted } from './typer/wording.ts';
import { canonicalType, sameTypes } from './types/value-types.ts';

export interface GivenSignature {
  /** From a signature that names its function: `int64 foo(int64)`. */
  readonly functionName?: string;
  readonly signature: FunctionType;
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

  #add(functionName: string, signature: FunctionType): void {
    const { label: _name, ...unnamed } = signature;
    this.#overloads.set(mangledSymbol(functionName, signature), { functionName, signature: unnamed });
  }

  #declare(definition: FunctionDefinition, text: string, span: Diagnostic['span']): void {
    try {
      this.#add(definition.name, parseSignature(text));
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      const hint = 'write for example int64(int64, int64)';
      this.#diagnostics.push({ code: 'signature', message: error.message, span, hint });
    }
  }

  give({ functionName = undefined, signature }: GivenSignature): void {
    const name = functionName ?? signature.label;
    if (name !== undefined) this.#giveNamed(name, signature);
    else this.#giveUnnamed(signature);
  }

  #giveNamed(name: string, signature: FunctionType): void {
    const names = this.#module.functions.map((definition) => definition.name);
    if (names.includes(name)) {
      this.#add(name, signature);
      return;
    }
    const near = closestName(name, names);
    const hint = near ? `did you mean ${near}?` : `define ${name}, or leave the name out of the signature`;
    this.#refuse('unknown-function', `there is no function ${name} for ${formatType(signature)}`, hint);
  }

  /** Functions that say otherwise by their annotations are passed over, unless there is no other. */
  #giveUnnamed(signature: FunctionType): void {
    const count = signature.parameters.length;
    const candidates = this.#module.functions.filter((definition) => takesArguments(definition, count));
    if (candidates.length === 0) {
      const message = `no function of the cell has ${counted(count, 'parameter')}, as ${formatType(signature)} has`;
      this.#refuse('parameter-count', message, 'give the signature a type for each parameter');
      return;
    }
    const agreeing = candidates.filter(({ name }) => {
      const annotated = this.#annotated.get(name);
      return !annotated || sameSignature(annotated, signature);
    });
    for (const { name } of agreeing.length > 0 ? agreeing : candidates) this.#add(name, signature);
  }

  #refuse(code: string, message: string, hint: string): void {
    const span = this.#module.functions[0]?.nameSpan ?? { start: 0, end: 0 };
    this.#diagnostics.push({ code, message, span, hint });
  }

  finish(): Result<readonly Overload[]> {
    const given = new Set([...this.#overloads.values()].map(({ functionName }) => functionName));
    for (const [name, signature] of this.#annotated) if (!given.has(name)) this.#add(name, signature);
    if (this.#overloads.size === 0 && this.#diagnostics.length === 0) {
      const hint =
        'write it behind %%rjit, for example %%rjit int64(int64, int64), or annotate all parameters and the result';
      this.#refuse('missing-signature', 'no function of the cell has a signature', hint);
    }
    if (this.#diagnostics.length > 0) return { ok: false, diagnostics: this.#diagnostics };
    return { ok: true, value: [...this.#overloads.values()] };
  }
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
