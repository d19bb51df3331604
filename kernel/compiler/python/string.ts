const PREFIX = /^(?:[bruf]|br|rb|fr|rf)$/i;

/** Whether a word directly before a quote belongs to the string. */
export function isStringPrefix(word: string): boolean {
  return PREFIX.test(word);
}

export type ScannedString = { readonly ok: boolean; readonly end: number };

/** Scans a string whose opening quote is at `quote`; a string that isn't closed ends with its line or the source. */
export function scanString(source: string, quote: number): ScannedString {
  const mark = source[quote] ?? '';
  const triple = source.startsWith(mark.repeat(3), quote);
  const close = triple ? mark.repeat(3) : mark;
  let at = quote + close.length;
  while (at < source.length) {
    const character = source[at];
    if (character === '\\') {
      at += source.startsWith('\r\n', at + 1) ? 3 : 2;
    } else if (source.startsWith(close, at)) {
      return { ok: true, end: at + close.length };
    } else if (!triple && (character === '\n' || character === '\r')) {
      return { ok: false, end: at };
    } else {
      at += 1;
    }
  }
  return { ok: false, end: source.length };
}

export type DecodedString =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes' | 'format' }
  /** `at` is relative to the token. */
  | { readonly kind: 'bad-escape'; readonly at: number; readonly length: number };

/** The value of one string token. Bytes and f-strings are told apart, but have no value here. */
export function decodeString(text: string): DecodedString {
  const prefixLength = text.search(/['"]/);
  const prefix = text.slice(0, prefixLength).toLowerCase();
  if (prefix.includes('b')) return { kind: 'bytes' };
  if (prefix.includes('f')) return { kind: 'format' };
  const quoteLength =
    /^(?:'''|""")/.test(text.slice(prefixLength)) && text.length >= prefixLength + 6 ? 3 : 1;
  const start = prefixLength + quoteLength;
  const body = text.slice(start, text.length - quoteLength);
  if (prefix.includes('r')) return { kind: 'text', value: withPlainLineEnds(body) };
  return decodeEscapes(body, start);
}

const ESCAPE =
  /\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\s\S])|\r\n?/g;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\r': '',
  '\r\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function decodeEscapes(body: string, start: number): DecodedString {
  let bad: DecodedString | undefined;
  const value = body.replace(ESCAPE, (sequence: string, at: number) => {
    if (!sequence.startsWith('\\')) return '\n';
    const rest = sequence.slice(1);
    const simple = SIMPLE_ESCAPES[rest];
    if (simple !== undefined) return simple;
    if (/^[0-7]/.test(rest)) return String.fromCodePoint(Number.parseInt(rest, 8));
    const code = /^[xuU](.+)$/.exec(rest)?.[1];
    const codePoint = code === undefined ? Number.NaN : Number.parseInt(code, 16);
    if (codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    // The names of \N{…} are not known here, and a half-written \x is an error of Python's.
    if (/^[xuUN]/.test(rest)) bad ??= { kind: 'bad-escape', at: start + at, length: sequence.length };
    return sequence;
  });
  return bad ?? { kind: 'text', value };
}

function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * A docstring without the indentation of the code around it, as `inspect.cleandoc` gives it, and without spaces at the
 * ends of its lines.
 */
export function cleanDocstring(text: string): string {
  const [first = '', ...rest] = text.replaceAll('\t', '        ').split('\n');
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const margin = indents.length === 0 ? 0 : Math.min(...indents);
  return [first.trimStart(), ...rest.map((line) => line.slice(margin))]
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
