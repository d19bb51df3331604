/** Which signature belongs to which function of a cell in C, C++ or LLVM IR: there the functions' types are fixed. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../../backend/contract/mangle.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import type { GivenSignature } from '../assign-signatures.ts';
import { closestName } from '../closest-name.ts';
import type { Diagnostic, Result } from '../diagnostic.ts';
import type { ForeignFunction, ForeignOverload } from './foreign-function.ts';

/**
 * A named signature belongs to the function of that name, an unnamed one to every function with its types. Functions
 * left without any have their own.
 */
export function assignForeignSignatures<F extends ForeignFunction>(
  functions: readonly F[],
  signatures: readonly GivenSignature[],
): Result<readonly ForeignOverload<F>[]> {
  const overloads = new Map<string, ForeignOverload<F>>();
  const diagnostics: Diagnostic[] = [];
  const add = (definition: F, signature: FunctionType) => {
    const { label: _name, ...unnamed } = signature;
    const overload = { definition, signature: unnamed };
    overloads.set(mangledSymbol(definition.name, unnamed), overload);
  };
  for (const given of signatures) {
    const found = functionsFor(functions, given);
    if (!found.ok) diagnostics.push(...found.diagnostics);
    else for (const definition of found.value) add(definition, given.signature);
  }
  const assigned = new Set([...overloads.values()].map(({ definition }) => definition));
  for (const one of functions) {
    if (!assigned.has(one) && one.ownSignature !== undefined) add(one, one.ownSignature);
  }
  if (overloads.size === 0 && diagnostics.length === 0) diagnostics.push(nothingToCall(functions));
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: [...overloads.values()] };
}

/** The functions that a signature is for; diagnostics where there is none. */
export function functionsFor<F extends ForeignFunction>(
  functions: readonly F[],
  { functionName, signature, span }: GivenSignature,
): Result<readonly F[]> {
  const name = functionName ?? signature.label;
  const named = name === undefined ? functions : functions.filter((one) => one.name === name);
  const fitting = named.filter((one) => one.accepts(signature));
  if (fitting.length > 0) return { ok: true, value: fitting };
  const problem =
    named.length === 0 ? unknownFunction(functions, name, signature) : mismatch(named, signature);
  return { ok: false, diagnostics: [span === undefined ? problem : { ...problem, span }] };
}

function unknownFunction(
  functions: readonly ForeignFunction[],
  name: string | undefined,
  signature: FunctionType,
): Diagnostic {
  const text = formatType(signature);
  if (name === undefined) return nothingToCall(functions);
  const near = closestName(
    name,
    functions.map((one) => one.name),
  );
  return {
    code: 'unknown-function',
    message: `there is no function ${name} for ${text}`,
    span: functions[0]?.span ?? { start: 0, end: 0 },
    hint: near
      ? `did you mean ${near}?`
      : `define ${name}; static and inline functions are private to the cell`,
  };
}

/** With the function that was most likely meant: one with as many parameters, if there is one. */
function mismatch(functions: readonly ForeignFunction[], signature: FunctionType): Diagnostic {
  const text = formatType(signature);
  const found = functions.find((one) => one.parameterCount === signature.parameters.length) ?? functions[0];
  const own = found?.ownSignature;
  const hasArrays = signature.parameters.some(({ kind }) => kind === 'array');
  return {
    code: 'signature-mismatch',
    message: `the signature is ${text}, but the function is ${found?.declaration ?? 'another'}`,
    span: found?.span ?? { start: 0, end: 0 },
    hint: hasArrays
      ? 'for an array the function needs a pointer and, for each of its dimensions, a length of 64 bits behind it'
      : own
        ? `write ${formatType(own)}, or change the function`
        : 'the types of the signature and of the function must be the same',
  };
}

function nothingToCall(functions: readonly ForeignFunction[]): Diagnostic {
  const [first] = functions;
  if (first === undefined) {
    return {
      code: 'unknown-function',
      message: 'the cell defines no function that can be called',
      span: { start: 0, end: 0 },
      hint: 'define one; static and inline functions are private to the cell',
    };
  }
  return {
    code: 'missing-signature',
    message: `${first.declaration} has no signature, and its types don't tell which`,
    span: first.span,
    hint: 'write one behind %%rjit, for example float64(float64*, int64)',
  };
}
