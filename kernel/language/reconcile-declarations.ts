import {
  type BindingKind,
  type Declaration,
  type DeclaredNames,
  declaredBy,
  forEachVar,
  unwrapExport,
} from './declared-names.ts';
import type { SourceEdits } from './source-edits.ts';
import { childList, childNode, nameOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * Lets a cell (JavaScript by now) declare anything again: where V8 would refuse `let x` after `var x` or
 * `function x`, or the other way round, the declaration is written in the kind that the name has already.
 * `freshNames` are those whose `var` a compiler made of an enum or a namespace: each run starts a new one.
 */
export function reconcileDeclarations(
  program: SyntaxNode,
  edits: SourceEdits,
  known: DeclaredNames,
  freshNames: ReadonlySet<string>,
): readonly Declaration[] {
  const reconciler = new Reconciler(edits, known, freshNames);
  for (const statement of childList(program, 'body')) reconciler.statement(statement);
  return reconciler.declarations;
}

class Reconciler {
  readonly declarations: Declaration[] = [];
  readonly #edits: SourceEdits;
  readonly #known: DeclaredNames;
  readonly #freshNames: ReadonlySet<string>;
  readonly #hoisted = new Set<string>();

  constructor(edits: SourceEdits, known: DeclaredNames, freshNames: ReadonlySet<string>) {
    this.#edits = edits;
    this.#known = known;
    this.#freshNames = freshNames;
  }

  statement(node: SyntaxNode): void {
    const id = childNode(node, 'id');
    if (node.type === 'ClassDeclaration' && id !== undefined) this.#classDeclaration(node, nameOf(id));
    else if (node.type === 'FunctionDeclaration' && id !== undefined)
      this.#functionDeclaration(node, nameOf(id));
    else if (node.type === 'VariableDeclaration' && node.kind !== 'var') this.#lexicalDeclaration(node);
    else forEachVar(node, (declaration, parent) => this.#varDeclaration(declaration, parent));
  }

  #add(names: readonly string[], kind: BindingKind): void {
    for (const name of names) this.declarations.push({ name, kind });
  }

  #classDeclaration(node: SyntaxNode, name: string): void {
    if (this.#known.kindOf(name) !== 'variable') {
      this.#add([name], 'lexical');
      return;
    }
    this.#edits.insertBefore(node.start, `var ${name} = `);
    this.#edits.insertAfter(node.end, ';');
    this.#add([name], 'variable');
  }

  /** Moved to the front, so that it can still be called before the line where it was written. */
  #functionDeclaration(node: SyntaxNode, name: string): void {
    if (this.#known.kindOf(name) !== 'lexical') {
      this.#add([name], 'variable');
      return;
    }
    this.#edits.hoistRange(node.start, node.end, `let ${name} = `, '; ');
    this.#add([name], 'lexical');
  }

  #lexicalDeclaration(node: SyntaxNode): void {
    const names = declaredBy(node);
    const keyword = String(node.kind);
    const variables = names.filter((name) => this.#known.kindOf(name) === 'variable');
    if (variables.length === 0) {
      this.#add(names, 'lexical');
      return;
    }
    if (names.every((name) => this.#known.kindOf(name) !== 'lexical')) {
      this.#edits.replace(node.start, node.start + keyword.length, 'var'.padEnd(keyword.length));
      this.#add(names, 'variable');
      return;
    }
    this.#hoist(names, variables, 'variable');
    this.#assign(node, keyword);
  }

  #varDeclaration(node: SyntaxNode, parent: SyntaxNode | undefined): void {
    const names = declaredBy(node);
    const lexical = names.filter((name) => this.#kindOfVar(name) === 'lexical');
    if (lexical.length === 0 && !names.some((name) => this.#freshNames.has(name))) {
      this.#add(names, 'variable');
      return;
    }
    this.#hoist(names, lexical, 'lexical');
    const isTarget = parent?.type === 'ForInStatement' || parent?.type === 'ForOfStatement';
    if (isTarget && childNode(parent, 'left') === node) this.#edits.blank(node.start, node.start + 3);
    else this.#assign(node, 'var');
  }

  #kindOfVar(name: string): BindingKind {
    return this.#known.kindOf(name) ?? (this.#freshNames.has(name) ? 'lexical' : 'variable');
  }

  /** Declares `some` in one kind and the rest of `names` in the other, in front of the cell. */
  #hoist(names: readonly string[], some: readonly string[], kind: BindingKind): void {
    const rest = names.filter((name) => !some.includes(name));
    this.#declareFirst(some, kind);
    this.#declareFirst(rest, kind === 'lexical' ? 'variable' : 'lexical');
  }

  #declareFirst(names: readonly string[], kind: BindingKind): void {
    const missing = names.filter((name) => !this.#hoisted.has(name));
    for (const name of missing) this.#hoisted.add(name);
    if (missing.length > 0)
      this.#edits.hoist(`${kind === 'lexical' ? 'let' : 'var'} ${missing.join(', ')}; `);
    this.#add(names, kind);
  }

  /**
   * `let x = 1, { y } = o` becomes `void (x = 1, { y } = o)`: parentheses for the pattern, and a keyword before
   * them that the line above can't swallow.
   */
  #assign(node: SyntaxNode, keyword: string): void {
    this.#edits.replace(node.start, node.start + keyword.length, 'void (');
    const declarators = childList(node, 'declarations');
    for (const declarator of declarators) {
      if (childNode(declarator, 'init') === undefined) this.#edits.insertAfter(declarator.end, ' = void 0');
    }
    const last = declarators.at(-1);
    if (last !== undefined) this.#edits.insertAfter(last.end, ')');
  }
}

/** See `constant-assignments.ts`. */
export function unlockConstants(program: SyntaxNode, edits: SourceEdits): void {
  for (const statement of childList(program, 'body')) {
    const node = unwrapExport(statement);
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const' || node.declare === true) continue;
    edits.replace(node.start, node.start + 'const'.length, 'let  ');
  }
}
