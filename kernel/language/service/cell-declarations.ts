import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';

export interface CellDeclaration {
  readonly name: string;
  /** What names it in completions: `function`, `class`, `let`, … */
  readonly kind: string;
  /** `variable`: later cells may assign to it. */
  readonly value: 'variable' | 'constant' | undefined;
  readonly isType: boolean;
  /** Offset of the name where it is declared. */
  readonly offset: number;
  readonly isExported: boolean;
}

/** What a cell declares at the top level, a `var` in a block or a loop with it. */
export function cellDeclarations(file: TypeScript.SourceFile): readonly CellDeclaration[] {
  const found: CellDeclaration[] = [];
  for (const statement of file.statements) collect(statement, found);
  const exported = reExportedNames(file);
  return found.map((one) => (exported.has(one.name) ? { ...one, isExported: true } : one));
}

function collect(statement: TypeScript.Statement, found: CellDeclaration[]): void {
  // A default export has no name of its own.
  const isExported =
    hasModifier(statement, ts.SyntaxKind.ExportKeyword) &&
    !hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
  const add = (
    id: TypeScript.Identifier | undefined,
    rest: Omit<CellDeclaration, 'name' | 'offset' | 'isExported'>,
  ) => {
    if (id !== undefined && id.text !== '') {
      found.push({ name: id.text, offset: id.getStart(), isExported, ...rest });
    }
  };
  if (ts.isVariableStatement(statement)) {
    const kind = keywordOf(statement.declarationList);
    const value = kind === 'const' ? 'constant' : 'variable';
    for (const id of boundNames(statement.declarationList)) add(id, { kind, value, isType: false });
  } else if (ts.isFunctionDeclaration(statement)) {
    add(statement.name, { kind: 'function', value: 'constant', isType: false });
  } else if (ts.isClassDeclaration(statement)) {
    add(statement.name, { kind: 'class', value: 'constant', isType: true });
  } else if (ts.isEnumDeclaration(statement)) {
    add(statement.name, { kind: 'enum', value: 'constant', isType: true });
  } else if (ts.isInterfaceDeclaration(statement)) {
    add(statement.name, { kind: 'interface', value: undefined, isType: true });
  } else if (ts.isTypeAliasDeclaration(statement)) {
    add(statement.name, { kind: 'type', value: undefined, isType: true });
  } else if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) {
    const isGlobal = (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
    if (!isGlobal) add(statement.name, { kind: 'module', value: 'constant', isType: true });
  } else if (ts.isImportDeclaration(statement)) {
    for (const id of importedNames(statement.importClause)) {
      add(id, { kind: 'import', value: 'constant', isType: true });
    }
  } else if (ts.isImportEqualsDeclaration(statement)) {
    add(statement.name, { kind: 'import', value: 'constant', isType: true });
  } else {
    forEachVar(statement, (id) => add(id, { kind: 'var', value: 'variable', isType: false }));
  }
}

function keywordOf({ flags }: TypeScript.VariableDeclarationList): 'var' | 'let' | 'const' {
  if ((flags & ts.NodeFlags.Const) !== 0) return 'const';
  return (flags & ts.NodeFlags.Let) !== 0 ? 'let' : 'var';
}

function boundNames(list: TypeScript.VariableDeclarationList): readonly TypeScript.Identifier[] {
  const names: TypeScript.Identifier[] = [];
  const visit = (name: TypeScript.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name);
    else for (const element of name.elements) if (ts.isBindingElement(element)) visit(element.name);
  };
  for (const { name } of list.declarations) visit(name);
  return names;
}

function importedNames(clause: TypeScript.ImportClause | undefined): readonly TypeScript.Identifier[] {
  const bindings = clause?.namedBindings;
  return [
    ...(clause?.name === undefined ? [] : [clause.name]),
    ...(bindings !== undefined && ts.isNamespaceImport(bindings) ? [bindings.name] : []),
    ...(bindings !== undefined && ts.isNamedImports(bindings)
      ? bindings.elements.map(({ name }) => name)
      : []),
  ];
}

/** Names that the cell exports in a list of their own, `export { x }`. */
function reExportedNames(file: TypeScript.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    for (const { name } of statement.exportClause.elements) names.add(name.text);
  }
  return names;
}

function hasModifier(node: TypeScript.Statement, kind: TypeScript.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
  );
}

/** Every `var` below a statement that is not inside of a function. */
function forEachVar(node: TypeScript.Node, visit: (id: TypeScript.Identifier) => void): void {
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionLike(child) || ts.isClassLike(child)) return;
    if (ts.isVariableDeclarationList(child) && keywordOf(child) === 'var') {
      for (const id of boundNames(child)) visit(id);
    }
    forEachVar(child, visit);
  });
}
