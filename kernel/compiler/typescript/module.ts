import type { FunctionDefinition, ModuleConstant, TypeAnnotation } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type {
  BabelComment,
  BabelDeclarator,
  BabelExpression,
  BabelFile,
  BabelFunction,
  BabelNode,
  BabelPosition,
  BabelStatement,
} from './babel-ast.ts';
import { namesOf } from './declarations.ts';
import { expression } from './expressions.ts';
import { documentationOf, type FunctionHead, functionDefinition } from './functions.ts';
import { type OverloadSignature, overloadSignature } from './overloads.ts';
import { refuseStatement } from './unsupported-statements.ts';

/** Functions and constants of a cell, in the order of the source. */
export class ModuleReader {
  readonly functions: FunctionDefinition[] = [];
  readonly constants: ModuleConstant[] = [];
  readonly #adapter: Adapter;
  readonly #comments: readonly BabelComment[];
  /** Overload declarations that wait for their implementation. */
  #overloads: {
    readonly name: string;
    readonly signature: OverloadSignature;
    readonly documentation?: string;
  }[] = [];

  constructor(adapter: Adapter, comments: readonly BabelComment[]) {
    this.#adapter = adapter;
    this.#comments = comments;
  }

  read(program: BabelFile['program']): void {
    for (const comment of this.#comments) this.#refuseDivisor(comment);
    const declarations = program.body.map((node) => ({ outer: node, node: withoutExport(node) }));
    for (const { node } of declarations) {
      if (node?.type === 'TSTypeAliasDeclaration') this.#adapter.types.declare(this.#adapter, node);
      else this.#declareNames(node);
    }
    for (const { outer, node } of declarations) if (node !== undefined) this.#statement(node, outer);
    for (const { name, signature } of this.#overloads) {
      const message = `the overload of '${name}' has no function below it`;
      this.#adapter.reportSyntax(message, signature.span, `write 'function ${name}(…) { … }' below it`);
    }
  }

  /** `a // b;` in the middle of a statement is meant as a division. */
  #refuseDivisor(comment: BabelComment): void {
    const adapter = this.#adapter;
    const { start } = adapter.span(comment);
    const isOperand = /^ *[\w$.()[\]]+ *;\s*$/.test(comment.value);
    if (comment.type !== 'CommentLine' || !isOperand || !/[\w$)\]] *$/.test(adapter.source.slice(0, start)))
      return;
    const hint = 'write Math.floor(a / b) to divide integers, or move the comment to a line of its own';
    adapter.reportSyntax(`'//' begins a comment: nothing is divided here`, { start, end: start + 2 }, hint);
  }

  /** Names of the module hide nothing in a function, but its blocks must not take them. */
  #declareNames(node: BabelStatement | BabelExpression | undefined): void {
    if (node?.type === 'FunctionDeclaration') this.#adapter.declareModuleName(node.id?.name ?? 'default');
    if (node?.type !== 'VariableDeclaration') return;
    for (const { id } of node.declarations) {
      if (id.type !== 'VoidPattern') for (const name of namesOf(id)) this.#adapter.declareModuleName(name);
    }
  }

  #statement(node: BabelStatement | BabelExpression, outer: BabelStatement): void {
    switch (node.type) {
      case 'EmptyStatement':
      case 'TSTypeAliasDeclaration':
        break;
      case 'FunctionDeclaration': {
        const name = node.id?.name ?? 'default';
        this.#function(node, { name, id: node.id ?? node, whole: node, outer });
        break;
      }
      case 'TSDeclareFunction': {
        const signature = overloadSignature(this.#adapter, node);
        if (signature !== undefined) this.#overloads.push({ name: node.id?.name ?? '', signature });
        break;
      }
      case 'VariableDeclaration':
        for (const declarator of node.declarations) this.#variable(node, declarator, outer);
        break;
      case 'ImportDeclaration':
        if (node.importKind !== 'type') refuseStatement(this.#adapter, node);
        break;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node, { name: 'default', id: node, whole: node, outer });
        break;
      default:
        this.#refuse(node, outer);
    }
  }

  #refuse(node: BabelStatement | BabelExpression, outer: BabelStatement): void {
    if (/Declaration$/.test(outer.type) && node === outer) {
      refuseStatement(this.#adapter, outer);
      return;
    }
    const { start, end } = this.#adapter.span(outer);
    const firstLine = this.#adapter.source.slice(start, end).search(/[\r\n]|$/);
    const hint = 'a cell of functions holds functions and constants: move it into a function or another cell';
    const span = { start, end: start + firstLine };
    this.#adapter.reportUnsupported('a statement outside of a function is not supported', span, hint);
  }

  #function(
    node: BabelFunction,
    place: { name: string; id: BabelPosition; whole: BabelPosition; outer: BabelPosition },
    variableType?: FunctionHead['variableType'],
  ): void {
    const adapter = this.#adapter;
    const own = this.#overloads.filter(({ name }) => name === place.name);
    this.#overloads = this.#overloads.filter(({ name }) => name !== place.name);
    const documentation = documentationOf(adapter, this.#comments, place.outer);
    const nameStart = adapter.span(place.id).start;
    this.functions.push(
      functionDefinition(adapter, node, {
        name: place.name,
        nameSpan: { start: nameStart, end: nameStart + place.name.length },
        span: adapter.span(place.whole),
        ...(documentation === undefined ? {} : { documentation }),
        declaredSignatures: own.map(({ signature }) => signature),
        ...(variableType === undefined ? {} : { variableType }),
      }),
    );
  }

  #variable(
    node: BabelNode<'VariableDeclaration'>,
    declarator: BabelDeclarator,
    outer: BabelStatement,
  ): void {
    const adapter = this.#adapter;
    const { id } = declarator;
    const init = withoutTypes(declarator.init);
    const isFunction = init?.type === 'FunctionExpression' || init?.type === 'ArrowFunctionExpression';
    if (isFunction && id.type === 'Identifier') {
      const place = { name: id.name, id, whole: declarator, outer };
      this.#function(init, place, variableType(adapter, id));
    } else if (node.kind !== 'const') {
      const message = `'${node.kind}' outside of a function is not supported`;
      const hint = 'what changes belongs into a function; write const for a constant';
      adapter.reportUnsupported(message, adapter.span(declarator), hint);
    } else if (init == null || !(this.#namespaceNames(id, init) || this.#constants(declarator, init))) {
      this.#refuseConstant(declarator);
    }
  }

  #refuseConstant(declarator: BabelDeclarator): void {
    const span = this.#adapter.span(declarator);
    this.#adapter.reportUnsupported('this constant is not supported', span, 'write const NAME = value');
  }

  /** `const { sqrt, PI: pi } = Math` and `const sqrt = Math.sqrt`. */
  #namespaceNames(id: BabelDeclarator['id'], init: BabelExpression): boolean {
    const { imports } = this.#adapter;
    if (id.type === 'Identifier' && init.type === 'MemberExpression' && !init.computed) {
      if (!isMath(init.object) || init.property.type !== 'Identifier') return false;
      imports.set(id.name, `Math.${init.property.name}`);
      return true;
    }
    if (id.type !== 'ObjectPattern' || !isMath(init)) return false;
    for (const property of id.properties) {
      if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') return false;
      if (property.value.type !== 'Identifier') return false;
      imports.set(property.value.name, `Math.${property.key.name}`);
    }
    return true;
  }

  /** `const N = 10` and `const [A, B] = [1, 2]`. */
  #constants({ id, init: whole, ...position }: BabelDeclarator, init: BabelExpression): boolean {
    const adapter = this.#adapter;
    const span = adapter.span(position);
    if (id.type === 'Identifier') {
      const annotation = adapter.annotation(id.typeAnnotation);
      const value = adapter.inFunction(() => expression(adapter, whole ?? init));
      this.constants.push({
        name: id.name,
        ...(annotation === undefined ? {} : { annotation }),
        value,
        span,
      });
      return true;
    }
    if (id.type !== 'ArrayPattern' || init.type !== 'ArrayExpression') return false;
    if (id.elements.length !== init.elements.length) return false;
    for (const [index, element] of id.elements.entries()) {
      const value = init.elements[index];
      if (element?.type !== 'Identifier' || value == null || value.type === 'SpreadElement') return false;
      this.constants.push({
        name: element.name,
        value: adapter.inFunction(() => expression(adapter, value)),
        span,
      });
    }
    return true;
  }
}

