import { blankClass, blankClassMember } from './blank-class.ts';
import { blankFunction } from './blank-function.ts';
import { ErasedRanges, NotErasable } from './erased-ranges.ts';
import type { SourceEdits } from './source-edits.ts';
import { childNode, forEachChild, nameOf, type SyntaxNode, skipTrivia } from './syntax-tree.ts';

/**
 * Replaces all types by white space, so that every other character keeps its place. `text` is what the parser read.
 * Throws {@link NotErasable}.
 */
export function blankTypes(program: SyntaxNode, edits: SourceEdits, text: string): void {
  const walk = new TypeBlanker(text);
  forEachChild(program, walk.visit);
  walk.ranges.applyTo(edits);
}

/** An import or export of types alone: nothing of it is left at run time. */
export function isTypeOnlyModuleDeclaration(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const declaration = childNode(node, 'declaration');
  return (
    declaration !== undefined && (declaration.declare === true || typeDeclarations.has(declaration.type))
  );
}

const typeDeclarations = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
  'TSNamespaceExportDeclaration',
]);

const typeNodes = new Set(['TSTypeAnnotation', 'TSTypeParameterInstantiation', 'TSTypeParameterDeclaration']);

class TypeBlanker {
  readonly ranges: ErasedRanges;

  constructor(source: string) {
    this.ranges = new ErasedRanges(source);
  }

  readonly visit = (node: SyntaxNode): void => {
    if (Array.isArray(node.decorators) && node.decorators.length > 0) throw new NotErasable(node);
    if (typeDeclarations.has(node.type)) {
      this.ranges.eraseStatement(node);
      return;
    }
    if (typeNodes.has(node.type)) {
      this.ranges.eraseNode(node);
      return;
    }
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
      case 'TSImportEqualsDeclaration':
      case 'TSExportAssignment':
        this.#visitModuleDeclaration(node);
        break;
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        this.#visitAs(node);
        break;
      case 'TSTypeAssertion':
        this.#visitAssertion(node);
        break;
      case 'TSNonNullExpression':
        forEachChild(node, this.visit);
        this.ranges.erase(node.end - 1, node.end);
        break;
      case 'TSInstantiationExpression':
        forEachChild(node, this.visit);
        break;
      case 'Identifier':
      case 'ObjectPattern':
      case 'ArrayPattern':
        this.#visitBinding(node);
        break;
      case 'VariableDeclarator':
        this.#visitDeclarator(node);
        break;
      case 'VariableDeclaration':
      case 'ExpressionStatement':
      case 'ReturnStatement':
      case 'ThrowStatement':
        this.#visitStatement(node);
        break;
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.#visitLoop(node);
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ObjectMethod':
        blankFunction(this.ranges, node, this.visit);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        blankClass(this.ranges, node, this.visit);
        break;
      case 'ClassMethod':
      case 'ClassPrivateMethod':
      case 'ClassProperty':
      case 'ClassPrivateProperty':
      case 'TSDeclareMethod':
      case 'TSIndexSignature':
        blankClassMember(this.ranges, node, this.visit);
        break;
      default:
        this.#visitOther(node);
    }
  };

  #visitOther(node: SyntaxNode): void {
    const isForeign = node.type.startsWith('TS') || node.type.startsWith('JSX');
    if (node.declare === true) this.ranges.eraseStatement(node);
    else if (isForeign || node.type === 'ClassAccessorProperty') throw new NotErasable(node);
    else forEachChild(node, this.visit);
  }

  #visitModuleDeclaration(node: SyntaxNode): void {
    if (isTypeOnlyModuleDeclaration(node)) {
      this.ranges.eraseStatement(node);
      return;
    }
    const isAlias = node.type === 'TSImportEqualsDeclaration';
    if (isAlias && childNode(node, 'moduleReference')?.type !== 'TSExternalModuleReference') {
      throw new NotErasable(node);
    }
    const inner = childNode(node, 'declaration') ?? childNode(node, 'expression');
    if (inner === undefined) return;
    this.visit(inner);
    this.ranges.endStatement(node);
  }

  #visitStatement(node: SyntaxNode): void {
    if (node.declare === true) {
      this.ranges.eraseStatement(node);
      return;
    }
    if (node.kind === 'using' || node.kind === 'await using') throw new NotErasable(node);
    forEachChild(node, this.visit);
    this.ranges.endStatement(node);
  }

  /** The declaration in a loop's head is no statement of its own: no semicolon may end it. */
  #visitLoop(node: SyntaxNode): void {
    forEachChild(node, (child) => {
      if (child.type !== 'VariableDeclaration') {
        this.visit(child);
        return;
      }
      if (child.kind === 'using' || child.kind === 'await using') throw new NotErasable(child);
      forEachChild(child, this.visit);
    });
  }

  /** `(x) as T`: what follows the expression, and the parentheses it may stand in, is the type. */
  #visitAs(node: SyntaxNode): void {
    const expression = childNode(node, 'expression');
    if (expression === undefined) throw new NotErasable(node);
    this.visit(expression);
    const { source } = this.ranges;
    let start = skipTrivia(source, expression.end);
    while (source[start] === ')') start = skipTrivia(source, start + 1);
    this.ranges.erase(start, node.end);
  }

  /** `<T>x`. A line break inside, or a brace after it, would change what an arrow or a `return` means. */
  #visitAssertion(node: SyntaxNode): void {
    const type = childNode(node, 'typeAnnotation');
    const expression = childNode(node, 'expression');
    if (type === undefined || expression === undefined) throw new NotErasable(node);
    const { source } = this.ranges;
    const end = skipTrivia(source, type.end) + 1;
    const next = skipTrivia(source, end);
    if (/[\r\n]/u.test(source.slice(node.start, next)) || source[next] === '{') throw new NotErasable(node);
    this.ranges.erase(node.start, end);
    this.visit(expression);
  }

  #visitBinding(node: SyntaxNode): void {
    if (node.optional === true) {
      const annotation = childNode(node, 'typeAnnotation');
      if (node.type === 'Identifier') this.ranges.eraseToken(node.start + nameOf(node).length, '?');
      else if (annotation === undefined) throw new NotErasable(node);
      else this.ranges.eraseToken(this.ranges.source.lastIndexOf('?', annotation.start), '?');
    }
    forEachChild(node, this.visit);
  }

  #visitDeclarator(node: SyntaxNode): void {
    const id = childNode(node, 'id');
    if (node.definite === true && id?.type === 'Identifier') {
      this.ranges.eraseToken(id.start + nameOf(id).length, '!');
    }
    forEachChild(node, this.visit);
  }
}
