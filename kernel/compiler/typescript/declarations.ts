import type { Statement } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelDeclarator, BabelNode, BabelStatement, BabelTarget } from './babel-ast.ts';
import { expression } from './expressions.ts';
import { target } from './targets.ts';

/** `let`, `const` and `var`: one assignment for each variable. */
export function variableDeclaration(adapter: Adapter, node: BabelNode<'VariableDeclaration'>): Statement[] {
  if (node.kind === 'using' || node.kind === 'await using') {
    adapter.reportUnsupported(`'using' is not supported`, adapter.span(node), `write 'const'`);
  }
  return node.declarations.flatMap((declarator) => declaration(adapter, node, declarator));
}

function declaration(
  adapter: Adapter,
  { kind }: BabelNode<'VariableDeclaration'>,
  node: BabelDeclarator,
): Statement[] {
  const { id } = node;
  if (id.type === 'VoidPattern') {
    adapter.reportUnsupported('a pattern without names is not supported', adapter.span(id), 'name it');
    return [];
  }
  const isTyped = id.type === 'Identifier' || id.type === 'ArrayPattern';
  const annotation = isTyped ? adapter.annotation(id.typeAnnotation) : undefined;
  const value = node.init == null ? undefined : expression(adapter, node.init);
  // A `var` without a value says nothing that its function's scope didn't know.
  if (kind === 'var' && value === undefined && annotation === undefined) return [];
  const assignment = {
    kind: 'assign',
    targets: [target(adapter, id, 'declare')],
    ...(annotation === undefined ? {} : { annotation }),
    ...(value === undefined ? {} : { value }),
    declares: kind !== 'var',
    constant: kind === 'const',
    span: adapter.span(node),
  } as const;
  return [assignment];
}

/** Makes the `let` and `const` of a block known from its beginning, as their scope begins there. */
export function declareBlock(adapter: Adapter, statements: readonly BabelStatement[]): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var')
      declareVariables(adapter, statement);
  }
}

export function declareVariables(
  adapter: Adapter,
  node: BabelNode<'VariableDeclaration'>,
  usableFrom?: number,
): void {
  const kind = node.kind === 'let' || node.kind === 'var' ? node.kind : 'const';
  for (const declarator of node.declarations) {
    const { end } = adapter.span(declarator);
    const from = kind === 'var' ? 0 : (usableFrom ?? end);
    for (const name of namesOf(declarator.id)) adapter.scope.declare(name, kind, from);
  }
}

/** The names that a declaration's pattern binds. */
export function namesOf(node: BabelTarget | null): string[] {
  switch (node?.type) {
    case 'Identifier':
      return [node.name];
    case 'ArrayPattern':
      return node.elements.flatMap((element) => namesOf(element));
    case 'AssignmentPattern':
      return namesOf(node.left);
    case 'RestElement':
      return namesOf(node.argument);
    case 'ObjectPattern':
      return node.properties.flatMap((property) => {
        if (property.type === 'RestElement') return namesOf(property);
        const { value } = property;
        return value.type === 'Identifier' ? [value.name] : [];
      });
    default:
      return [];
  }
}

/** Makes the `var` of a function known from its beginning, however deep they stand. */
export function declareVars(
  adapter: Adapter,
  statements: readonly (BabelStatement | null | undefined)[],
): void {
  for (const statement of statements) {
    if (statement == null) continue;
    if (statement.type === 'VariableDeclaration' && statement.kind === 'var')
      declareVariables(adapter, statement);
    else adapter.deeper(statement, () => declareVars(adapter, nestedStatements(statement)));
  }
}

function nestedStatements(node: BabelStatement): readonly (BabelStatement | null | undefined)[] {
  switch (node.type) {
    case 'BlockStatement':
      return node.body;
    case 'IfStatement':
      return [node.consequent, node.alternate];
    case 'ForStatement':
      return [node.init?.type === 'VariableDeclaration' ? node.init : null, node.body];
    case 'ForOfStatement':
      return [node.left.type === 'VariableDeclaration' ? node.left : null, node.body];
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
      return [node.body];
    case 'SwitchStatement':
      return node.cases.flatMap((entry) => entry.consequent);
    default:
      return [];
  }
}
