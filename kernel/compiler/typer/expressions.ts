/** Core expressions to typed HIR. Errors are reported where they stand; what depends on them is `undefined`. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type {
  AssignExpression,
  Attribute,
  Binary,
  Cast,
  Conditional,
  Expression,
  Index,
  Name,
  Tuple,
  Unary,
} from '../core.ts';
import type { HirExpression } from '../hir.ts';
import { join } from '../types/lattice.ts';
import { binaryRule, type Refusal, unaryRule } from '../types/operators.ts';
import { INT64, isInteger, isNumeric, partType } from '../types/value-types.ts';
import { readAnnotation } from './annotations.ts';
import { assignExpression } from './assignments.ts';
import { call } from './calls.ts';
import { explicitly } from './casts.ts';
import { loadElement } from './elements.ts';
import { foldBinary, foldUnary } from './fold.ts';
import type { FunctionTyper } from './function-typer.ts';
import { checkLiteral, promoted } from './implicit.ts';
import { compare, condition, logical } from './logic.ts';
import { isNamespace, namespaceMember, unknownMember, unknownName } from './names.ts';
import { constantBool, convertOperand, literalOperand, type Operand, operandOf } from './operand.ts';
import { constantPower } from './power.ts';
import { slice } from './slices.ts';

/** The value of `node`; a call that returns nothing has none. */
export function expression(typer: FunctionTyper, node: Expression): Operand | undefined {
  const operand = evaluation(typer, node);
  if (operand?.type.kind !== 'void') return operand;
  const hint = 'give the function a result, or call it in a line of its own';
  return typer.report('no-value', node.span, 'this call returns nothing', hint);
}

/** `node` for its effects or its value: void where it is a call that returns nothing. */
export function evaluation(typer: FunctionTyper, node: Expression): Operand | undefined {
  switch (node.kind) {
    case 'int':
    case 'float':
      return literalOperand(node.value, node.span);
    case 'imaginary':
      return literalOperand({ re: 0, im: node.value }, node.span);
    case 'bool':
      return operandOf(constantBool(node.value), node.span);
    case 'string':
      return typer.report(
        'unsupported',
        node.span,
        'strings are not supported',
        'only raise and assert take one',
      );
    case 'none':
      return typer.report(
        'unsupported',
        node.span,
        `${typer.text(node.span)} is no value of compiled code`,
        "use a number that can't occur otherwise, or NaN",
      );
    case 'name':
      return nameValue(typer, node);
    case 'unary':
      return unary(typer, node);
    case 'binary':
      return binary(typer, node);
    case 'compare':
      return compare(typer, node);
    case 'logical':
      return logical(typer, node);
    case 'conditional':
      return conditional(typer, node);
    case 'call':
      return call(typer, node);
    case 'attribute':
      return attribute(typer, node);
    case 'index':
      return index(typer, node);
    case 'slice':
      return typer.report(
        'unsupported',
        node.span,
        'assigning to a slice is not supported',
        'assign to its elements in a loop',
      );
    case 'tuple':
      return tuple(typer, node);
    case 'cast':
      return cast(typer, node);
    case 'assign-expression':
      return assigned(typer, node);
  }
}

/** All of them, or `undefined` once each has been looked at. */
export function expressions(typer: FunctionTyper, nodes: readonly Expression[]): Operand[] | undefined {
  const operands = nodes.map((node) => expression(typer, node));
  const known = operands.filter((operand) => operand !== undefined);
  return known.length === nodes.length ? known : undefined;
}

function nameValue(typer: FunctionTyper, node: Name): Operand | undefined {
  const { name, span } = node;
  if (typer.isLocal(name)) return typer.read(name, span);
  const constant = typer.module.constant(name, span);
  if (constant === 'failed') return typer.leaveIncomplete();
  if (constant) return constant;
  const member = namespaceMember(typer, node);
  if (member) return member;
  if (typer.module.definition(name)) {
    return typer.report(
      'function-as-value',
      span,
      `${name} is a function, not a value`,
      `call it: ${name}(…)`,
    );
  }
  return unknownName(typer, name, span);
}

