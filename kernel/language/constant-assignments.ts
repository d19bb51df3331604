import type { Declaration, DeclaredNames } from './declared-names.ts';
import { declaredBy, forEachVar } from './declared-names.ts';
import { childList, childNode, forEachChild, nameOf, patternNames, type SyntaxNode } from './syntax-tree.ts';

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
  declarations: readonly Declaration[],
  earlier: DeclaredNames,
): ConstantAssignment | undefined {
  const own = new Map(declarations.map(({ name, isConstant }) => [name, isConstant === true]));
  const isConstant = (name: string): boolean => own.get(name) ?? earlier.isConstant(name);
  const search = new AssignmentSearch(isConstant);
  search.visit(program, []);
  return search.found;
}

type Scope = ReadonlySet<string>;

class AssignmentSearch {
  found: ConstantAssignment | undefined;
  readonly #isConstant: (name: string) => boolean;

  constructor(isConstant: (name: string) => boolean) {
    this.#isConstant = isConstant;
  }

  visit(node: SyntaxNode, outer: readonly Scope[]): void {
    if (this.found !== undefined || node.declare === true) return;
    // The program's own names are the session's; only what is inside of it hides them.
    const scope = node.type === 'Program' ? undefined : scopeOf(node);
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

/** The names that a node declares for what is inside of it. */
function scopeOf(node: SyntaxNode): Scope | undefined {
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
  const statements = body === undefined ? [] : childList(body, 'body');
  for (const statement of statements)
    forEachVar(statement, (declaration) => names.push(...declaredBy(declaration)));
  return new Set(names);
}

function blockNames(statement: SyntaxNode): readonly string[] {
  if (statement.type === 'VariableDeclaration') return declaredBy(statement);
  return /^(?:Function|Class)Declaration$/u.test(statement.type) ? ownName(statement) : [];
}

function headNames(head: SyntaxNode | undefined): Scope {
  return new Set(head?.type === 'VariableDeclaration' ? declaredBy(head) : []);
}

function ownName(node: SyntaxNode): string[] {
  const id = childNode(node, 'id');
  return id === undefined ? [] : [nameOf(id)];
}
