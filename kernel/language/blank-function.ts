import { type ErasedRanges, NotErasable } from './erased-ranges.ts';
import { childList, childNode, nameOf, type SyntaxNode, skipTrivia } from './syntax-tree.ts';

type Visit = (node: SyntaxNode) => void;

const hasLineBreak = (text: string): boolean => /[\r\n\u2028\u2029]/u.test(text);

/** Functions of every kind, methods included. */
export function blankFunction(ranges: ErasedRanges, node: SyntaxNode, visit: Visit): void {
  const isArrow = node.type === 'ArrowFunctionExpression';
  const typeParameters = childNode(node, 'typeParameters');
  if (typeParameters !== undefined) {
    // `return <T>(x)` over two lines would return nothing once `<T>` is gone.
    const next = skipTrivia(ranges.source, typeParameters.end);
    if (isArrow && hasLineBreak(ranges.source.slice(typeParameters.start, next))) throw new NotErasable(node);
    ranges.eraseNode(typeParameters);
  }
  const key = childNode(node, 'key');
  if (key !== undefined) visit(key);
  blankParameters(ranges, childList(node, 'params'), visit);
  const returnType = childNode(node, 'returnType') ?? childNode(node, 'predicate');
  if (returnType !== undefined) blankReturnType(ranges, node, returnType, isArrow);
  const body = childNode(node, 'body');
  if (body !== undefined) visit(body);
}

function blankParameters(ranges: ErasedRanges, parameters: readonly SyntaxNode[], visit: Visit): void {
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.type === 'TSParameterProperty') throw new NotErasable(parameter);
    const isThis = index === 0 && parameter.type === 'Identifier' && nameOf(parameter) === 'this';
    if (!isThis) {
      visit(parameter);
      continue;
    }
    const next = skipTrivia(ranges.source, parameter.end);
    ranges.erase(parameter.start, ranges.source[next] === ',' ? next + 1 : parameter.end);
  }
}

/** No line break may stand before `=>`: then the parenthesis moves to the end of the type instead. */
function blankReturnType(ranges: ErasedRanges, node: SyntaxNode, type: SyntaxNode, isArrow: boolean): void {
  if (!isArrow || !hasLineBreak(ranges.source.slice(type.start, type.end))) {
    ranges.eraseNode(type);
    return;
  }
  const parenthesis = ranges.source.lastIndexOf(')', type.start);
  if (skipTrivia(ranges.source, parenthesis + 1) !== type.start) throw new NotErasable(node);
  ranges.erase(parenthesis, parenthesis + 1);
  ranges.erase(type.start, type.end - 1);
  ranges.erase(type.end - 1, type.end, ')');
}
