import { blankFunction } from './blank-function.ts';
import { type ErasedRanges, NotErasable } from './erased-ranges.ts';
import { childList, childNode, forEachChild, type SyntaxNode, skipTrivia } from './syntax-tree.ts';

type Visit = (node: SyntaxNode) => void;

/** The class itself; `visit` brings its members to {@link blankClassMember}. */
export function blankClass(ranges: ErasedRanges, node: SyntaxNode, visit: Visit): void {
  if (node.declare === true) {
    ranges.eraseStatement(node);
    return;
  }
  if (node.abstract === true) ranges.eraseToken(node.start, 'abstract');
  for (const part of ['id', 'typeParameters', 'superClass', 'superTypeParameters', 'superTypeArguments']) {
    const child = childNode(node, part);
    if (child !== undefined) visit(child);
  }
  blankImplements(ranges, node);
  const body = childNode(node, 'body');
  if (body !== undefined) forEachChild(body, visit);
}

function blankImplements(ranges: ErasedRanges, node: SyntaxNode): void {
  const list = childList(node, 'implements');
  const first = list[0];
  const last = list.at(-1);
  if (first === undefined || last === undefined) return;
  // Between the keyword and the first name there are only white space and comments.
  let start = ranges.source.lastIndexOf('implements', first.start - 1);
  while (skipTrivia(ranges.source, start + 'implements'.length) !== first.start) {
    start = ranges.source.lastIndexOf('implements', start - 1);
    if (start < node.start) throw new NotErasable(node);
  }
  ranges.erase(start, last.end);
}

const typeOnlyModifiers = new Set([
  'public',
  'private',
  'protected',
  'readonly',
  'abstract',
  'override',
  'declare',
]);

export function blankClassMember(ranges: ErasedRanges, node: SyntaxNode, visit: Visit): void {
  const isTypeOnly =
    node.type === 'TSDeclareMethod' ||
    node.type === 'TSIndexSignature' ||
    node.declare === true ||
    (node.abstract === true && node.type.endsWith('Property'));
  if (isTypeOnly) {
    ranges.eraseStatement(node);
    return;
  }
  const key = childNode(node, 'key');
  if (key === undefined) throw new NotErasable(node);
  blankModifiers(ranges, node, key);
  if (node.optional === true) ranges.eraseToken(afterKey(ranges, node, key), '?');
  if (node.definite === true) ranges.eraseToken(afterKey(ranges, node, key), '!');
  if (node.type.endsWith('Method')) {
    blankFunction(ranges, node, visit);
    return;
  }
  forEachChild(node, visit);
  ranges.endStatement(node);
}

function afterKey(ranges: ErasedRanges, node: SyntaxNode, key: SyntaxNode): number {
  if (node.computed !== true) return key.end;
  return ranges.source.indexOf(']', skipTrivia(ranges.source, key.end)) + 1;
}

function blankModifiers(ranges: ErasedRanges, node: SyntaxNode, key: SyntaxNode): void {
  let offset = node.start;
  while (offset < key.start) {
    const modifier = wordAt(ranges.source, offset);
    if (modifier === undefined) break;
    const end = offset + modifier.length;
    if (typeOnlyModifiers.has(modifier)) {
      // A field without a semicolon may stand before: `x = 1`, `readonly ['y'] = 2` must not become `1['y']`.
      const opensMember =
        offset === node.start && /[[*]/u.test(ranges.source[memberStart(ranges, end)] ?? '');
      ranges.erase(offset, end, opensMember ? ';' : '');
    }
    offset = skipTrivia(ranges.source, end);
  }
}

/** Where the member begins once type-only modifiers are gone. */
function memberStart(ranges: ErasedRanges, offset: number): number {
  const next = skipTrivia(ranges.source, offset);
  const modifier = wordAt(ranges.source, next);
  if (modifier === undefined || !typeOnlyModifiers.has(modifier)) return next;
  return memberStart(ranges, next + modifier.length);
}

function wordAt(source: string, offset: number): string | undefined {
  const word = /[a-z]+/uy;
  word.lastIndex = offset;
  return word.exec(source)?.[0];
}
