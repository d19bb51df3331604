/** Calls of the module's own functions and of those of other modules. */
import { formatParameters, formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Call, Expression, FunctionDefinition, Parameter } from '../core.ts';
import type { Callee } from '../hir.ts';
import type { OuterFunction } from '../outer-names.ts';
import { fits, joinTypes } from '../types/lattice.ts';
import { canonicalType, isInteger, sameType } from '../types/value-types.ts';
import { expression, expressions } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { convertsImplicitly, implicitly } from './implicit.ts';
import { type Operand, operandOf } from './operand.ts';

export function callDefined(
  typer: FunctionTyper,
  node: Call,
  definition: FunctionDefinition,
): Operand | undefined {
  const bound = bindArguments(typer, node, definition);
  if (!bound) return undefined;
  const { args, given } = bound;
  const callees = typer.module.callees(definition.name);
  if (callees.length > 0) return callBest(typer, node, definition.name, callees, args, given);
  const specialisation = typer.module.specialise(
    definition,
    args.map((arg) => arg.type),
  );
  switch (specialisation.outcome) {
    case 'compiled':
      typer.specialised.add(specialisation.callee.symbol);
      return callWith(typer, node, specialisation.callee, args);
    case 'failed':
      typer.specialised.add(specialisation.symbol);
      return typer.leaveIncomplete();
    case 'recursive':
      return typer.report(
        'recursion-without-signature',
        node.callee.span,
        `${definition.name} calls itself, so the type of its result can't be inferred`,
        `give ${definition.name} a signature or annotations`,
      );
  }
}

export function callOuter(
  typer: FunctionTyper,
  node: Call,
  name: string,
  { callees, parameters }: OuterFunction,
): Operand | undefined {
  const nodes = outerArguments(typer, node, name, parameters);
  const args = nodes && expressions(typer, nodes);
  const result = args && callBest(typer, node, name, callees, args);
  if (result?.hir.kind === 'call') typer.externals.add(result.hir.callee);
  return result;
}

/** Positional arguments, then those that are named; only parameters at the end may be left to their defaults. */
function outerArguments(
  typer: FunctionTyper,
  node: Call,
  name: string,
  parameters: readonly string[] | undefined,
): readonly Expression[] | undefined {
  const [keyword] = node.keywords;
  if (!keyword) return node.args;
  if (!parameters) {
    return typer.report('unknown-keyword', keyword.span, `the parameters of ${name} have no names`);
  }
  const nodes: (Expression | undefined)[] = [...node.args];
  for (const { name: named, value, span } of node.keywords) {
    const index = parameters.indexOf(named);
    if (index === -1) return typer.report('unknown-keyword', span, `${name} has no parameter ${named}`);
    if (nodes[index]) {
      return typer.report('unknown-keyword', span, `${name} already has a value for ${named}`);
    }
    nodes[index] = value;
  }
  const missing = Array.from(nodes).indexOf(undefined);
  if (missing === -1) return nodes.filter((value) => value !== undefined);
  return typer.report(
    'argument-count',
    node.span,
    `${name} is of another cell and needs a value for ${parameters[missing]} here`,
    `its parameters are ${parameters.join(', ')}`,
  );
}

interface BoundArguments {
  readonly args: readonly Operand[];
  /** How many of them end with one that the call itself gives; defaults follow. */
  readonly given: number;
}

/** Positional, keyword and default arguments, in the order of the parameters. */
function bindArguments(
  typer: FunctionTyper,
  node: Call,
  definition: FunctionDefinition,
): BoundArguments | undefined {
  const { name, parameters } = definition;
  if (node.args.length > parameters.length) return refuseCount(typer, node, definition);
  const nodes: (Expression | undefined)[] = parameters.map((_, index) => node.args[index]);
  for (const keyword of node.keywords) {
    const index = parameters.findIndex((parameter) => parameter.name === keyword.name);
    if (index === -1) {
      const hint = `its parameters are ${parameters.map((parameter) => parameter.name).join(', ') || 'none'}`;
      return typer.report('unknown-keyword', keyword.span, `${name} has no parameter ${keyword.name}`, hint);
    }
    if (nodes[index]) {
      const message = `${name} already has a value for ${keyword.name}`;
      return typer.report('unknown-keyword', keyword.span, message, 'give it once');
    }
    nodes[index] = keyword.value;
  }
  if (parameters.some((parameter, index) => !nodes[index] && !parameter.defaultValue)) {
    return refuseCount(typer, node, definition);
  }
  const operands = parameters.map((parameter, index) => argument(typer, node, nodes[index], parameter));
  const args = operands.filter((operand) => operand !== undefined);
  const given = nodes.findLastIndex((value) => value !== undefined) + 1;
  return args.length === operands.length ? { args, given } : undefined;
}

