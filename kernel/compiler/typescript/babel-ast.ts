/** Babel's node types, as its parser's own declarations give them. */
import type { ParseResult } from '@babel/parser';

export type BabelFile = ParseResult;
export type BabelStatement = BabelFile['program']['body'][number];
export type BabelComment = NonNullable<BabelFile['comments']>[number];
export type BabelExpression = Extract<BabelStatement, { type: 'ExpressionStatement' }>['expression'];

/** The node of one type name. */
export type BabelNode<Type extends BabelStatement['type'] | BabelExpression['type']> = Extract<
  BabelStatement | BabelExpression,
  { type: Type }
>;

export type BabelDeclarator = BabelNode<'VariableDeclaration'>['declarations'][number];
export type BabelTarget = BabelDeclarator['id'] | BabelNode<'AssignmentExpression'>['left'];
export type BabelParameter = BabelNode<'FunctionDeclaration'>['params'][number];
export type BabelMethod = Extract<
  BabelNode<'ObjectExpression'>['properties'][number],
  { type: 'ObjectMethod' }
>;

export type BabelFunction =
  | BabelNode<'FunctionDeclaration'>
  | BabelNode<'FunctionExpression'>
  | BabelNode<'ArrowFunctionExpression'>
  | BabelMethod;

/** Where Babel keeps types: an annotation, its absence, or another language's. */
export type BabelTypeSlot = BabelNode<'FunctionDeclaration'>['returnType'];

export type BabelType = Extract<NonNullable<BabelTypeSlot>, { type: 'TSTypeAnnotation' }>['typeAnnotation'];

/** What every node has: UTF-16 offsets into the text that was parsed. */
export interface BabelPosition {
  readonly start?: number | null;
  readonly end?: number | null;
}
