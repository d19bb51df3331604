/**
 * Tells magics from TypeScript.
 *
 * `%` is also the remainder operator, and a line may begin with it. So a line is a magic only where TypeScript could
 * not read it: `%name` begins the line, what stands before it is complete, and `% name …` as an operator would be a
 * syntax error, or name a variable that doesn't exist. No valid TypeScript ever changes its meaning.
 */
import { isComplete } from '../language/is-complete.ts';
import type { MagicRegistry } from './registry.ts';
import { UsageError } from './usage-error.ts';

/** TypeScript whose line magics have become calls of `lineMagicFunction`, each on its own line. */
export interface TypeScriptCell {
  readonly kind: 'typescript';
  readonly source: string;
}

export interface CellMagicCell {
  readonly kind: 'cell-magic';
  readonly name: string;
  /** The rest of the magic's line, trimmed. */
  readonly arguments: string;
  /** Offset of `arguments` in the cell. */
  readonly argumentsOffset: number;
  readonly body: string;
  /** 1-based line of the cell on which `body` begins. */
  readonly bodyLine: number;
}

/** A line that can only be a magic, but there is none of that name, or it doesn't belong there. */
export interface MagicErrorCell {
  readonly kind: 'magic-error';
  readonly error: UsageError;
  /** 1-based. */
  readonly line: number;
}

export type ParsedCell = TypeScriptCell | CellMagicCell | MagicErrorCell;

/**
 * The function that a line magic becomes a call of: `(name: string, args: string) => Promise<unknown>`. The session
 * defines it as a global.
 */
export const lineMagicFunction = '__runLineMagic';

const CELL_MAGIC = /^(?:[ \t]*(?:\/\/[^\n]*)?\n)*[ \t]*%%([A-Za-z_]\w*)[ \t]*([^\n]*)(?:\n|$)/;
const LINE_MAGIC = /^([ \t]*)%([A-Za-z_]\w*)(?:[ \t]+(.*?))?[ \t]*$/;
/** No TypeScript has this outside of strings and comments. */
const MISPLACED_CELL_MAGIC = /^[ \t]*%%([A-Za-z_]\w*)(?=\s|$)/;

/**
 * Reads a cell. `isVariable` says whether the user's session has a variable of that name; it is only asked where both
 * readings are possible.
 */
export function parseCell(
  source: string,
  registry: MagicRegistry,
  isVariable: (name: string) => boolean = () => false,
): ParsedCell {
  const text = source.replaceAll('\r\n', '\n');
  return parseCellMagic(text) ?? parseLineMagics(text, registry, isVariable);
}

function parseCellMagic(text: string): CellMagicCell | undefined {
  const match = CELL_MAGIC.exec(text);
  const [header, name, args] = match ?? [];
  if (header === undefined || name === undefined || args === undefined) return undefined;
  const withoutBreak = header.endsWith('\n') ? header.slice(0, -1) : header;
  return {
    kind: 'cell-magic',
    name,
    arguments: args.trimEnd(),
    argumentsOffset: withoutBreak.length - args.length,
    body: text.slice(header.length),
    bodyLine: withoutBreak.split('\n').length + 1,
  };
}

function parseLineMagics(
  text: string,
  registry: MagicRegistry,
  isVariable: (name: string) => boolean,
): TypeScriptCell | MagicErrorCell {
  const lines = text.split('\n');
  replaceQuestion(lines, registry);
  for (const [index, line] of lines.entries()) {
    if (isShellLine(line, lines.slice(0, index).join('\n'), text, isVariable)) {
      lines[index] = call('!', line.replace(/^[ \t]*!/, '').trim(), lines.slice(index + 1).join('\n'));
      continue;
    }
    if (!/^[ \t]*%/.test(line)) continue;
    const before = lines.slice(0, index).join('\n');
    const misplaced = MISPLACED_CELL_MAGIC.exec(line)?.[1];
    if (misplaced !== undefined && isComplete(before).status === 'complete') {
      return { kind: 'magic-error', error: misplacedCellMagic(misplaced), line: index + 1 };
    }
    const [, indent, name, args = ''] = LINE_MAGIC.exec(line) ?? [];
    if (indent === undefined || name === undefined) continue;
    const reading = readLine({ before, line, indented: indent !== '', cell: text, name }, isVariable);
    if (reading === 'typescript') continue;
    if (registry.hasLineMagic(name)) {
      lines[index] = call(name, args, lines.slice(index + 1).join('\n'));
    } else if (reading === 'magic' && isComplete(before).status === 'complete') {
      return { kind: 'magic-error', error: registry.unknownLineMagic(name), line: index + 1 };
    }
  }
  return { kind: 'typescript', source: lines.join('\n') };
}

