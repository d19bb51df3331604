import type { Diagnostic, Span } from './diagnostic.ts';

export interface RenderOptions {
  readonly source: string;
  /** Shown before line and column, e.g. `In[4]`. */
  readonly fileName: string;
  /** The number of the source's first line, 1 by default: more where a cell has lines above the source. */
  readonly firstLine?: number;
  readonly severity?: 'error' | 'warning';
  /** ANSI colours; plain text by default. */
  readonly color?: boolean;
}

/** Diagnostics as people read them: message, place, source line, caret, hint and notes; blank lines between them. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const lines = splitLines(options.source);
  const paint = options.color === true ? ansiPaint : plainPaint;
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, lines, options, paint)).join('\n\n');
}

type Role = 'error' | 'warning' | 'message' | 'gutter' | 'label';
type Paint = (role: Role, text: string) => string;

const plainPaint: Paint = (_role, text) => text;

/** SGR parameters: bold red, bold yellow, bold, blue, cyan. */
const STYLES: Readonly<Record<Role, string>> = {
  error: '1;31',
  warning: '1;33',
  message: '1',
  gutter: '34',
  label: '36',
};

const ansiPaint: Paint = (role, text) => (text === '' ? '' : `\x1b[${STYLES[role]}m${text}\x1b[0m`);

interface SourceLine {
  readonly start: number;
  readonly text: string;
}

function splitLines(source: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const { 0: end, index } of source.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ start, text: source.slice(start, index) });
    start = index + end.length;
  }
  return [...lines, { start, text: source.slice(start) }];
}

function renderDiagnostic(
  { code, message, span, hint, notes = [] }: Diagnostic,
  lines: readonly SourceLine[],
  { fileName, firstLine = 1, severity = 'error' }: RenderOptions,
  paint: Paint,
): string {
  const index = Math.max(
    0,
    lines.findLastIndex(({ start }) => start <= span.start),
  );
  const line = lines[index] ?? { start: 0, text: '' };
  const number = String(index + firstLine);
  const gutter = ' '.repeat(number.length);
  const column = Math.min(span.start - line.start, line.text.length) + 1;
  const { shown, before, width } = layOut(line, span);
  const remarks = [...(hint === undefined ? [] : [`hint: ${hint}`]), ...notes];
  return [
    `${paint(severity, `${severity}[${code}]`)}${paint('message', `: ${message}`)}`,
    `${gutter}${paint('gutter', '-->')} ${fileName}:${number}:${column}`,
    `${paint('gutter', `${number} |`)}${shown === '' ? '' : ` ${shown}`}`,
    `${gutter} ${paint('gutter', '|')} ${' '.repeat(before)}${paint(severity, '^'.repeat(width))}`,
    ...remarks.map((remark) => renderRemark(remark, gutter, paint)),
  ].join('\n');
}

function renderRemark(remark: string, gutter: string, paint: Paint): string {
  const [first = '', ...rest] = remark.split('\n');
  const labelled = first.startsWith('hint:') ? `${paint('label', 'hint:')}${first.slice(5)}` : first;
  return [`${gutter} ${paint('gutter', '=')} ${labelled}`, ...rest.map((line) => `${gutter}   ${line}`)].join(
    '\n',
  );
}

const TAB_COLUMNS = 4;

/** The line as shown, the columns before the carets, and how many carets: the span's part on its first line. */
function layOut(line: SourceLine, span: Span): { shown: string; before: number; width: number } {
  const from = Math.min(span.start - line.start, line.text.length);
  const to = Math.max(from, Math.min(span.end - line.start, line.text.length));
  const { shown } = displayed(line.text, 0);
  const before = displayed(line.text.slice(0, from), 0).columns;
  const { columns } = displayed(line.text.slice(from, to), before);
  return { shown: shown.trimEnd(), before, width: Math.max(1, columns) };
}

/** Text as a terminal shows it from a column on: tabs to the next stop, control characters as their pictures. */
function displayed(text: string, column: number): { shown: string; columns: number } {
  let shown = '';
  let at = column;
  for (const character of text) {
    const isTab = character === '\t';
    const columns = isTab ? TAB_COLUMNS - (at % TAB_COLUMNS) : columnsOf(character);
    shown += isTab ? ' '.repeat(columns) : visible(character);
    at += columns;
  }
  return { shown, columns: at - column };
}

function visible(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x20) return String.fromCodePoint(0x2400 + codePoint);
  return codePoint === 0x7f ? '\u2421' : character;
}

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** East Asian wide and fullwidth characters, and emoji shown as such, take two columns. */
const WIDE = new RegExp(
  '^(?:\\p{Emoji_Presentation}|[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3' +
    '\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{20000}-\\u{3fffd}])$',
  'u',
);

function columnsOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
