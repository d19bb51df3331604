/** Calls: of casts, of builtins, and through others of functions and methods. */
import type { Type } from '../../../backend/contract/types.ts';
import { BUILTINS, type Builtin } from '../builtins/table.ts';
import { closestName } from '../closest-name.ts';
import type { Call, Expression } from '../core.ts';
import { isInteger } from '../types/value-types.ts';
import { castTypeOf } from './cast-names.ts';
import { explicitly } from './casts.ts';
import { binaryOperands, expression, expressions } from './expressions.ts';
import { foreignNameHint } from './foreign-names.ts';
import { callDefined, callOuter } from './function-calls.ts';
import type { FunctionTyper } from './function-typer.ts';
import { method } from './methods.ts';
import { isNamespace, qualifiedName, refuseOuter, unknownMember, unknownName } from './names.ts';
import type { Operand } from './operand.ts';
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

const LOOPS_ONLY: ReadonlySet<string> = new Set(['range', 'enumerate', 'zip', 'reversed']);

function unknownCallee(typer: FunctionTyper, node: Call, name: string): Operand | undefined {
  const { callee } = node;
  if (LOOPS_ONLY.has(name)) {
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

function castCall(
  typer: FunctionTyper,
  node: Call,
  type: Type,
  typed: Operand | undefined,
): Operand | undefined {
  const [arg, ...rest] = node.args;
  if (!arg || rest.length > 0 || node.keywords.length > 0) {
    if (type.kind === 'complex') return callBuiltin(typer, node, 'complex', complexBuiltin(type));
    const name = typer.text(node.callee.span);
    return typer.report('argument-count', node.span, `${name}(…) takes one value`, `write ${name}(x)`);
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
      const hint = 'pass the arguments in order, without names';
      return typer.report('unknown-keyword', keyword.span, `${name} takes no ${keyword.name} here`, hint);
    }
    if (position !== nodes.length) {
      const hint = 'pass the arguments in order, without names';
      return typer.report('unknown-keyword', keyword.span, `${name} needs its arguments in order`, hint);
    }
    nodes.push(keyword.value);
  }
  const [fewest, most] = builtin.arity;
  const args = typed ? [typed] : expressions(typer, nodes);
  if (nodes.length < fewest || nodes.length > most) {
    const takes = argumentsTaken(fewest, most);
    const isArray = args?.length === 1 && args[0]?.type.kind === 'array';
    const extra = nodes.length - most;
    const missing = count(fewest - nodes.length, 'argument');
    const hint = isArray
      ? 'write a loop over the array'
      : extra > 0
        ? `leave ${count(extra, 'argument')} out`
        : `add ${missing}`;
    return typer.report('argument-count', node.span, `${name} takes ${takes}, not ${nodes.length}`, hint);
  }
  return args && builtin.type({ typer, node, name, args });
}

function argumentsTaken(fewest: number, most: number): string {
  if (fewest === most) return count(fewest, 'argument');
  if (most === Number.POSITIVE_INFINITY) return `at least ${count(fewest, 'argument')}`;
  return `${fewest} to ${count(most, 'argument')}`;
}