/** The statement without `export`; undefined for one that only names exports. */
function withoutExport(node: BabelStatement): BabelStatement | BabelExpression | undefined {
  if (node.type === 'ExportNamedDeclaration') {
    if (node.declaration != null) return node.declaration;
    return node.source == null ? undefined : node;
  }
  return node.type === 'ExportDefaultDeclaration' ? node.declaration : node;
}

function withoutTypes(node: BabelExpression | null | undefined): BabelExpression | null | undefined {
  if (node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression')
    return withoutTypes(node.expression);
  return node;
}

function isMath(node: BabelExpression | { readonly type: 'Super' }): boolean {
  return node.type === 'Identifier' && 'name' in node && node.name === 'Math';
}

function variableType(
  adapter: Adapter,
  id: Extract<BabelDeclarator['id'], { type: 'Identifier' }>,
): FunctionHead['variableType'] {
  const slot = id.typeAnnotation;
  if (slot?.type !== 'TSTypeAnnotation') return undefined;
  const type = adapter.types.resolve(slot.typeAnnotation);
  if (type.type !== 'TSFunctionType') {
    adapter.reportUnsupported(
      'this type of a function is not supported',
      adapter.span(type),
      'write (a: int64) => int64',
    );
    return undefined;
  }
  const parameters = type.parameters.map((each): TypeAnnotation | undefined =>
    'typeAnnotation' in each ? adapter.annotation(each.typeAnnotation) : undefined,
  );
  return { parameters, result: adapter.annotation(type.typeAnnotation) };
}
