import { isShadowName } from './shadow-name.ts';
import { childList, childNode, forEachChild, nameOf, patternNames, type SyntaxNode } from './syntax-tree.ts';

/**
 * How a name is bound at a session's top level. V8 lets a cell declare `let` and `class` again, and `var` and
 * `function`, but refuses the one kind where an earlier cell used the other. (It also refuses `const` where the other
 * cell has `let`, or the other way round: so there is no `const`, see `constant-assignments.ts`.)
 */
export type BindingKind = 'lexical' | 'variable';

export interface Declaration {
  readonly name: string;
  readonly kind: BindingKind;
  readonly isConstant?: true;
}

/** What earlier cells declared at the top level. */
export class DeclaredNames {
  readonly #declarations = new Map<string, Declaration>();
  #hasShadows = false;

  /** True when a cell has declared a name of the platform; see `shadowed-globals.ts`. */
  get hasShadows(): boolean {
    return this.#hasShadows;
  }

  kindOf(name: string): BindingKind | undefined {
    return this.#declarations.get(name)?.kind;
  }

  isConstant(name: string): boolean {
    return this.#declarations.get(name)?.isConstant === true;
  }

  get names(): readonly string[] {
    return [...this.#declarations.keys()];
  }

  /** Call when V8 has accepted a cell: even a cell that fails later has declared all its names. */
  add(declarations: readonly Declaration[]): void {
    for (const declaration of declarations) {
      this.#declarations.set(declaration.name, declaration);
      this.#hasShadows ||= isShadowName(declaration.name);
    }
  }

  /** True when V8 would refuse the declaration. */
  refuses({ name, kind }: Declaration): boolean {
    const earlier = this.kindOf(name);
    return earlier !== undefined && earlier !== kind;
  }
}

/** What a cell declares at the top level. */
export function topLevelDeclarations(program: SyntaxNode): readonly Declaration[] {
  const found: Declaration[] = [];
  const add = (names: readonly string[], kind: BindingKind, isConstant = false): void => {
    for (const name of names) found.push({ name, kind, ...(isConstant && { isConstant }) });
  };
  for (const statement of childList(program, 'body')) {
    const node = unwrapExport(statement);
    if (node.declare === true) continue;
    const id = childNode(node, 'id');
    if (node.type === 'ClassDeclaration') add(id ? [nameOf(id)] : [], 'lexical');
    else if (node.type === 'FunctionDeclaration') add(id ? [nameOf(id)] : [], 'variable');
    else if (node.type === 'ImportDeclaration') add(importedNames(node), 'lexical', true);
    else if (/^TS(?:Enum|Module)Declaration$/u.test(node.type)) add(id ? [nameOf(id)] : [], 'lexical');
    else if (node.type === 'TSImportEqualsDeclaration') add(id ? [nameOf(id)] : [], 'lexical', true);
    else if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
      add(declaredBy(node), 'lexical', node.kind === 'const');
    } else forEachVar(node, (declaration) => add(declaredBy(declaration), 'variable'));
  }
  return found;
}

export function unwrapExport(statement: SyntaxNode): SyntaxNode {
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  return (isExport ? childNode(statement, 'declaration') : undefined) ?? statement;
}

/** Every `var` that is not inside a function, however deep, with the loop it heads, if it does. */
export function forEachVar(
  node: SyntaxNode,
  visit: (declaration: SyntaxNode, parent?: SyntaxNode) => void,
): void {
  const walk = (inner: SyntaxNode, parent?: SyntaxNode): void => {
    if (/Function|Class|Method/u.test(inner.type)) return;
    if (inner.type === 'VariableDeclaration' && inner.kind === 'var') visit(inner, parent);
    forEachChild(inner, (child) => walk(child, inner));
  };
  walk(node);
}

export function declaredBy(declaration: SyntaxNode): readonly string[] {
  return childList(declaration, 'declarations').flatMap((declarator) => {
    const id = childNode(declarator, 'id');
    return id === undefined ? [] : patternNames(id);
  });
}

function importedNames(node: SyntaxNode): readonly string[] {
  if (node.importKind === 'type') return [];
  return childList(node, 'specifiers').flatMap((specifier) => {
    const local = childNode(specifier, 'local');
    return local === undefined || specifier.importKind === 'type' ? [] : [nameOf(local)];
  });
}
