/** The difference of two outputs for a person to read: the lines that differ, where in them, and a little around. */
import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { OutputDifference } from '../compare-outputs.ts';
import { type DiffPart, diffSequences } from './line-diff.ts';
import type { Palette } from './palette.ts';

const CONTEXT_LINES = 3;
const MAX_LINES = 200;
const MAX_LINE_LENGTH = 2000;

/** Lines `- expected` and `+ actual`, each ended by a newline. */
export function renderDifference(difference: OutputDifference, palette: Palette): string {
  const { key, expected, actual } = difference;
  const title = palette.bold(key);
  if (expected === undefined) {
    return `${title} ${palette.dim('is not in the notebook:')}\n${block(linesOf(actual ?? ''), '+', palette.green)}`;
  }
  if (actual === undefined) {
    return `${title} ${palette.dim('did not come:')}\n${block(linesOf(expected), '-', palette.red)}`;
  }
  const [before, after] = visibleTexts(expected, actual);
  const lines = limited(renderParts(diffSequences(linesOf(before), linesOf(after)), palette));
  const legend = `${palette.red('- the notebook has')}  ${palette.green('+ this run gives')}`;
  return `${title} ${palette.dim('differs:')}  ${legend}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function block(lines: readonly string[], sign: string, paint: (text: string) => string): string {
  return limited(lines.map((line) => paint(`${sign} ${line}`)))
    .map((line) => `${line}\n`)
    .join('');
}

function limited(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}

/** Base64 says nothing to a person; a line end at the end of the text does, when the other has none. */
function linesOf(text: string): readonly string[] {
  if (text.length > 64 && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) && !/ /.test(text)) {
    const hash = createHash('sha256').update(text.replaceAll(/\s/g, '')).digest('hex').slice(0, 16);
    return [`<base64, ${text.length} characters, sha256 ${hash}…>`];
  }
  return text.split('\n').map((line) => {
    const shown = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
    return printable(shown);
  });
}

/** Control characters would act on the terminal instead of being seen. */
function printable(line: string): string {
  return line.replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, (character) =>
    character === '\x7f' ? '␡' : String.fromCodePoint(0x2400 + character.charCodeAt(0)),
  );
}

/** Where only invisible characters differ, they are made visible; where colours don't differ, they are dropped. */
function visibleTexts(expected: string, actual: string): readonly [string, string] {
  const [before, after] = [stripVTControlCharacters(expected), stripVTControlCharacters(actual)];
  if (before === after) return [expected, actual];
  if (before.replaceAll(/\s/g, '') !== after.replaceAll(/\s/g, '')) return [before, after];
  const show = (text: string) =>
    text.replaceAll(' ', '·').replaceAll('\t', '→').replaceAll('\u00a0', '⍽').replaceAll(/\n$/g, '⏎');
  return [show(before), show(after)];
}

function renderParts(parts: readonly DiffPart[], palette: Palette): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const next = parts[index + 1];
    if (part === undefined) break;
    if (part.kind === 'same') lines.push(...context(part.items, index === 0, next === undefined, palette));
    else if (part.kind === 'removed' && next?.kind === 'added') {
      lines.push(...renderReplaced(part.items, next.items, palette));
      index += 1;
    } else {
      const [sign, paint] = part.kind === 'removed' ? ['-', palette.red] : ['+', palette.green];
      lines.push(...part.items.map((line) => paint(`${sign} ${line}`)));
    }
  }
  return lines;
}

function context(
  lines: readonly string[],
  isFirst: boolean,
  isLast: boolean,
  palette: Palette,
): readonly string[] {
  const before = isFirst ? 0 : CONTEXT_LINES;
  const after = isLast ? 0 : CONTEXT_LINES;
  const show = (line: string) => `  ${line}`;
  const hidden = lines.length - before - after;
  if (hidden <= 1) return lines.map(show);
  return [
    ...lines.slice(0, before).map(show),
    palette.dim(`  ⋯ ${hidden} lines that agree`),
    ...(after === 0 ? [] : lines.slice(-after).map(show)),
  ];
}

/** As many lines as before: line by line, with the characters that differ. */
function renderReplaced(
  removed: readonly string[],
  added: readonly string[],
  palette: Palette,
): readonly string[] {
  const pairs =
    removed.length === added.length ? removed.map((line, index) => [line, added[index] ?? '']) : [];
  if (pairs.length === 0) {
    return [
      ...removed.map((line) => palette.red(`- ${line}`)),
      ...added.map((line) => palette.green(`+ ${line}`)),
    ];
  }
  return pairs.flatMap(([before = '', after = '']) => {
    const parts = diffSequences(Array.from(before), Array.from(after));
    const common = parts.reduce((sum, { kind, items }) => sum + (kind === 'same' ? items.length : 0), 0);
    // Where little is the same, single letters that happen to agree would only confuse.
    const mark =
      common * 2 >= Math.max(before.length, after.length) ? palette.inverse : (text: string) => text;
    const side = (kind: 'removed' | 'added') =>
      parts
        .filter((part) => part.kind === 'same' || part.kind === kind)
        .map((part) => (part.kind === 'same' ? part.items.join('') : mark(part.items.join(''))))
        .join('');
    return [palette.red(`- ${side('removed')}`), palette.green(`+ ${side('added')}`)];
  });
}
