/**
 * Reads what clang writes with `-fno-caret-diagnostics -fdiagnostics-print-source-range-info` about a source that it
 * had from its standard input: `<stdin>:5:15:{5:15-5:18}: error: use of undeclared identifier 'abc'`.
 */
import type { Diagnostic, Span } from '../diagnostic.ts';

export interface ClangMessages {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

interface Message {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `{5:15-5:18}` */
  readonly range: string | undefined;
  readonly level: string;
  readonly text: string;
}

const MESSAGE = /^(.+?):(\d+):(\d+):((?:\{[\d:-]+\})*):? (fatal error|error|warning|note): (.*)$/;
const MAIN_FILE = '<stdin>';
const MAX_NOTES = 4;

export function readClangMessages(text: string, source: string): ClangMessages {
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const messages = text.split('\n').flatMap((line) => parseMessage(line) ?? []);
  messages.forEach((message, index) => {
    if (message.level === 'note') return;
    const next = messages.findIndex((other, at) => at > index && other.level !== 'note');
    const notes = messages.slice(index + 1, next === -1 ? undefined : next);
    const diagnostic = diagnosticOf(message, notes, source);
    (message.level === 'warning' ? warnings : errors).push(diagnostic);
  });
  return { errors, warnings };
}

function parseMessage(line: string): Message | undefined {
  const [, file, lineNumber, column, ranges = '', level = '', text = ''] = MESSAGE.exec(line) ?? [];
  if (file === undefined) return undefined;
  const range = /\{[\d:-]+\}/.exec(ranges)?.[0];
  return { file, line: Number(lineNumber), column: Number(column), range, level, text };
}

function diagnosticOf(message: Message, notes: readonly Message[], source: string): Diagnostic {
  // A warning's name says how to switch it off.
  const said = message.level === 'warning' ? message.text : message.text.replace(/ \[-W[^\]]*\]$/, '');
  const { text, hint } = splitHint(said);
  // An error within a header is shown where the cell led to it.
  const place = [message, ...notes].find(({ file }) => file === MAIN_FILE);
  const remarks = notes.slice(0, MAX_NOTES).map((note) => remarkOf(note));
  const within = message.file === MAIN_FILE ? [] : [`in ${message.file}:${message.line}`];
  return {
    code: 'clang',
    message: text,
    span: place === undefined ? { start: 0, end: 0 } : spanOf(place, source),
    ...(hint === undefined ? {} : { hint }),
    ...(remarks.length + within.length === 0 ? {} : { notes: [...within, ...remarks] }),
  };
}

function splitHint(message: string): { text: string; hint: string | undefined } {
  const [, text = message, hint] = /^(.*); (did you mean .*)$/.exec(message) ?? [];
  return { text, hint };
}

function remarkOf({ file, line, text }: Message): string {
  return `note: ${text}${file === MAIN_FILE ? ` (line ${line})` : ''}`;
}

/** Clang counts columns in bytes of UTF-8. */
function spanOf({ line, column, range }: Message, source: string): Span {
  const start = offsetOf(source, line, column);
  const [, fromLine, from, toLine, to] = /^\{(\d+):(\d+)-(\d+):(\d+)\}$/.exec(range ?? '') ?? [];
  if (Number(fromLine) === line && Number(toLine) === line && Number(from) <= column) {
    const begin = offsetOf(source, line, Number(from));
    return { start: begin, end: Math.max(begin + 1, offsetOf(source, line, Number(to))) };
  }
  const [token = ''] = /^(?:[\p{L}\p{N}_$]+|[^\n])/u.exec(source.slice(start)) ?? [];
  return { start, end: start + Math.max(token.length, 1) };
}

function offsetOf(source: string, line: number, column: number): number {
  const lines = source.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return before + utf16Length(lines[line - 1] ?? '', column - 1);
}

/** How many UTF-16 units the first `byteLength` bytes of a line are. */
function utf16Length(text: string, byteLength: number): number {
  let bytes = 0;
  let units = 0;
  for (const character of text) {
    if (bytes >= byteLength) break;
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}
