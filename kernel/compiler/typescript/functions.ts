import type { FunctionDefinition, Parameter, Statement, TypeAnnotation } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { Adapter } from './adapter.ts';
import type { BabelFunction, BabelParameter, BabelPosition } from './babel-ast.ts';
import { declareBlock, declareVars } from './declarations.ts';
import { expression } from './expressions.ts';
import { statementList } from './statements.ts';

/** What the surroundings of a function say about it. */
export interface FunctionHead {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly documentation?: string;
  readonly declaredSignatures: FunctionDefinition['declaredSignatures'];
  /** From `const f: (a: int64) => int64 = …`; the function's own annotations come first. */
  readonly variableType?: {
    readonly parameters: readonly (TypeAnnotation | undefined)[];
    readonly result: TypeAnnotation | undefined;
  };
}

/** Converts a function of any form. */
export function functionDefinition(
  adapter: Adapter,
  node: BabelFunction,
  head: FunctionHead,
): FunctionDefinition {
  refuseForms(adapter, node);
  const { variableType, ...rest } = head;
  return adapter.inFunction(() => {
    const parameters = node.params.map((each, index) =>
      parameter(adapter, each, variableType?.parameters[index]),
    );
    const returnAnnotation = adapter.annotation(node.returnType) ?? variableType?.result;
    const body = functionBody(adapter, node);
    return { ...rest, parameters, ...(returnAnnotation === undefined ? {} : { returnAnnotation }), body };
  });
}

function refuseForms(adapter: Adapter, node: BabelFunction): void {
  const { start } = adapter.span(node);
  if (node.async) {
    adapter.reportUnsupported(
      `'async' is not supported`,
      { start, end: start + 5 },
      `remove 'async' and 'await'`,
    );
  }
  if (node.generator === true) {
    const star = start + adapter.text(node).indexOf('*');
    const hint = 'return one value, or write into an array';
    adapter.reportUnsupported('generators are not supported', { start: star, end: star + 1 }, hint);
  }
  if (node.typeParameters != null) {
    const hint = 'remove them: one function compiles for many signatures';
    adapter.reportUnsupported('type parameters are not supported', adapter.span(node.typeParameters), hint);
  }
}

function parameter(adapter: Adapter, node: BabelParameter, outerType: TypeAnnotation | undefined): Parameter {
  switch (node.type) {
    case 'Identifier':
      return namedParameter(adapter, node, outerType);
    case 'AssignmentPattern': {
      if (node.left.type !== 'Identifier') break;
      const defaultValue = expression(adapter, node.right);
      return { ...namedParameter(adapter, node.left, outerType), defaultValue, span: adapter.span(node) };
    }
    case 'RestElement':
      adapter.reportUnsupported(
        `'...' is not supported`,
        adapter.span(node),
        'write one parameter for each argument',
      );
      return { name: '', span: adapter.span(node) };
  }
  const span = adapter.span(node);
  if (node.type === 'ObjectPattern') {
    adapter.reportUnsupported(
      'objects are not supported',
      span,
      'write one parameter for each value: (x, y)',
    );
  } else {
    adapter.reportUnsupported(
      'a parameter is a name',
      span,
      'take a tuple apart in the body: const [x, y] = t',
    );
  }
  return { name: '', span };
}

function namedParameter(
  adapter: Adapter,
  node: Extract<BabelParameter, { type: 'Identifier' }>,
  outerType: TypeAnnotation | undefined,
): Parameter {
  const span = adapter.span(node);
  if (node.optional === true) {
    adapter.reportUnsupported(
      'optional parameters are not supported',
      span,
      `give it a default: ${node.name} = 0`,
    );
  }
  if (node.name === 'this') adapter.reportUnsupported(`'this' is not supported`, span, 'remove it');
  adapter.scope.declare(node.name, 'parameter', 0);
  const annotation = adapter.annotation(node.typeAnnotation) ?? outerType;
  return { name: node.name, ...(annotation === undefined ? {} : { annotation }), span };
}

function functionBody(adapter: Adapter, { body }: BabelFunction): Statement[] {
  if (body.type !== 'BlockStatement') {
    return [{ kind: 'return', value: expression(adapter, body), span: adapter.span(body) }];
  }
  declareVars(adapter, body.body);
  declareBlock(adapter, body.body);
  return statementList(adapter, body.body);
}

/** The text of the JSDoc comment directly above a node. */
export function documentationOf(
  adapter: Adapter,
  comments: readonly (BabelPosition & { readonly value: string })[],
  node: BabelPosition,
): string | undefined {
  const { start } = adapter.span(node);
  const above = comments.findLast((comment) => adapter.span(comment).end <= start);
  if (above === undefined || !above.value.startsWith('*')) return undefined;
  if (adapter.source.slice(adapter.span(above).end, start).trim() !== '') return undefined;
  const lines = above.value.slice(1).split(/\r\n|\n|\r/);
  return lines
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}