/** A default is a constant: it means the same wherever it is called from. */
function argument(
  typer: FunctionTyper,
  node: Call,
  value: Expression | undefined,
  parameter: Parameter,
): Operand | undefined {
  if (value) return expression(typer, value);
  const { defaultValue } = parameter;
  if (!defaultValue) return undefined;
  const operand = expression(typer, defaultValue);
  if (operand && (operand.literal !== undefined || operand.hir.kind === 'constant')) {
    return { ...operand, span: node.span };
  }
  const message = `the default of ${parameter.name} is not a constant`;
  return typer.report('default-value', defaultValue.span, message, 'write a number');
}

function refuseCount(typer: FunctionTyper, node: Call, { name, parameters }: FunctionDefinition): undefined {
  const needed = parameters.filter((parameter) => !parameter.defaultValue).length;
  const most = parameters.length;
  const takes = needed === most ? String(most) : `${needed} to ${most}`;
  const found = node.args.length + node.keywords.length;
  return typer.report(
    'argument-count',
    node.span,
    `${name} takes ${takes} ${takes === '1' ? 'argument' : 'arguments'}, not ${found}`,
    `its parameters are ${parameters.map((parameter) => parameter.name).join(', ') || 'none'}`,
  );
}

/** An exact overload; else the only one the arguments widen to; else the only one they convert to. */
function callBest(
  typer: FunctionTyper,
  node: Call,
  name: string,
  callees: readonly Callee[],
  args: readonly Operand[],
  given = args.length,
): Operand | undefined {
  const takesAll = ({ signature }: Callee): boolean => {
    return signature.parameters.length >= given && signature.parameters.length <= args.length;
  };
  for (const suits of [isExact, widens, converts]) {
    const suiting = callees.filter(takesAll).filter(({ signature }) => {
      return signature.parameters.every((parameter, index) => {
        const arg = args[index];
        return arg !== undefined && suits(arg, canonicalType(parameter), typer.dialect.boolIsInteger);
      });
    });
    // Defaults are filled in by the function itself where it can.
    const fewest = Math.min(...suiting.map(({ signature }) => signature.parameters.length));
    const suitable = suiting.filter(({ signature }) => signature.parameters.length === fewest);
    const [callee, second] = suitable;
    if (callee && !second) return callWith(typer, node, callee, args);
    if (callee && second) return refuseAmbiguous(typer, node, name, suitable, args);
  }
  const found = formatParameters(args.map((arg) => arg.type));
  const [only, other] = callees;
  if (only && !other && takesAll(only)) return callWith(typer, node, only, args);
  const available = callees.map(({ signature }) => formatType(signature)).join(', ');
  return typer.report(
    'no-matching-overload',
    node.span,
    `${name} has no signature for (${found})`,
    `it has ${available}; convert the arguments, or add a signature`,
  );
}

function refuseAmbiguous(
  typer: FunctionTyper,
  node: Call,
  name: string,
  callees: readonly Callee[],
  args: readonly Operand[],
): undefined {
  const found = formatParameters(args.map((arg) => arg.type));
  const available = callees.map(({ signature }) => formatType(signature)).join(' and ');
  return typer.report(
    'ambiguous-overload',
    node.span,
    `${name}(${found}) could be ${available}`,
    'convert the arguments to the types of one of them',
  );
}

function isExact(arg: Operand, parameter: Type): boolean {
  return sameType(arg.type, parameter);
}

/** Nothing is lost: the join of both types is the parameter's; a literal fits it. */
function widens(arg: Operand, parameter: Type): boolean {
  if (arg.weak?.kind === 'int' && isInteger(parameter)) return fits(arg.weak, parameter);
  const joined = joinTypes(arg.type, parameter);
  return joined !== undefined && sameType(joined, parameter);
}

function converts(arg: Operand, parameter: Type, boolIsInteger: boolean): boolean {
  return convertsImplicitly(arg.type, parameter, boolIsInteger);
}

function callWith(
  typer: FunctionTyper,
  node: Call,
  callee: Callee,
  args: readonly Operand[],
): Operand | undefined {
  const { parameters, result } = callee.signature;
  const values = parameters.map((parameter, index) => {
    const arg = args[index];
    return arg && implicitly(typer, arg, canonicalType(parameter), `argument ${index + 1}`);
  });
  const known = values.filter((value) => value !== undefined);
  if (known.length !== values.length) return undefined;
  const { span } = node;
  return operandOf({ kind: 'call', type: canonicalType(result), callee, args: known, span }, span);
}
