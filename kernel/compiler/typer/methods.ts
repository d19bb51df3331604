/** Methods of values: `z.conjugate()`, TypeScript's `a.subarray(1, 3)`. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { REDUCTIONS } from '../builtins/reductions.ts';
import type { Attribute, Call, Expression } from '../core.ts';
import type { HirExpression } from '../hir.ts';
import { fromEnd, loadElement } from './elements.ts';
import { expression } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { after } from './logic.ts';
import { type Operand, operandOf } from './operand.ts';
import { part, sliceBounds } from './slices.ts';

/** `z.conjugate()`: the only method of numbers there is. */
export function method(typer: FunctionTyper, node: Call): Operand | undefined {
  const { callee } = node;
  if (callee.kind !== 'attribute') return refuseCall(typer, callee);
  const object = expression(typer, callee.object);
  if (!object) return undefined;
  if (object.type.kind === 'array') return arrayMethod(typer, node, callee, object);
  if (callee.name !== 'conjugate' || node.args.length > 0) {
    const found = formatType(object.type);
    const hint = 'numbers have conjugate(), and the attributes real and imag';
    return typer.report('unknown-attribute', callee.nameSpan, `${found} has no method ${callee.name}`, hint);
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

function refuseCall(typer: FunctionTyper, callee: Expression): undefined {
  const value = expression(typer, callee);
  if (!value) return undefined;
  const text = typer.text(callee.span);
  const message = `${formatType(value.type)} is no function that could be called`;
  return typer.report(
    'not-callable',
    callee.span,
    message,
    `write ${text} * (…) to multiply, or rename ${text}`,
  );
}

/** NumPy's reductions, and TypeScript's methods that need no callback and make no new array. */
function arrayMethod(
  typer: FunctionTyper,
  node: Call,
  { name, nameSpan }: Attribute,
  object: Operand,
): Operand | undefined {
  const { args, keywords, span } = node;
  const isTypeScript = typer.dialect.language === 'typescript';
  const reduced = isTypeScript ? undefined : REDUCTIONS.get(name);
  if (reduced && args.length + keywords.length === 0) {
    return reduced.type({ typer, node, name: `numpy.${name}`, args: [object] });
  }
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
  if (isTypeScript && (name === 'subarray' || name === 'at')) {
    const [takes, hint] =
      name === 'at' ? ['1 index', 'write a.at(i)'] : ['2 ends', 'write a.subarray(start, end)'];
    return typer.report('argument-count', span, `${name} takes ${takes}, not ${args.length} arguments`, hint);
  }
  const hint = isTypeScript
    ? 'it has subarray, at and, in loops, entries, keys and values; write a loop for the rest'
    : reduced
      ? `write ${typer.text(object.span)}.${name}(), of all elements, or a loop`
      : `it has ${[...REDUCTIONS.keys()].join(', ')}; write a loop for the rest`;
  return typer.report(
    'unknown-attribute',
    nameSpan,
    reduced ? `${name} takes no arguments here` : `${formatType(object.type)} has no method ${name}`,
    hint,
  );
}
