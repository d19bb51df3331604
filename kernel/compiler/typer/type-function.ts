/** Passes over one function until its types stand still; then its control flow. */
import { formatParameters, formatType } from '../../../backend/contract/format-type.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { FunctionDefinition, Parameter } from '../core.ts';
import { userName } from '../core-names.ts';
import type { Result, Span } from '../diagnostic.ts';
import type { Callee, Failure, HirFunction, HirStatement, Read, Slot } from '../hir.ts';
import { join, type ValueType } from '../types/lattice.ts';
import { VOID } from '../types/value-types.ts';
import { expression } from './expressions.ts';
import { analyseFlow, type Flow } from './flow.ts';
import { FunctionTyper, type Types } from './function-typer.ts';
import { localNames } from './locals.ts';
import type { FunctionRequest, ModuleContext } from './module-context.ts';
import { statements } from './statements.ts';

export interface TypedFunction {
  /** `ok: false` without diagnostics means that a specialisation it calls has them. */
  readonly result: Result<HirFunction>;
  readonly signature: FunctionType;
  /** Symbols of the specialisations it calls. */
  readonly specialised: ReadonlySet<string>;
  /** What it calls of other modules. */
  readonly externals: ReadonlySet<Callee>;
}

/** From here on types only widen, which comes to an end. */
const FREE_PASSES = 8;
const MAX_PASSES = 40;

interface Pass {
  readonly typer: FunctionTyper;
  readonly parameters: readonly Slot[];
  readonly body: readonly HirStatement[];
}

export function typeFunction(module: ModuleContext, request: FunctionRequest): TypedFunction {
  const names = localNames(request.definition);
  let inputs: Types = new Map();
  let pass = runPass(module, request, names, inputs);
  for (let count = 1; !pass.typer.isSettled(inputs) && count < MAX_PASSES; count += 1) {
    const outputs = pass.typer.outputs();
    inputs = count < FREE_PASSES ? outputs : widened(inputs, outputs);
    pass = runPass(module, request, names, inputs);
  }
  return finish(module, request, pass);
}

function widened(inputs: Types, outputs: Types): Types {
  const types = new Map<string, ValueType>(inputs);
  for (const [name, type] of outputs) {
    const before = inputs.get(name);
    types.set(name, (before && join(before, type)) ?? type);
  }
  return types;
}

function runPass(
  module: ModuleContext,
  request: FunctionRequest,
  names: ReadonlySet<string>,
  inputs: Types,
): Pass {
  const typer = new FunctionTyper(module, request, names, inputs);
  const parameters: Slot[] = [];
  const received = request.definition.parameters.flatMap((parameter, index) => {
    const type = request.parameters[index];
    // A signature may leave out parameters that have defaults.
    if (!type) return assignDefault(typer, parameter);
    const slot: Slot = { name: parameter.name, type };
    parameters.push(slot);
    return typer.receive(parameter, slot);
  });
  return { typer, parameters, body: [...received, ...statements(typer, request.definition.body)] };
}

function assignDefault(typer: FunctionTyper, { name, span, defaultValue }: Parameter): HirStatement[] {
  const operand = defaultValue && expression(typer, defaultValue);
  return operand ? typer.assign(name, operand, span) : [];
}

function finish(module: ModuleContext, request: FunctionRequest, pass: Pass): TypedFunction {
  const { typer } = pass;
  const { parameters } = request;
  const result = typer.result ?? VOID;
  const signature = request.signature ?? { kind: 'function' as const, result, parameters };
  const checkedReads = checkFlow(module, pass, request.definition);
  const { specialised, externals } = typer;
  if (!checkedReads) {
    const note = `while compiling ${request.definition.name} for ${describe(request, signature)}`;
    const diagnostics = typer.diagnostics.map((one) => ({ ...one, notes: [note] }));
    return { result: { ok: false, diagnostics }, signature, specialised, externals };
  }
  const hir: HirFunction = {
    name: request.definition.name,
    symbol: request.symbol,
    signature,
    exported: request.exported,
    file: request.file,
    parameters: pass.parameters,
    locals: typer.locals,
    body: pass.body,
    checkedReads,
  };
  return { result: { ok: true, value: hir }, signature, specialised, externals };
}

function describe(request: FunctionRequest, signature: FunctionType): string {
  return request.signature ? formatType(signature) : `(${formatParameters(signature.parameters)})`;
}

/** The reads to check at run time; `undefined` where the function has errors. */
function checkFlow(
  module: ModuleContext,
  { typer, parameters, body }: Pass,
  definition: FunctionDefinition,
): ReadonlyMap<Read, Failure> | undefined {
  if (typer.diagnostics.length === 0 && !typer.isIncomplete) {
    for (const [name, span] of typer.unknownReads) reportUnset(typer, name, span);
  }
  if (typer.diagnostics.length > 0 || typer.isIncomplete) return undefined;
  const flow = analyseFlow(body, parameters);
  const result = typer.result ?? VOID;
  if (result.kind !== 'void' && (flow.endReached || typer.returnsNothing)) {
    reportMissingReturn(typer, definition, result);
  }
  for (const read of flow.neverSet) reportUnset(typer, read.slot.name, read.span);
  const checkedReads = unsetReads(module, typer, flow);
  return typer.diagnostics.length > 0 ? undefined : checkedReads;
}

function unsetReads(module: ModuleContext, typer: FunctionTyper, flow: Flow): ReadonlyMap<Read, Failure> {
  const checked = new Map<Read, Failure>();
  for (const read of flow.maybeUnset) {
    const name = userName(read.slot.name);
    if (typer.dialect.unsetVariables === 'refuse') {
      const hint = `give ${name} a value where it is declared`;
      typer.report('unset-variable', read.span, `${name} may be used before it has a value`, hint);
      continue;
    }
    const message = `cannot access local variable '${name}' where it is not associated with a value`;
    checked.set(read, module.moduleFailure('UnboundLocalError', message, read.span));
  }
  return checked;
}

function reportUnset(typer: FunctionTyper, coreName: string, span: Span): void {
  const name = userName(coreName);
  if (typer.module.hasConstant(name)) {
    const message = `${name} is a constant of the cell, and this function has a variable ${name} of its own`;
    typer.report('unset-variable', span, message, 'rename the variable, and return what changes');
    return;
  }
  typer.report('unset-variable', span, `${name} is used before it has a value`, `assign ${name} first`);
}

/** A value computed last and dropped is likely to be meant as the result, as in other languages. */
function reportMissingReturn(
  typer: FunctionTyper,
  { nameSpan, body }: FunctionDefinition,
  result: Type,
): void {
  const message = `the end can be reached without a return of ${formatType(result)}`;
  const last = body.at(-1);
  const isValue = last?.kind === 'expression-statement' && last.expression.kind !== 'assign-expression';
  const hint = isValue
    ? `write return ${typer.text(last.span)}`
    : `return a value on every path, or ${typer.dialect.words.raise} an error at the end`;
  typer.report('missing-return', nameSpan, message, hint);
}
