/** The places of a program whose counts say what of it has run: Istanbul's statements, functions and branches. */
import { childList, childNode, forEachChild, nameOf, type SyntaxNode } from '../syntax-tree.ts';

/** Places are UTF-16 offsets in the program's text. */
export interface CoveragePoints {
  readonly statements: readonly Extent[];
  readonly functions: readonly (Extent & { readonly name: string; readonly body: number })[];
  readonly branches: readonly BranchPoint[];
}

export interface Extent {
  readonly start: number;
  readonly end: number;
}

export interface BranchPoint extends Extent {
  readonly arms: readonly number[];
  /** An `if` without an `else`: the other arm has run as often as the first place did and this one did not. */
  readonly otherwise?: { readonly of: number; readonly without: number };
}

/** Types, blank lines, declarations of functions and imports do nothing where they stand, and have no place. */
export function coveragePoints(program: SyntaxNode): CoveragePoints {
  const collector = new PointCollector();
  collector.visit(program, '(anonymous)');
  return collector;
}

/** Those that only hold others, or nothing. */
const noStatements = new Set(['BlockStatement', 'EmptyStatement', 'LabeledStatement']);

class PointCollector implements CoveragePoints {
  readonly statements: Extent[] = [];
  readonly functions: (Extent & { name: string; body: number })[] = [];
  readonly branches: BranchPoint[] = [];

  /** `name`: of what the node is the value of. */
  visit(node: SyntaxNode, name: string): void {
    if (isStatement(node)) this.statements.push(node);
    this.#function(node, name);
    this.#branch(node);
    const inner = valueName(node) ?? name;
    forEachChild(node, (child) => {
      // What was compiled from an enum or a namespace: a function that is called at once, with `X || (X = {})`.
      if (isImmediateCall(node)) this.#visitImmediate(child);
      else this.visit(child, inner);
    });
  }

  #visitImmediate(node: SyntaxNode): void {
    if (node.type === 'LogicalExpression') return;
    forEachChild(node, (child) => this.visit(child, '(anonymous)'));
  }

  #function(node: SyntaxNode, name: string): void {
    const body = isFunction(node) ? childNode(node, 'body') : undefined;
    if (body === undefined) return;
    const own = childNode(node, 'id') ?? childNode(node, 'key');
    const { start, end } = node;
    this.functions.push({ name: keyName(own) ?? name, start, end, body: body.start });
    if (body.type !== 'BlockStatement') this.statements.push(body);
  }

  #branch(node: SyntaxNode): void {
    const arms = armsOf(node);
    if (arms.length === 0) return;
    const { start, end } = node;
    const [test, consequent] = [childNode(node, 'test'), childNode(node, 'consequent')];
    const isOpen = node.type === 'IfStatement' && childNode(node, 'alternate') === undefined;
    if (!isOpen || test === undefined || consequent === undefined) this.branches.push({ start, end, arms });
    else {
      const otherwise = { of: test.start, without: consequent.start };
      this.branches.push({ start, end, arms, otherwise });
    }
  }
}

function isStatement(node: SyntaxNode): boolean {
  if (node.type === 'VariableDeclaration') {
    return childList(node, 'declarations').some((one) => childNode(one, 'init') !== undefined);
  }
  if (node.type === 'ExportDefaultDeclaration') {
    return !/^(?:Function|Class)Declaration$/u.test(childNode(node, 'declaration')?.type ?? '');
  }
  return node.type.endsWith('Statement') && !noStatements.has(node.type);
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(?:Function(?:Declaration|Expression)|ArrowFunctionExpression|(?:Object|Class|ClassPrivate)Method)$/u.test(
    type,
  );
}

function isImmediateCall(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' && childNode(node, 'callee')?.type === 'FunctionExpression';
}

function armsOf(node: SyntaxNode): readonly number[] {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return ['consequent', 'alternate'].flatMap((arm) => childNode(node, arm)?.start ?? []);
    case 'LogicalExpression':
      return ['left', 'right'].flatMap((arm) => childNode(node, arm)?.start ?? []);
    case 'SwitchStatement':
      return childList(node, 'cases').flatMap((one) => childList(one, 'consequent')[0]?.start ?? []);
    default:
      return [];
  }
}

/** What a function that is this node's value is called. */
function valueName(node: SyntaxNode): string | undefined {
  if (node.type === 'VariableDeclarator') return keyName(childNode(node, 'id'));
  return /^(?:Object|Class)Property$/u.test(node.type) ? keyName(childNode(node, 'key')) : undefined;
}

function keyName(key: SyntaxNode | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (key.type === 'PrivateName') return `#${keyName(childNode(key, 'id')) ?? ''}`;
  return key.type === 'Identifier' || key.type === 'StringLiteral' ? nameOf(key) : undefined;
}
