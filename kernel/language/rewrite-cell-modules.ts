import { isTypeOnlyModuleDeclaration } from './blank-types.ts';
import type { SourceEdits } from './source-edits.ts';
import { childList, childNode, forEachChild, nameOf, type SyntaxNode, skipTrivia } from './syntax-tree.ts';

/** Names of the session's own functions that transformed cells call. */
export interface CellRuntimeNames {
  /** `(specifier, options?) => Promise<namespace>`, resolving from the notebook's folder. */
  readonly importModule: string;
  /** What `import.meta` is in a cell. */
  readonly importMeta: string;
  /** Passes the value of an `await` on, unless the cell was interrupted while it waited. */
  readonly resumed: string;
}

/**
 * Turns what only a module may contain into what a script can: imports into awaited calls of the session's import
 * function, exports into plain declarations. `bindingName` says what an imported name is called in the script.
 */
export function rewriteCellModules(
  program: SyntaxNode,
  edits: SourceEdits,
  names: CellRuntimeNames,
  bindingName: (name: string) => string,
): void {
  const rewriter = new ModuleRewriter(edits, names, bindingName);
  for (const statement of childList(program, 'body')) rewriter.rewriteStatement(statement);
  rewriter.rewriteExpressions(program);
}

/** What the compiler would take for a sign that the cell is a module: types that are imported or exported. */
export function blankTypeOnlyModules(program: SyntaxNode, edits: SourceEdits): void {
  for (const statement of childList(program, 'body')) {
    const isOfModule = /^(?:Import|Export)/u.test(statement.type);
    if (isOfModule && isTypeOnlyModuleDeclaration(statement))
      edits.blank(statement.start, statement.end, ';');
  }
}

class ModuleRewriter {
  readonly #edits: SourceEdits;
  readonly #names: CellRuntimeNames;
  readonly #bindingName: (name: string) => string;
  /** An import after other statements is hoisted, as modules do. */
  #sawOther = false;

  constructor(edits: SourceEdits, names: CellRuntimeNames, bindingName: (name: string) => string) {
    this.#edits = edits;
    this.#names = names;
    this.#bindingName = bindingName;
  }

  rewriteStatement(node: SyntaxNode): void {
    if (isTypeOnlyModuleDeclaration(node)) return;
    switch (node.type) {
      case 'ImportDeclaration':
        this.#rewriteImport(node);
        return;
      case 'TSImportEqualsDeclaration':
        this.#rewriteImportEquals(node);
        return;
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        this.#rewriteExport(node);
        break;
      case 'ExportDefaultDeclaration':
        this.#rewriteExportDefault(node, childNode(node, 'declaration'));
        break;
      case 'TSExportAssignment':
        this.#rewriteExportDefault(node, childNode(node, 'expression'));
        break;
    }
    this.#sawOther = true;
  }

  /** `import()` and `import.meta`, wherever they stand. */
  rewriteExpressions(node: SyntaxNode): void {
    if (node.type === 'Import') this.#edits.replace(node.start, node.end, this.#names.importModule);
    else if (node.type === 'MetaProperty' && isImportMeta(node)) {
      this.#edits.replace(node.start, node.end, this.#names.importMeta);
    } else if (node.type !== 'ImportDeclaration') {
      forEachChild(node, (child) => this.rewriteExpressions(child));
    }
  }