function unary(typer: FunctionTyper, node: Unary): Operand | undefined {
  const { operator } = node;
  if (operator === 'not') {
    const test = condition(typer, node.operand);
    if (!test) return undefined;
    return operandOf({ kind: 'unary', type: test.type, operation: 'not', operand: test }, node.span);
  }
  const operand = expression(typer, node.operand);
  if (!operand) return undefined;
  const folded = operand.literal === undefined ? undefined : foldUnary(operator, operand.literal);
  if (folded !== undefined) return literalOperand(folded, node.span);
  const rule = unaryRule(operator, operand, typer.dialect);
  if (!rule.ok) return refused(typer, rule, node.span);
  const value = convertOperand(operand, rule.operand);
  if (!rule.operation) return operandOf(value, node.span);
  return operandOf(
    { kind: 'unary', type: rule.result, operation: rule.operation, operand: value },
    node.span,
  );
}

export function refused(
  typer: FunctionTyper,
  { message, hint }: Refusal,
  span: Expression['span'],
): undefined {
  return typer.report('operand-types', span, message, hint);
}

function binary(typer: FunctionTyper, node: Binary): Operand | undefined {
  const left = expression(typer, node.left);
  const right = expression(typer, node.right);
  return left && right && binaryOperands(typer, node.operator, left, right, node);
}

/** `where` is what to point at: the whole expression for raises, the operator for errors. */
export function binaryOperands(
  typer: FunctionTyper,
  operator: Binary['operator'],
  left: Operand,
  right: Operand,
  where: Pick<Binary, 'span' | 'operatorSpan'>,
): Operand | undefined {
  const { dialect } = typer;
  if (left.literal !== undefined && right.literal !== undefined) {
    const folded = foldBinary(operator, left.literal, right.literal, dialect);
    if (folded !== undefined) return literalOperand(folded, where.span);
  }
  if (operator === '**') {
    const power = constantPower(typer, left, right, where.span);
    if (power) return power;
    if (typeof right.literal === 'bigint' && right.literal < 0n && left.type.kind !== 'complex') {
      // Known to be a fraction: the power is a float, as in Python.
      return ruledOperands(typer, operator, left, literalOperand(Number(right.literal), right.span), where);
    }
  }
  return ruledOperands(typer, operator, left, right, where);
}

/** By the operator table. */
function ruledOperands(
  typer: FunctionTyper,
  operator: Binary['operator'],
  left: Operand,
  right: Operand,
  where: Pick<Binary, 'span' | 'operatorSpan'>,
): Operand | undefined {
  const offset = pointerOffset(operator, left, right);
  if (offset) return operandOf(offset, where.span);
  const rule = binaryRule(operator, left, right, typer.dialect);
  if (!rule.ok) return refused(typer, rule, where.operatorSpan);
  if (!checkLiteral(typer, left, rule.left) || !checkLiteral(typer, right, rule.right)) return undefined;
  const hir: HirExpression = {
    kind: 'binary',
    type: rule.result,
    operation: rule.operation,
    left: convertOperand(left, rule.left),
    right: convertOperand(right, rule.right),
    failure: rule.failure && typer.failure(rule.failure, where.span),
  };
  return operandOf(hir, where.span);
}

/** `p + n` and `p - n`, in elements. */
function pointerOffset(
  operator: Binary['operator'],
  left: Operand,
  right: Operand,
): HirExpression | undefined {
  const { type } = left;
  if (type.kind !== 'pointer' || type.element.kind === 'void' || !isInteger(right.type)) return undefined;
  if (operator !== '+' && operator !== '-') return undefined;
  const steps = convertOperand(right, INT64);
  const offset: HirExpression =
    operator === '+' ? steps : { kind: 'unary', type: INT64, operation: 'ineg', operand: steps };
  return { kind: 'pointer-offset', type, pointer: left.hir, offset };
}

function conditional(typer: FunctionTyper, node: Conditional): Operand | undefined {
  const test = condition(typer, node.test);
  const whenTrue = expression(typer, node.whenTrue);
  const whenFalse = expression(typer, node.whenFalse);
  return test && whenTrue && whenFalse && choose(typer, test, whenTrue, whenFalse, node.span);
}

