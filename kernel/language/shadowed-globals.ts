import type { Declaration, DeclaredNames } from './declared-names.ts';
import { type Scope, scopeOf } from './scopes.ts';
import { shadowName } from './shadow-name.ts';
import type { SourceEdits } from './source-edits.ts';
import { childNode, forEachChild, nameOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * Which names of the platform cells have taken for variables of their own.
 *
 * A cell's `import { Map } from 'immutable'` or `let process = 1` would be seen by every module of the process, the
 * kernel's and its libraries' included: a script's top level is the global scope. So a cell that declares a name of
 * the platform declares another, which looks the same, and this and all later cells mean that.
 */
export class ShadowedGlobals {
  readonly #globalNames: ReadonlySet<string>;
  readonly #declared: DeclaredNames;
  /** Those that the cell declares itself. */
  readonly #own: ReadonlySet<string>;

  constructor(globalNames: ReadonlySet<string>, declared: DeclaredNames, own: readonly Declaration[]) {
    this.#globalNames = globalNames;
    this.#declared = declared;
    this.#own = new Set(own.map(({ name }) => name).filter((name) => globalNames.has(name)));
  }

  /** What a name is called in the cell's script. */
  bindingName(name: string): string {
    if (!this.#globalNames.has(name)) return name;
    const shadow = shadowName(name);
    return this.#own.has(name) || this.#declared.kindOf(shadow) !== undefined ? shadow : name;
  }

  /** The names in the cell that mean something else than in a module. */
  namesIn(program: SyntaxNode): ReadonlySet<string> {
    const names = new Set<string>();
    const collect = (node: SyntaxNode): void => {
      const isName = node.type === 'Identifier' || node.type === 'JSXIdentifier';
      if (isName && this.bindingName(nameOf(node)) !== nameOf(node)) names.add(nameOf(node));
      forEachChild(node, collect);
    };
    if (this.#own.size > 0 || this.#declared.hasShadows) collect(program);
    return names;
  }
}

/** Renames all that refers to the top level's variables of these names. */
export function renameShadowed(program: SyntaxNode, edits: SourceEdits, names: ReadonlySet<string>): void {
  if (names.size > 0) new Renamer(edits, names).visit(program, []);
}

/** Nodes of TypeScript in which there are values; all others hold types only. */
const valueNodes = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSParameterProperty',
  'TSExportAssignment',
]);

class Renamer {
  readonly #edits: SourceEdits;
  readonly #names: ReadonlySet<string>;

  constructor(edits: SourceEdits, names: ReadonlySet<string>) {
    this.#edits = edits;
    this.#names = names;
  }

  visit(node: SyntaxNode, outer: readonly Scope[]): void {
    if (node.declare === true || isElsewhere(node)) return;
    if (node.type.startsWith('TS') && !valueNodes.has(node.type)) return;
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') this.#rename(node, outer, false);
    const scope = scopeOf(node);
    const scopes = scope === undefined ? outer : [...outer, scope];
    const skipped = staticName(node);
    const shorthand =
      node.type === 'ObjectProperty' && node.shorthand === true ? childNode(node, 'key') : undefined;
    if (shorthand !== undefined) this.#rename(shorthand, scopes, true);
    forEachChild(node, (child) => {
      if (child === skipped || child === shorthand) return;
      // The value of a shorthand property is the same text once more, but for a default that follows it.
      const isSameText = shorthand !== undefined && child.start === shorthand.start;
      if (!isSameText) this.visit(child, isOutside(node, child) ? outer : scopes);
      else if (child.type === 'AssignmentPattern') this.#visitDefault(child, scopes);
    });
  }

  #visitDefault(pattern: SyntaxNode, scopes: readonly Scope[]): void {
    const value = childNode(pattern, 'right');
    if (value !== undefined) this.visit(value, scopes);
  }

  /** An identifier may have its type behind it, so its end is that of its name. */
  #rename(node: SyntaxNode, scopes: readonly Scope[], isShorthand: boolean): void {
    const name = nameOf(node);
    if (!this.#names.has(name) || scopes.some((scope) => scope.has(name))) return;
    const suffix = shadowName(name).slice(name.length);
    this.#edits.insertAfter(node.start + name.length, isShorthand ? `: ${shadowName(name)}` : suffix);
  }
}

/** Imports are rewritten as a whole, exports without a declaration vanish, and private names are no variables. */
function isElsewhere(node: SyntaxNode): boolean {
  if (['ImportDeclaration', 'ExportAllDeclaration', 'PrivateName'].includes(node.type)) return true;
  return node.type === 'ExportNamedDeclaration' && childNode(node, 'declaration') === undefined;
}

/** The name after a dot, before a colon or of a label, which refers to no variable. */
function staticName(node: SyntaxNode): SyntaxNode | undefined {
  if (/^(?:Break|Continue|Labeled)Statement$/u.test(node.type)) return childNode(node, 'label');
  if (node.type === 'MetaProperty') return childNode(node, 'property');
  if (node.type === 'TSEnumMember') return childNode(node, 'id');
  if (node.type === 'JSXAttribute') return childNode(node, 'name');
  if (node.computed === true || node.shorthand === true) return undefined;
  return /MemberExpression$/u.test(node.type) ? childNode(node, 'property') : childNode(node, 'key');
}

/** A declaration's own name is declared around it. */
function isOutside(node: SyntaxNode, child: SyntaxNode): boolean {
  return /^(?:Function|Class)Declaration$/u.test(node.type) && childNode(node, 'id') === child;
}