  #rewriteImport(node: SyntaxNode): void {
    const call = this.#importCall(node);
    const defaults: string[] = [];
    const named: string[] = [];
    let namespace: string | undefined;
    for (const specifier of childList(node, 'specifiers')) {
      const local = childNode(specifier, 'local');
      if (local === undefined || specifier.importKind === 'type') continue;
      const name = this.#bindingName(nameOf(local));
      if (specifier.type === 'ImportNamespaceSpecifier') namespace = name;
      else if (specifier.type === 'ImportDefaultSpecifier') defaults.push(`default: ${name}`);
      else named.push(namedBinding(childNode(specifier, 'imported') ?? local, name));
    }
    const bindings = [...defaults, ...named];
    const pattern = `{ ${bindings.join(', ')} }`;
    let text: string;
    if (namespace !== undefined) {
      text = `let ${namespace} = ${call};`;
      if (bindings.length > 0) text += ` let ${pattern} = ${namespace};`;
    } else {
      text = bindings.length > 0 ? `let ${pattern} = ${call};` : `${call};`;
    }
    this.#put(node, text);
  }

  #rewriteImportEquals(node: SyntaxNode): void {
    const reference = childNode(node, 'moduleReference');
    const specifier = reference && childNode(reference, 'expression');
    const id = childNode(node, 'id');
    if (specifier === undefined || id === undefined) {
      // Another name of something in a namespace is the compiler's business.
      if (node.isExport === true) this.#blankKeyword(node, /export/uy);
      return;
    }
    this.#put(node, `let ${this.#bindingName(nameOf(id))} = require(${this.#text(specifier)});`);
  }

  #put(node: SyntaxNode, text: string): void {
    if (this.#sawOther) {
      this.#edits.blank(node.start, node.end, ';');
      this.#edits.hoist(`${text} `);
    } else {
      this.#edits.replace(node.start, node.end, text);
    }
  }

  #rewriteExport(node: SyntaxNode): void {
    const declaration = childNode(node, 'declaration');
    if (declaration !== undefined) {
      this.#edits.blank(node.start, declaration.start);
      return;
    }
    if (childNode(node, 'source') === undefined) {
      this.#edits.blank(node.start, node.end, ';');
      return;
    }
    this.#edits.replace(node.start, node.end, `${this.#importCall(node)};`);
  }

  #rewriteExportDefault(node: SyntaxNode, value: SyntaxNode | undefined): void {
    if (value === undefined) return;
    const isNamed = value.type.endsWith('Declaration') && childNode(value, 'id') !== undefined;
    if (isNamed) {
      this.#edits.blank(node.start, value.start);
      return;
    }
    // The value may stand in parentheses, which are not part of its node.
    const keyword = node.type === 'TSExportAssignment' ? /export\s*=/uy : /export\s+default/uy;
    const endsWithSemicolon = this.#edits.source[node.end - 1] === ';';
    const start = this.#blankKeyword(node, keyword, ';');
    this.#edits.insertBefore(start, '(');
    this.#edits.insertAfter(endsWithSemicolon ? node.end - 1 : node.end, ')');
  }

  /** Blanks what a statement begins with, and says where the rest begins. */
  #blankKeyword(node: SyntaxNode, keyword: RegExp, instead?: string): number {
    const { source } = this.#edits;
    keyword.lastIndex = node.start;
    const start = skipTrivia(source, node.start + (keyword.exec(source)?.[0].length ?? 0));
    this.#edits.blank(node.start, start, instead);
    return start;
  }

  #importCall(node: SyntaxNode): string {
    const source = childNode(node, 'source');
    if (source === undefined) throw new TypeError(`${node.type} without a module`);
    const attributes = childList(node, 'attributes');
    const first = attributes[0];
    const last = attributes.at(-1);
    const options = first && last ? `, { with: { ${this.#edits.source.slice(first.start, last.end)} } }` : '';
    return `await ${this.#names.importModule}(${this.#text(source)}${options})`;
  }

  #text(node: SyntaxNode): string {
    return this.#edits.source.slice(node.start, node.end);
  }
}

function namedBinding(imported: SyntaxNode, local: string): string {
  if (imported.type === 'StringLiteral') return `${JSON.stringify(nameOf(imported))}: ${local}`;
  return nameOf(imported) === local ? local : `${nameOf(imported)}: ${local}`;
}

function isImportMeta(node: SyntaxNode): boolean {
  const meta = childNode(node, 'meta');
  return meta !== undefined && nameOf(meta) === 'import';
}