/** One of two values, as the type they join to. */
export function choose(
  typer: FunctionTyper,
  test: HirExpression,
  whenTrue: Operand,
  whenFalse: Operand,
  span: Expression['span'],
): Operand | undefined {
  const joined = join(whenTrue, whenFalse);
  if (!joined) {
    const types = `${formatType(whenTrue.type)} or ${formatType(whenFalse.type)}`;
    const hint = `convert one of them, for example ${formatType(whenTrue.type)}(…)`;
    return typer.report('mixed-types', span, `a value that is ${types} has no one type`, hint);
  }
  const hir: HirExpression = {
    kind: 'choose',
    type: joined.type,
    test,
    whenTrue: promoted(typer, whenTrue, joined.type),
    whenFalse: promoted(typer, whenFalse, joined.type),
  };
  return { ...joined, hir, literal: undefined, elements: undefined, span };
}

function attribute(typer: FunctionTyper, node: Attribute): Operand | undefined {
  const member = namespaceMember(typer, node);
  if (member) return member;
  if (isNamespace(typer, node.object)) return unknownMember(typer, node);
  const object = expression(typer, node.object);
  if (!object) return undefined;
  const value = partOf(object, node.name) ?? shapeOf(object, node.name);
  if (value) return operandOf(value, node.span);
  const known = object.type.kind === 'array' ? 'length, size, shape' : 'real, imag';
  const found = formatType(object.type);
  return typer.report('unknown-attribute', node.nameSpan, `${found} has no ${node.name}`, `it has ${known}`);
}

function partOf(object: Operand, name: string): HirExpression | undefined {
  if ((name !== 'real' && name !== 'imag') || !isNumeric(object.type)) return undefined;
  const { type, hir } = object;
  if (type.kind === 'complex') {
    return { kind: 'part', type: partType(type), part: name === 'real' ? 're' : 'im', operand: hir };
  }
  if (name === 'real') return hir;
  const zero = type.kind === 'float' ? 0 : 0n;
  return { kind: 'constant', type, value: zero };
}

function shapeOf({ type, hir }: Operand, name: string): HirExpression | undefined {
  if (type.kind === 'tuple' && name === 'length') {
    return { kind: 'constant', type: INT64, value: BigInt(type.members.length) };
  }
  if (type.kind !== 'array') return undefined;
  const lengths = Array.from({ length: type.rank }, (_, axis): HirExpression => {
    return { kind: 'length', type: INT64, array: hir, axis };
  });
  const [rows, columns] = lengths;
  if (!rows) return undefined;
  switch (name) {
    case 'length':
      return rows;
    case 'size':
      if (!columns) return rows;
      return {
        kind: 'binary',
        type: INT64,
        operation: 'imul',
        left: rows,
        right: columns,
        failure: undefined,
      };
    case 'shape':
      return { kind: 'tuple', type: { kind: 'tuple', members: lengths.map(() => INT64) }, members: lengths };
    case 'ndim':
      return { kind: 'constant', type: INT64, value: BigInt(type.rank) };
    default:
      return undefined;
  }
}

function index(typer: FunctionTyper, node: Index): Operand | undefined {
  if (node.indices.some(({ kind }) => kind === 'slice')) return slice(typer, node);
  const object = expression(typer, node.object);
  const indices = expressions(typer, node.indices);
  return object && indices && loadElement(typer, object, indices, node);
}

function tuple(typer: FunctionTyper, node: Tuple): Operand | undefined {
  const elements = expressions(typer, node.elements);
  return elements && tupleOperand(elements, node.span);
}

export function tupleOperand(elements: readonly Operand[], span: Expression['span']): Operand {
  const members = elements.map((element) => element.type);
  const hir: HirExpression = {
    kind: 'tuple',
    type: { kind: 'tuple', members },
    members: elements.map((element) => element.hir),
  };
  return { ...operandOf(hir, span), elements };
}

function cast(typer: FunctionTyper, node: Cast): Operand | undefined {
  const operand = expression(typer, node.operand);
  const type = readAnnotation(typer, node.type);
  return operand && type && explicitly(typer, operand, type, node.span);
}

function assigned(typer: FunctionTyper, node: AssignExpression): Operand | undefined {
  const result = assignExpression(typer, node);
  if (!result) return undefined;
  const { statements, value } = result;
  const hir: HirExpression = { kind: 'sequence', type: value.type, statements, value: value.hir };
  return { ...value, hir, literal: undefined, elements: undefined, span: node.span };
}
