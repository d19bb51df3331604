/**
 * A node of the parser's tree (ESTree as Babel extends it). Kept structural on purpose: the passes here visit
 * every kind of node and care about few, and offsets are always present in what the parser returns.
 */
export interface SyntaxNode {
  readonly type: string;
  /** UTF-16 offset of the first character. */
  readonly start: number;
  /** UTF-16 offset after the last character. */
  readonly end: number;
  readonly [property: string]: unknown;
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'start' in value &&
    typeof value.start === 'number' &&
    'end' in value &&
    typeof value.end === 'number'
  );
}

export function childNode(node: SyntaxNode, property: string): SyntaxNode | undefined {
  const value = node[property];
  return isSyntaxNode(value) ? value : undefined;
}

/** The nodes of a list property; holes in array patterns are left out. */
export function childList(node: SyntaxNode, property: string): readonly SyntaxNode[] {
  const value = node[property];
  return Array.isArray(value) ? value.filter(isSyntaxNode) : [];
}

const notChildren = new Set([
  'loc',
  'extra',
  'errors',
  'leadingComments',
  'innerComments',
  'trailingComments',
]);

export function forEachChild(node: SyntaxNode, visit: (child: SyntaxNode) => void): void {
  for (const property of Object.keys(node)) {
    if (notChildren.has(property)) continue;
    const value = node[property];
    if (Array.isArray(value)) {
      for (const item of value) if (isSyntaxNode(item)) visit(item);
    } else if (isSyntaxNode(value)) {
      visit(value);
    }
  }
}

/** The name of an identifier, or the value of a string used as a name (`import { 'a b' as c }`). */
export function nameOf(node: SyntaxNode): string {
  const name = node.type === 'StringLiteral' ? node.value : node.name;
  if (typeof name !== 'string') throw new TypeError(`a ${node.type} has no name`);
  return name;
}

/** The offset of the next token: between two tokens there is nothing but white space and comments. */
export function skipTrivia(source: string, offset: number): number {
  const trivia = /(?:\s|\/\/[^\r\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/uy;
  trivia.lastIndex = offset;
  trivia.exec(source);
  return trivia.lastIndex;
}

/** Every name that a binding pattern declares. */
export function patternNames(pattern: SyntaxNode, names: string[] = []): string[] {
  switch (pattern.type) {
    case 'Identifier':
      names.push(nameOf(pattern));
      break;
    case 'ObjectPattern':
      for (const property of childList(pattern, 'properties')) patternNames(property, names);
      break;
    case 'ArrayPattern':
      for (const element of childList(pattern, 'elements')) patternNames(element, names);
      break;
    case 'ObjectProperty':
      visitInto(childNode(pattern, 'value'), names);
      break;
    case 'AssignmentPattern':
      visitInto(childNode(pattern, 'left'), names);
      break;
    case 'RestElement':
      visitInto(childNode(pattern, 'argument'), names);
      break;
  }
  return names;
}

function visitInto(pattern: SyntaxNode | undefined, names: string[]): void {
  if (pattern !== undefined) patternNames(pattern, names);
}
