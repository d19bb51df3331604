import { childList, childNode, type SyntaxNode } from './syntax-tree.ts';

/**
 * Whether a cell shows its completion value: it ends in an expression, directly or at the end of a block, `if` or
 * `try`, and no semicolon follows (as in IPython). Declarations and loops show nothing, whatever V8 makes of them.
 */
export function showsResult(program: SyntaxNode, source: string): boolean {
  // A cell of strings alone is a list of directives to the parser.
  const last = childList(program, 'body').at(-1) ?? childList(program, 'directives').at(-1);
  return endsInShownExpression(last, source);
}

function endsInShownExpression(statement: SyntaxNode | undefined, source: string): boolean {
  if (statement === undefined) return false;
  const inner = (property: string): boolean => endsInShownExpression(childNode(statement, property), source);
  switch (statement.type) {
    case 'Directive':
    case 'ExpressionStatement':
    case 'TSExportAssignment':
      return source[statement.end - 1] !== ';';
    case 'ExportDefaultDeclaration':
      return (
        !childNode(statement, 'declaration')?.type.endsWith('Declaration') &&
        source[statement.end - 1] !== ';'
      );
    case 'BlockStatement':
      return endsInShownExpression(childList(statement, 'body').at(-1), source);
    case 'IfStatement':
      return inner('consequent') || inner('alternate');
    case 'TryStatement': {
      const handler = childNode(statement, 'handler');
      return (
        inner('block') || (handler !== undefined && endsInShownExpression(childNode(handler, 'body'), source))
      );
    }
    default:
      return false;
  }
}