/** `name?` and `name??`, or `?name` and `??name` at the top, in the last line that says something. */
function replaceQuestion(lines: string[], registry: MagicRegistry): void {
  const index = lines.findLastIndex((line) => line.trim() !== '');
  const line = lines[index]?.trim() ?? '';
  const before = lines.slice(0, index).join('\n');
  const [, name, mark] = /^(%{0,2}[\p{L}_$][\p{L}\p{N}_$.]*)(\?{1,2})$/u.exec(line) ?? [];
  const [, markBefore, nameBehind] = /^(\?{1,2})(%{0,2}[\p{L}_$][\p{L}\p{N}_$.]*)$/u.exec(line) ?? [];
  const isTop = before.trim() === '';
  const question = mark ?? (isTop ? markBefore : undefined);
  const expression = name ?? nameBehind;
  if (question === undefined || expression === undefined || !registry.hasLineMagic(question)) return;
  // A conditional expression that goes on below has more lines.
  if (isComplete(before).status !== 'incomplete') lines[index] = call(question, expression, '');
}

/** Literals and operators: with them, `!` can only be TypeScript's. */
const NEGATED =
  /^(?:true|false|null|undefined|NaN|this|new|typeof|void|await|function|class|super|import|async|delete)$/;

/**
 * `!ls -l`. `!` is TypeScript's negation, too, so a line is a command only where TypeScript could not read it, or
 * where it would negate a variable that doesn't exist.
 */
function isShellLine(
  line: string,
  before: string,
  cell: string,
  isVariable: (name: string) => boolean,
): boolean {
  const [, command] = /^[ \t]*!(?!=)(.*)$/.exec(line) ?? [];
  if (command === undefined || command.trim() === '' || isComplete(before).status === 'incomplete')
    return false;
  switch (isComplete(`${before}\n${line}`).status) {
    case 'invalid':
      return true;
    case 'incomplete':
      return false;
    default: {
      const [name] = /^[A-Za-z_$][\w$]*/.exec(command.trimStart()) ?? [];
      if (name === undefined || NEGATED.test(name) || isVariable(name)) return false;
      const uses = cell.match(new RegExp(`(?<![\\w$!])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'));
      return uses === null;
    }
  }
}

function misplacedCellMagic(name: string): UsageError {
  return new UsageError(`%%${name} takes a whole cell: put it at the top of a cell of its own`);
}

interface CandidateLine {
  /** What stands above, with its magics already replaced. */
  readonly before: string;
  readonly line: string;
  readonly indented: boolean;
  readonly cell: string;
  readonly name: string;
}

/** `magic-or-error`: an operator by syntax, but its right operand would be a variable that isn't there. */
type Reading = 'typescript' | 'magic' | 'magic-or-error';

function readLine(
  { before, line, indented, cell, name }: CandidateLine,
  isVariable: (name: string) => boolean,
): Reading {
  // Within a string, a comment, brackets, or after an operator.
  if (isComplete(before).status === 'incomplete') return 'typescript';
  // Without a left operand there is no remainder.
  if (isComplete(`${before}\n% 0`).status === 'invalid') return 'magic';
  if (isComplete(`${before}\n${line}`).status === 'invalid') return 'magic-or-error';
  const isNamed = isVariable(name) || new RegExp(`(?<![\\w$%])${name}(?![\\w$])`).test(cell);
  return indented || isNamed ? 'typescript' : 'magic-or-error';
}

/** One line, so that positions in the rest of the cell stay as they are. */
function call(name: string, args: string, after: string): string {
  const text = `await ${lineMagicFunction}(${JSON.stringify(name)}, ${JSON.stringify(args)})`;
  return continuesExpression(after) ? `${text};` : text;
}

/** Whether the next code would be read as part of the call, as `(…)`, `[…]` or a template would. */
function continuesExpression(after: string): boolean {
  const code = after.replace(/^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/, '');
  return /^[([`+\-*/.,?<=>&|^]/.test(code);
}
