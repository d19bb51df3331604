/** Calls: of casts, of builtins, of the module's own functions and those of other modules. */
import { formatParameters, formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import { BUILTINS, type Builtin } from '../builtins/table.ts';
import { closestName } from '../closest-name.ts';
import type { Attribute, Call, Expression, FunctionDefinition, Parameter } from '../core.ts';
import type { Callee, HirExpression } from '../hir.ts';
import type { OuterFunction } from '../outer-names.ts';
import { fits, joinTypes } from '../types/lattice.ts';
import { canonicalType, isInteger, sameType } from '../types/value-types.ts';
import { castTypeOf } from './cast-names.ts';
import { explicitly } from './casts.ts';
import { fromEnd, loadElement } from './elements.ts';
import { binaryOperands, expression, expressions } from './expressions.ts';
import { foreignNameHint } from './foreign-names.ts';
import type { FunctionTyper } from './function-typer.ts';
import { convertsImplicitly, implicitly } from './implicit.ts';
import { after } from './logic.ts';
import { isNamespace, qualifiedName, refuseOuter, unknownMember, unknownName } from './names.ts';
import { type Operand, operandOf } from './operand.ts';
import { part, sliceBounds } from './slices.ts';
import { count } from './wording.ts';

export function call(typer: FunctionTyper, node: Call): Operand | undefined {
  const { callee } = node;
  const name = qualifiedName(typer, callee);
  if (name === undefined) return method(typer, node);
  if (callee.kind === 'name') {
    const definition = typer.module.definition(callee.name);
    if (definition) return callDefined(typer, node, definition);
    const outer = typer.module.outer(callee.name);
    if (outer?.kind === 'function') return callOuter(typer, node, callee.name, outer);
  }
  const type = castTypeOf(name, typer.dialect.language);
  const division = divisionToRound(typer, node, name, type);
  if (division === 'failed') return undefined;
  if (division?.isExact) {
    return type ? explicitly(typer, division.value, type, node.span) : division.value;
  }
  if (type) return castCall(typer, node, type, division?.value);
  const builtin = BUILTINS.get(name);
  if (builtin && allows(typer, builtin)) return callBuiltin(typer, node, name, builtin, division?.value);
  return unknownCallee(typer, node, name);
}

function allows(typer: FunctionTyper, builtin: Builtin): boolean {
  return builtin.language === undefined || builtin.language === typer.dialect.language;
}

function unknownCallee(typer: FunctionTyper, node: Call, name: string): Operand | undefined {
  const { callee } = node;
  if (name === 'range' || name === 'enumerate' || name === 'zip') {
    return typer.report('unsupported', node.span, `${name} is only for loops`, `write for x in ${name}(…)`);
  }
  if (callee.kind === 'attribute' && isNamespace(typer, callee.object)) return unknownMember(typer, callee);
  if (callee.kind === 'name') {
    const foreign = foreignNameHint(name, typer.dialect.language);
    if (foreign)
      return typer.report('unknown-function', callee.span, `${callee.name} is not supported`, foreign);
    if (refuseOuter(typer, callee.name, callee.span)) return undefined;
    const near = namesake(typer, callee.name);
    const hint = near
      ? `did you mean ${near}?`
      : `define ${callee.name} in this cell, or give it a signature in another one`;
    return typer.report('unknown-function', callee.span, `there is no function ${callee.name}`, hint);
  }
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return method(typer, node);
  return unknownName(typer, callee.object.name, callee.object.span);
}

/** A function by nearly the same name, or by the same name in a namespace. */
function namesake(typer: FunctionTyper, name: string): string | undefined {
  const namespaces = typer.dialect.language === 'python' ? ['math', 'cmath', 'numpy'] : ['Math', 'Number'];
  const member = namespaces.map((namespace) => `${namespace}.${name}`).find((path) => BUILTINS.has(path));
  if (member) return member;
  const plain = [...BUILTINS].filter(([path, builtin]) => !path.includes('.') && allows(typer, builtin));
  return closestName(name, [...typer.module.knownNames, ...plain.map(([path]) => path)]);
}

/** `z.conjugate()`: the only method of numbers there is. */
function method(typer: FunctionTyper, node: Call): Operand | undefined {
  const { callee } = node;
  if (callee.kind !== 'attribute') {
    return typer.report('not-callable', callee.span, 'only functions can be called');
  }
  const object = expression(typer, callee.object);
  if (!object) return undefined;
  if (object.type.kind === 'array') return arrayMethod(typer, node, callee, object);
  if (callee.name !== 'conjugate' || node.args.length > 0) {
    const found = formatType(object.type);
    return typer.report('unknown-attribute', callee.nameSpan, `${found} has no method ${callee.name}`);
  }
  if (object.type.kind !== 'complex') return { ...object, span: node.span };
  const hir: HirExpression = {
    kind: 'unary',
    type: object.type,
    operation: 'conjugate',
    operand: object.hir,
  };
  return operandOf(hir, node.span);
}

/** TypeScript's methods that need no callback and make no new array. */
function arrayMethod(
  typer: FunctionTyper,
  { args, span }: Call,
  { name, nameSpan }: Attribute,
  object: Operand,
): Operand | undefined {
  const isTypeScript = typer.dialect.language === 'typescript';
  const [first, second, third] = args;
  if (isTypeScript && name === 'subarray' && !third) {
    const bounds = sliceBounds(typer, first, second);
    return bounds && part(typer, object, bounds, span);
  }
  if (isTypeScript && name === 'at' && first && !second) {
    const index = expression(typer, first);
    const { before, value } = typer.keep(object, 'array');
    const element = index && loadElement(typer, value, [fromEnd(value, index)], { span });
    return element && after(before, element);
  }
  const hint = isTypeScript
    ? 'it has subarray, at and, in loops, entries, keys and values; write a loop for the rest'
    : 'write a loop over it';
  return typer.report(
    'unknown-attribute',
    nameSpan,
    `${formatType(object.type)} has no method ${name}`,
    hint,
  );
}

function castCall(
  typer: FunctionTyper,
  node: Call,
  type: Type,
  typed: Operand | undefined,
): Operand | undefined {
  const [arg, ...rest] = node.args;
  if (!arg || rest.length > 0 || node.keywords.length > 0) {
    if (type.kind === 'complex') return callBuiltin(typer, node, 'complex', complexBuiltin(type));
    return typer.report('argument-count', node.span, `${formatType(type)}(…) takes one value`);
  }
  const operand = typed ?? expression(typer, arg);
  return operand && explicitly(typer, operand, type, node.span);
}

function complexBuiltin(type: Type): Builtin {
  const builtin = BUILTINS.get('complex');
  if (!builtin) throw new Error('complex is a builtin');
  return {
    ...builtin,
    type: (context) => {
      const made = builtin.type(context);
      return made && explicitly(context.typer, made, type, context.node.span);
    },
  };
}

/**
 * TypeScript's division of integers, which never passes through a float: `Math.trunc(a / b)`, `Math.floor(a / b)`,
 * `int64(a / b)`. Python has `//`, and its `int(a / b)` divides as floats.
 */
const EXACT_DIVISIONS: ReadonlyMap<string, 'trunc' | 'floor'> = new Map([
  ['Math.trunc', 'trunc'],
  ['Math.floor', 'floor'],
]);

/** The argument of a rounding call where it is a division: of integers exact, of other numbers as always. */
function divisionToRound(
  typer: FunctionTyper,
  node: Call,
  name: string,
  castType: Type | undefined,
): { readonly isExact: boolean; readonly value: Operand } | 'failed' | undefined {
  const [arg] = node.args;
  if (typer.dialect.language !== 'typescript') return undefined;
  if (node.args.length !== 1 || arg?.kind !== 'binary' || arg.operator !== '/') return undefined;
  const rounding = EXACT_DIVISIONS.get(name) ?? (castType && isInteger(castType) ? 'trunc' : undefined);
  if (!rounding) return undefined;
  const left = expression(typer, arg.left);
  const right = expression(typer, arg.right);
  if (!left || !right) return 'failed';
  const areLiterals = left.literal !== undefined && right.literal !== undefined;
  const isExact = isInteger(left.type) && isInteger(right.type) && !areLiterals;
  const value = binaryOperands(typer, isExact ? '//' : '/', left, right, arg);
  if (!value) return 'failed';
  if (rounding === 'floor' || value.hir.kind !== 'binary' || value.hir.operation !== 'sdivfloor') {
    return { isExact, value };
  }
  return { isExact, value: { ...value, hir: { ...value.hir, operation: 'sdivtrunc' } } };
}

function callBuiltin(
  typer: FunctionTyper,
  node: Call,
  name: string,
  builtin: Builtin,
  typed?: Operand,
): Operand | undefined {
  const { keywords = [] } = builtin;
  const nodes: Expression[] = [...node.args];
  for (const keyword of node.keywords) {
    const position = keywords.indexOf(keyword.name);
    if (position === -1 || position < node.args.length) {
      return typer.report('unknown-keyword', keyword.span, `${name} takes no ${keyword.name} here`);
    }
    if (position !== nodes.length) {
      return typer.report('unknown-keyword', keyword.span, `${name} needs its arguments in order`);
    }
    nodes.push(keyword.value);
  }
  const [fewest, most] = builtin.arity;
  const args = typed ? [typed] : expressions(typer, nodes);
  if (nodes.length < fewest || nodes.length > most) {
    const takes = argumentsTaken(fewest, most);
    return typer.report('argument-count', node.span, `${name} takes ${takes}, not ${nodes.length}`);
  }
  return args && builtin.type({ typer, node, name, args });
}

function argumentsTaken(fewest: number, most: number): string {
  if (fewest === most) return count(fewest, 'argument');
  if (most === Number.POSITIVE_INFINITY) return `at least ${count(fewest, 'argument')}`;
  return `${fewest} to ${count(most, 'argument')}`;
}

// ---- functions of the cell and of others

function callDefined(typer: FunctionTyper, node: Call, definition: FunctionDefinition): Operand | undefined {
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
        node.span,
        `${definition.name} calls itself, so the type of its result can't be inferred`,
        `give ${definition.name} a signature or annotations`,
      );
  }
}

function callOuter(
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
      return typer.report('unknown-keyword', keyword.span, `${name} has no parameter ${keyword.name}`);
    }
    if (nodes[index]) {
      return typer.report('unknown-keyword', keyword.span, `${name} already has a value for ${keyword.name}`);
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
