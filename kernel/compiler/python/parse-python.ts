import type { Assign, CoreModule, FunctionDefinition, ModuleConstant, Statement } from '../core.ts';
import type { Result } from '../diagnostic.ts';
import { inSourceOrder, syntaxError, unsupportedSyntax } from '../parse-diagnostic.ts';
import { recovering, statementLine } from './blocks.ts';
import { Cursor } from './cursor.ts';
import { type DeclaredSignatures, decorators } from './decorators.ts';
import { functionDefinition } from './functions.ts';
import { describeToken } from './token.ts';
import { tokenizePython } from './tokenizer.ts';

/** Parses a cell of Python functions. Diagnostics come in source order, one or more for each broken statement. */
export function parsePython(source: string, fileName: string): Result<CoreModule> {
  const cursor = new Cursor(source, tokenizePython(source));
  const functions: FunctionDefinition[] = [];
  const constants: ModuleConstant[] = [];
  while (!cursor.atKind('end')) {
    if (cursor.atKind('dedent')) cursor.take();
    else if (cursor.at('def') || cursor.at('@')) functions.push(...topLevelFunction(cursor));
    else constants.push(...topLevelStatement(cursor));
  }
  rejectDuplicates(cursor, [...functions.map(named), ...constants]);
  if (cursor.diagnostics.length > 0) return { ok: false, diagnostics: inSourceOrder(cursor.diagnostics) };
  const { imports } = cursor;
  return { ok: true, value: { language: 'python', fileName, source, functions, constants, imports } };
}

function named({ name, nameSpan }: FunctionDefinition): { name: string; span: FunctionDefinition['span'] } {
  return { name, span: nameSpan };
}

/** Empty where the function couldn't be read. */
function topLevelFunction(cursor: Cursor): FunctionDefinition[] {
  const first = cursor.token;
  cursor.beginStatement();
  let signatures: DeclaredSignatures = [];
  if (cursor.at('@')) {
    signatures = recovering(cursor, first, () => decorators(cursor)) ?? [];
    if (cursor.at('@')) return [];
    if (!cursor.at('def') && !cursor.at('async') && !cursor.at('class')) {
      const message = `expected a function after the decorator, found ${describeToken(cursor.token)}`;
      cursor.report(syntaxError(message, cursor.token.span, `write 'def' below it`));
      return [];
    }
  }
  if (!cursor.at('def')) return [];
  const definition = recovering(cursor, cursor.token, () => functionDefinition(cursor, signatures));
  return definition === undefined ? [] : [definition];
}

/** Constants and imports may stand beside functions; anything else is one diagnostic for the whole statement. */
function topLevelStatement(cursor: Cursor): ModuleConstant[] {
  const reported = cursor.diagnostics.length;
  const statements = statementLine(cursor);
  const constants: ModuleConstant[] = [];
  for (const statement of statements) {
    const found = statement.kind === 'assign' ? constantsOf(statement) : undefined;
    if (found !== undefined) constants.push(...found);
    else refuse(cursor, statement, reported);
  }
  return constants;
}

function refuse(cursor: Cursor, statement: Statement, reported: number): void {
  const inside = cursor.diagnostics.splice(reported);
  cursor.diagnostics.push(...inside.filter(({ code }) => code !== 'unsupported-syntax'));
  const { start, end } = statement.span;
  const firstLine = cursor.source.slice(start, end).search(/[\r\n]|$/);
  const hint =
    'a cell of functions holds functions, imports and constants: move it into a function or another cell';
  const span = { start, end: start + firstLine };
  cursor.report(unsupportedSyntax('a statement outside of a function is not supported', span, hint));
}

/** `PI = 3.14`, `A = B = 1`, `A, B = 1, 2`. */
function constantsOf(assign: Assign): ModuleConstant[] | undefined {
  const { targets, value, annotation, span } = assign;
  if (value === undefined) return undefined;
  const constants: ModuleConstant[] = [];
  for (const target of targets) {
    if (target.kind === 'name') {
      constants.push({ name: target.name, value, ...(annotation === undefined ? {} : { annotation }), span });
      continue;
    }
    if (target.kind !== 'tuple' || value.kind !== 'tuple') return undefined;
    if (target.elements.length !== value.elements.length) return undefined;
    for (const [index, element] of target.elements.entries()) {
      const elementValue = value.elements[index];
      if (element.kind !== 'name' || elementValue === undefined) return undefined;
      constants.push({ name: element.name, value: elementValue, span });
    }
  }
  return constants;
}

function rejectDuplicates(
  cursor: Cursor,
  definitions: readonly { name: string; span: ModuleConstant['span'] }[],
): void {
  const seen = new Set<string>();
  for (const { name, span } of inSpanOrder(definitions)) {
    if (seen.has(name)) {
      const hint = 'rename one of them';
      cursor.report({
        code: 'duplicate-name',
        message: `'${name}' is defined twice in this cell`,
        span,
        hint,
      });
    }
    seen.add(name);
  }
}

function inSpanOrder<T extends { readonly span: ModuleConstant['span'] }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.span.start - b.span.start);
}
