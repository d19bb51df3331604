/** Assignments to names, elements and tuples of them, as statements and as expressions. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type {
  Assign,
  AssignExpression,
  Attribute,
  AugmentedAssign,
  Expression,
  Index,
  Target,
} from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirStatement } from '../hir.ts';
import { readAnnotation } from './annotations.ts';
import { elementPlace, loadElement } from './elements.ts';
import { binaryOperands, expression, expressions } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { implicitly, tupleElements } from './implicit.ts';
import { mayHaveEffects } from './locals.ts';
import type { Operand } from './operand.ts';
import { count as counted } from './wording.ts';

export function assign(typer: FunctionTyper, node: Assign): HirStatement[] {
  const [first] = node.targets;
  if (node.annotation && first?.kind === 'name') {
    const type = readAnnotation(typer, node.annotation);
    if (type) typer.declareType(first.name, type, node.annotation.span);
  }
  if (!node.value) return [];
  const targets = node.targets.map((target) => prepareTarget(typer, target, node.value));
  const operand = expression(typer, node.value);
  if (!operand) return [];
  if (node.constant && first?.kind === 'name') typer.declareConstant(first.name);
  const before = targets.flatMap((target) => target.before);
  const kept = targets.length === 1 ? { before: [], value: operand } : typer.keep(operand);
  const stores = targets.flatMap((target) => storePrepared(typer, target, kept.value, node.span));
  return [...before, ...kept.before, ...stores];
}

interface PreparedTarget {
  readonly target: Target;
  readonly before: readonly HirStatement[];
  /** Of an element, where they had to be evaluated before the value. */
  readonly indices: readonly Operand[] | undefined;
}

/** TypeScript evaluates the target's parts before the value; they are kept where that could make a difference. */
function prepareTarget(typer: FunctionTyper, target: Target, value: Expression | undefined): PreparedTarget {
  const unprepared = { target, before: [], indices: undefined };
  if (target.kind !== 'index' || typer.dialect.language === 'python') return unprepared;
  if (![...target.indices, ...(value ? [value] : [])].some(mayHaveEffects)) return unprepared;
  const operands = expressions(typer, target.indices);
  if (!operands) return unprepared;
  const kept = operands.map((operand) => typer.keep(operand, 'index'));
  const before = kept.flatMap((one) => one.before);
  return { target, before, indices: kept.map((one) => one.value) };
}

function storePrepared(
  typer: FunctionTyper,
  { target, indices }: PreparedTarget,
  operand: Operand,
  span: Span,
): HirStatement[] {
  if (target.kind !== 'index' || !indices) return store(typer, target, operand, span);
  const object = expression(typer, target.object);
  const place = object && elementPlace(typer, object, indices, target.span);
  return place ? storeElement(typer, place, operand) : [];
}

/** Puts `operand` into `target`. */
export function store(typer: FunctionTyper, target: Target, operand: Operand, span: Span): HirStatement[] {
  switch (target.kind) {
    case 'name':
      return typer.assign(target.name, operand, target.span);
    case 'index': {
      const place = placeOf(typer, target);
      return place ? storeElement(typer, place, operand) : [];
    }
    case 'tuple':
      return unpack(typer, target.elements, operand, span);
    case 'attribute':
      return refuseAttribute(typer, target);
  }
}

function refuseAttribute(typer: FunctionTyper, { object, name, span }: Attribute): [] {
  const type = expression(typer, object)?.type;
  const isComplex = name === 'real' || name === 'imag';
  const hint = isComplex
    ? `assign a new number: ${typer.text(object.span)} = complex(re, im)`
    : type?.kind === 'array'
      ? 'an array keeps its length and shape'
      : 'use a variable of its own';
  if (type) typer.report('unsupported', span, `${typer.text(span)} can't be assigned`, hint);
  return [];
}

type Place = NonNullable<ReturnType<typeof elementPlace>>;

function placeOf(typer: FunctionTyper, target: Index): Place | undefined {
  const object = expression(typer, target.object);
  const indices = expressions(typer, target.indices);
  return object && indices && elementPlace(typer, object, indices, target.span);
}

function storeElement(typer: FunctionTyper, place: Place, operand: Operand): HirStatement[] {
  const { type, ...element } = place;
  const value = implicitly(typer, operand, type, 'element');
  return value ? [{ kind: 'store-element', ...element, value }] : [];
}

