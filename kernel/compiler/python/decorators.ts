import type { Call, Expression, FunctionDefinition } from '../core.ts';
import { stringContent } from './annotations.ts';
import type { Cursor } from './cursor.ts';
import { namedExpression } from './expressions.ts';
import { describeToken } from './token.ts';

export type DeclaredSignatures = FunctionDefinition['declaredSignatures'];

/** Decorators that say "compile this", whatever they are an attribute of. */
const COMPILES: ReadonlySet<string> = new Set(['rjit', 'jit', 'njit']);

/** Options of numba's decorators that change nothing about the result. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['nopython', 'cache', 'nogil', 'inline', 'debug', 'looplift'],
  ...['parallel', 'boundscheck'],
]);

/** Options that are the cell's. */
const OF_THE_CELL: ReadonlyMap<string, string> = new Map([
  ['fastmath', '--fastmath'],
  ['error_model', '--error-model numpy'],
]);

/** The `@…` lines above a function: the signatures they declare. */
export function decorators(cursor: Cursor): DeclaredSignatures {
  const signatures: DeclaredSignatures[number][] = [];
  while (cursor.accept('@') !== undefined) {
    const node = cursor.quietly(() => namedExpression(cursor));
    if (!cursor.atKind('newline')) {
      cursor.fail(`expected the end of the decorator, found ${describeToken(cursor.token)}`);
    }
    cursor.take();
    signatures.push(...decoratorSignatures(cursor, node));
  }
  return signatures;
}

function decoratorSignatures(cursor: Cursor, node: Expression): DeclaredSignatures {
  const callee = node.kind === 'call' ? node.callee : node;
  const name = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : undefined;
  if (name === undefined || !COMPILES.has(name)) {
    const shown = cursor.source.slice(callee.span.start, callee.span.end);
    const hint =
      name === 'vectorize'
        ? 'remove it and call the function with .map(…)'
        : `remove it, or write @rjit('…')`;
    cursor.reportUnsupported(`the decorator '@${shown}' is not supported`, node.span, hint);
    return [];
  }
  if (node.kind !== 'call') return [];
  for (const keyword of node.keywords) checkOption(cursor, keyword);
  return node.args.flatMap((argument) => signaturesOf(cursor, argument));
}

function checkOption(cursor: Cursor, { name, value, span }: Call['keywords'][number]): void {
  if (HARMLESS.has(name) || (value.kind === 'bool' && !value.value)) return;
  const option = OF_THE_CELL.get(name);
  const hint = option === undefined ? 'remove it' : `remove it, and write '${option}' behind %%rjit`;
  cursor.reportUnsupported(`the option '${name}' of a decorator is not supported`, span, hint);
}

/** `'int64(int64)'`, `int64(int64)`, or several of them in a list or tuple. */
function signaturesOf(cursor: Cursor, argument: Expression): DeclaredSignatures {
  const { start, end } = argument.span;
  const text = cursor.source.slice(start, end);
  switch (argument.kind) {
    case 'string':
      return [stringContent(text, argument.value, argument.span)];
    case 'call':
      return [{ text: withoutModules(text), span: argument.span }];
    case 'tuple':
      return argument.elements.flatMap((element) => signaturesOf(cursor, element));
    default: {
      const hint = `write it as text: @rjit('int64(int64, int64)')`;
      cursor.reportUnsupported(`'${text}' is not a signature`, argument.span, hint);
      return [];
    }
  }
}

/** `nb.float64(nb.types.int8)` without its modules. */
function withoutModules(text: string): string {
  return text.replaceAll(/(?:\b[A-Za-z_]\w*\.)+(?=[A-Za-z_])/g, '');
}
