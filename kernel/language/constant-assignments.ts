import { type Scope, scopeOf } from './scopes.ts';
import { childNode, forEachChild, patternNames, type SyntaxNode } from './syntax-tree.ts';

export interface ConstantAssignment {
  readonly name: string;
  readonly offset: number;
}

/**
 * The first assignment to a constant of the session's top level. V8 doesn't let a cell declare a constant again as
 * anything else, so cells declare them with `let`, and that they stay constant is seen to here.
 */
export function findConstantAssignment(
  program: SyntaxNode,
  isConstant: (name: string) => boolean,
): ConstantAssignment | undefined {
  const search = new AssignmentSearch(isConstant);
  search.visit(program, []);
  return search.found;
}

class AssignmentSearch {
  found: ConstantAssignment | undefined;
  readonly #isConstant: (name: string) => boolean;

  constructor(isConstant: (name: string) => boolean) {
    this.#isConstant = isConstant;
  }

  visit(node: SyntaxNode, outer: readonly Scope[]): void {
    if (this.found !== undefined || node.declare === true) return;
    const scope = scopeOf(node);
    const scopes = scope === undefined ? outer : [...outer, scope];
    for (const target of assignmentTargets(node)) this.#check(target, scopes);
    forEachChild(node, (child) => this.visit(child, scopes));
  }

  #check(target: SyntaxNode, scopes: readonly Scope[]): void {
    for (const name of patternNames(target)) {
      if (scopes.some((scope) => scope.has(name)) || !this.#isConstant(name)) continue;
      this.found ??= { name, offset: target.start };
    }
  }
}

function assignmentTargets(node: SyntaxNode): readonly SyntaxNode[] {
  const target = (property: string): readonly SyntaxNode[] => {
    const child = childNode(node, property);
    return child === undefined || child.type === 'VariableDeclaration' ? [] : [child];
  };
  switch (node.type) {
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      return target('left');
    case 'UpdateExpression':
      return target('argument');
    default:
      return [];
  }
}