/** `a, b = b, a`: all values are there before the first is stored. */
function unpack(
  typer: FunctionTyper,
  targets: readonly Expression[],
  operand: Operand,
  span: Span,
): HirStatement[] {
  if (operand.type.kind !== 'tuple') {
    const found = formatType(operand.type);
    typer.report(
      'type-mismatch',
      operand.span,
      `${found} can't be taken apart into ${counted(targets.length, 'variable')}`,
      'only a tuple has several values: use one variable',
    );
    return [];
  }
  const count = operand.type.members.length;
  // JavaScript's patterns may leave values out at the end.
  const fits =
    count === targets.length || (typer.dialect.language === 'typescript' && count > targets.length);
  if (!fits) {
    const hint = count > targets.length ? 'name each value: a, _ = t' : `use ${counted(count, 'variable')}`;
    typer.report(
      'value-count',
      span,
      `${counted(count, 'value')} for ${counted(targets.length, 'variable')}`,
      hint,
    );
    return [];
  }
  const { before, elements } = tupleElements(typer, operand);
  // Those of a written tuple may read what the stores change; those of a value are kept already.
  const kept = elements.map((value) => {
    return operand.elements ? typer.keep(value, 'swap') : { before: [], value };
  });
  const stores = targets.flatMap((target, index) => {
    const value = kept[index]?.value;
    if (!value) return [];
    if (isTarget(target)) return store(typer, target, value, span);
    typer.report('unsupported', target.span, "this can't be assigned", 'use variables and elements only');
    return [];
  });
  return [...before, ...kept.flatMap((one) => one.before), ...stores];
}

function isTarget(node: Expression): node is Target {
  return node.kind === 'name' || node.kind === 'index' || node.kind === 'tuple' || node.kind === 'attribute';
}

export function augmentedAssign(typer: FunctionTyper, node: AugmentedAssign): HirStatement[] {
  return update(typer, node.target, node, node.value)?.statements ?? [];
}

interface Update {
  readonly statements: HirStatement[];
  /** The value of before. */
  readonly old: Operand;
  /** Reads what has been stored. */
  readonly read: () => Operand | undefined;
}

interface UpdateSite {
  readonly operator: AugmentedAssign['operator'];
  readonly operatorSpan: Span;
  readonly span: Span;
}

/** `target op= value`, evaluating the parts of the target once. */
function update(
  typer: FunctionTyper,
  target: Target,
  site: UpdateSite,
  valueNode: Expression,
  keepOld = false,
): Update | undefined {
  if (target.kind === 'index') return updateElement(typer, target, site, valueNode);
  if (target.kind !== 'name') {
    typer.report('unsupported', target.span, `${site.operator}= takes a variable or an element`);
    return undefined;
  }
  const current = typer.read(target.name, target.span);
  const kept = current && keepOld ? typer.keep(current, 'old') : { before: [], value: current };
  const value = expression(typer, valueNode);
  if (!kept.value || !value) return undefined;
  const result = binaryOperands(typer, site.operator, kept.value, value, site);
  if (!result) return undefined;
  const statements = [...kept.before, ...typer.assign(target.name, result, target.span)];
  return { statements, old: kept.value, read: () => typer.read(target.name, target.span) };
}

function updateElement(
  typer: FunctionTyper,
  target: Index,
  site: UpdateSite,
  valueNode: Expression,
): Update | undefined {
  const object = expression(typer, target.object);
  const indices = expressions(typer, target.indices);
  if (!object || !indices) return undefined;
  const base = typer.keep(object, 'base');
  const kept = indices.map((index) => typer.keep(index, 'index'));
  const values = kept.map((one) => one.value);
  const element = loadElement(typer, base.value, values, target);
  const value = expression(typer, valueNode);
  const place = elementPlace(typer, base.value, values, target.span);
  if (!element || !value || !place) return undefined;
  const old = typer.keep(element, 'old');
  const result = binaryOperands(typer, site.operator, old.value, value, site);
  if (!result) return undefined;
  const statements = [
    ...base.before,
    ...kept.flatMap((one) => one.before),
    ...old.before,
    ...storeElement(typer, { ...place, failure: undefined }, result),
  ];
  return { statements, old: old.value, read: () => loadElement(typer, base.value, values, target) };
}

export function assignExpression(
  typer: FunctionTyper,
  node: AssignExpression,
): { readonly statements: readonly HirStatement[]; readonly value: Operand } | undefined {
  if (node.operator !== undefined) {
    const site = { operator: node.operator, operatorSpan: node.span, span: node.span };
    const updated = update(typer, node.target, site, node.value, node.yields === 'before');
    const value = node.yields === 'before' ? updated?.old : updated?.read();
    return updated && value && { statements: updated.statements, value };
  }
  const target = prepareTarget(typer, node.target, node.value);
  const operand = expression(typer, node.value);
  if (!operand) return undefined;
  const kept = typer.keep(operand, 'assigned');
  const stores = storePrepared(typer, target, kept.value, node.span);
  const statements = [...target.before, ...kept.before, ...stores];
  return { statements, value: kept.value };
}
