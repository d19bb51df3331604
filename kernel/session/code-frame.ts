import { dim, red } from './ansi.ts';

/** Of longer lines, such as those with data in them, a part is shown. */
const MAX_COLUMNS = 160;

/**
 * The lines around a place, with a caret:
 * ```
 *  --> In[4]:2:10
 * 1 | const a = 1
 * 2 | return a.x.y
 *   |          ^
 * ```
 */
export function codeFrame(
  fileName: string,
  lines: readonly string[],
  line: number,
  column: number,
): string[] {
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const frame = [`${' '.repeat(width)}${dim('-->')} ${fileName}:${line}:${column}`];
  // The same columns of every line, so that they stand under each other.
  const start = column > MAX_COLUMNS - 20 ? column - MAX_COLUMNS / 2 : 0;
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1] ?? '';
    frame.push(`${dim(`${String(number).padStart(width)} |`)} ${shownPart(text, start)}`);
    if (number !== line) continue;
    // Tabs stay tabs, so that the caret stands under its character.
    const indent = text.slice(start, column - 1).replace(/[^\t]/gu, ' ');
    frame.push(`${dim(`${' '.repeat(width)} |`)} ${indent}${red('^')}`);
  }
  return frame;
}

/**
 * The lines around one that is known by its number only:
 * ```
 *   --> In[4], line 2
 *   1 | def foo(a, b):
 * > 2 |     return a // b
 * ```
 */
export function lineFrame(fileName: string, lines: readonly string[], line: number): string[] {
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const frame = [`${' '.repeat(width)} ${dim('-->')} ${fileName}, line ${line}`];
  for (let number = first; number <= last; number++) {
    const gutter = `${String(number).padStart(width)} |`;
    const mark = number === line ? `${red('>')} ${gutter}` : `  ${dim(gutter)}`;
    frame.push(`${mark} ${shownPart(lines[number - 1] ?? '', 0)}`);
  }
  return frame;
}

function shownPart(text: string, start: number): string {
  const part = text.slice(start, start + MAX_COLUMNS);
  const begin = start > 0 ? `…${part.slice(1)}` : part;
  return text.length > start + MAX_COLUMNS ? `${begin}…` : begin;
}
