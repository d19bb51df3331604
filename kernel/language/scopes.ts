import { declaredBy, forEachVar } from './declared-names.ts';
import { childList, childNode, nameOf, patternNames, type SyntaxNode } from './syntax-tree.ts';

/** Names that are declared between the top level and a place in a program. */
export type Scope = ReadonlySet<string>;

/** The names that a node declares for what is inside of it. A program's own names are the session's. */
export function scopeOf(node: SyntaxNode): Scope | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassPrivateMethod':
      return functionScope(node);
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return new Set(childList(node, 'body').flatMap(blockNames));
    case 'SwitchStatement':
      return new Set(
        childList(node, 'cases').flatMap((one) => childList(one, 'consequent').flatMap(blockNames)),
      );
    case 'ForStatement':
      return headNames(childNode(node, 'init'));
    case 'ForInStatement':
    case 'ForOfStatement':
      return headNames(childNode(node, 'left'));
    case 'CatchClause': {
      const parameter = childNode(node, 'param');
      return new Set(parameter === undefined ? [] : patternNames(parameter));
    }
    case 'ClassExpression':
      return new Set(ownName(node));
    default:
      return undefined;
  }
}

function functionScope(node: SyntaxNode): Scope {
  const names = node.type === 'FunctionExpression' ? ownName(node) : [];
  for (const parameter of childList(node, 'params')) {
    // A parameter property holds the parameter that it declares.
    patternNames(childNode(parameter, 'parameter') ?? parameter, names);
  }
  const body = childNode(node, 'body');
  for (const statement of body === undefined ? [] : childList(body, 'body')) {
    forEachVar(statement, (declaration) => names.push(...declaredBy(declaration)));
  }
  return new Set(names);
}

function blockNames(statement: SyntaxNode): readonly string[] {
  const declaration = childNode(statement, 'declaration') ?? statement;
  if (declaration.type === 'VariableDeclaration') return declaredBy(declaration);
  return /^(?:Function|Class|TSEnum)Declaration$/u.test(declaration.type) ? ownName(declaration) : [];
}

/** Only `let` and `const` belong to the loop; a `var` belongs to the function, or the top level. */
function headNames(head: SyntaxNode | undefined): Scope {
  return new Set(head?.type === 'VariableDeclaration' && head.kind !== 'var' ? declaredBy(head) : []);
}

function ownName(node: SyntaxNode): string[] {
  const id = childNode(node, 'id');
  return id === undefined ? [] : [nameOf(id)];
}
