/**
 * Regular expressions in Python's syntax, as nbval's sanitizer files have them, as JavaScript's. What JavaScript
 * can't express is refused, never changed silently. https://docs.python.org/3/library/re.html
 */

/** The text says what was found and what can be used instead. */
export class PythonRegexpError extends Error {
  override readonly name = 'PythonRegexpError';
}

const WORD = '\\p{L}\\p{N}_';
const classEscapes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: WORD,
  s: '\\s\\x1c-\\x1f\\x85',
};
const escapes: Readonly<Record<string, string>> = {
  ...classEscapes,
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
  s: '[\\s\\x1c-\\x1f\\x85]',
  S: '[^\\s\\x1c-\\x1f\\x85]',
  b: `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`,
  B: `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`,
  A: '(?<![\\s\\S])',
  Z: '(?![\\s\\S])',
  a: '\\x07',
};

/** The JavaScript twin of `re.compile(pattern)`, for `replace`: global. @throws {PythonRegexpError} */
export function pythonRegexp(pattern: string): RegExp {
  const [, inlineFlags = ''] = /^\(\?([aiLmsux]+)\)/.exec(pattern) ?? [];
  const unsupported = inlineFlags.replaceAll(/[imsu]/g, '');
  if (unsupported !== '') throw new PythonRegexpError(`the flag (?${unsupported}) has no counterpart here`);
  const body = inlineFlags === '' ? pattern : pattern.slice(inlineFlags.length + 3);
  const flags = inlineFlags.replaceAll('u', '').split('');
  const source = translate(body, flags.includes('m'), flags.includes('s'));
  try {
    return new RegExp(source, `gu${[...new Set(flags)].filter((flag) => flag === 'i').join('')}`);
  } catch (error) {
    throw new PythonRegexpError(error instanceof Error ? error.message : String(error));
  }
}

function translate(pattern: string, multiline: boolean, dotAll: boolean): string {
  // `^`, `$` and `.` know no line end but \n in Python; JavaScript's also know \r, \u2028 and \u2029.
  const anchors: Readonly<Record<string, string>> = {
    '^': multiline ? '(?<![^\\n])' : '(?<![\\s\\S])',
    $: multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))',
    '.': dotAll ? '[\\s\\S]' : '[^\\n]',
  };
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const [token, source] = escapeToken(rest) ??
      classToken(rest) ??
      groupToken(rest) ??
      quantifierToken(rest) ?? [firstOf(rest)];
    out += source ?? anchors[token] ?? (/[{}\]]/.test(token) ? `\\${token}` : token);
    at += token.length;
  }
  return out;
}

/** A character outside the basic plane is one token. */
function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}

type Translation = readonly [token: string, source: string] | undefined;

function escapeToken(rest: string): Translation {
  if (!rest.startsWith('\\')) return undefined;
  const number = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[1-9][0-9]?)/.exec(rest)?.[0];
  if (number !== undefined) return [number, number];
  const wide = /^\\U([0-9a-fA-F]{8})/.exec(rest);
  if (wide !== null) return [wide[0], `\\u{${wide[1]}}`];
  return [rest.slice(0, 2), escapeSource(rest, escapes)];
}

/** `\n` stays, `\-` becomes what `u` regular expressions allow, an unknown letter is Python's error too. */
function escapeSource(rest: string, table: Readonly<Record<string, string>>): string {
  const letter = rest[1];
  if (letter === undefined) throw new PythonRegexpError('it ends with a single backslash');
  if (Object.hasOwn(table, letter)) return table[letter] ?? '';
  if (/[nrtfv]/.test(letter)) return `\\${letter}`;
  if (letter === '0') return '\\0';
  if (/[A-Za-z0-9]/.test(letter)) throw new PythonRegexpError(`the escape \\${letter} is not known`);
  return literal(letter);
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(character)
    ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    : character;
}

function classToken(rest: string): Translation {
  const match = /^\[(\^?)(\]?(?:\\[\s\S]|[^\]\\])*)\]/.exec(rest);
  if (match === null) {
    if (rest.startsWith('[')) throw new PythonRegexpError('a [ is not closed');
    return undefined;
  }
  const [token, not = '', body = ''] = match;
  return [
    token,
    `[${not}${body.replace(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])|[[\]^/]/g, classMember)}]`,
  ];
}

function classMember(member: string): string {
  if (!member.startsWith('\\')) return literal(member);
  if (member.length > 2) return member;
  if (/^\\[WS]$/.test(member)) return `\\${member[1] === 'S' ? 'S' : negatedWord()}`;
  return member === '\\b' ? '\\x08' : escapeSource(member, { ...classEscapes, a: '\\x07' });
}

function negatedWord(): never {
  throw new PythonRegexpError('\\W inside of [ ] has no counterpart here; write [^\\w…] instead');
}

function groupToken(rest: string): Translation {
  if (!rest.startsWith('(?')) return undefined;
  const named = /^\(\?P<([^>]*)>/.exec(rest);
  if (named !== null) return [named[0], `(?<${named[1]}>`];
  const backreference = /^\(\?P=([^)]*)\)/.exec(rest);
  if (backreference !== null) return [backreference[0], `\\k<${backreference[1]}>`];
  const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
  if (comment !== undefined) return [comment, ''];
  const plain = /^\(\?(?:[:=!]|<[=!])/.exec(rest)?.[0];
  if (plain !== undefined) return [plain, plain];
  throw new PythonRegexpError(`${rest.slice(0, 4)}… has no counterpart here`);
}

function quantifierToken(rest: string): Translation {
  const match = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})(\??)(\+?)/.exec(rest);
  if (match === null) return undefined;
  const [token, least = '', comma = '', most = '', , possessive] = match;
  if (possessive === '+') throw new PythonRegexpError(`the possessive ${token} has no counterpart here`);
  if (!token.startsWith('{')) return [token, token];
  if (least === '' && most === '') return comma === '' ? undefined : [token, token.replace('{,', '{0,')];
  return [token, least === '' ? token.replace('{,', '{0,') : token];
}

/** Python's replacement text (`\1`, `\g<name>`, `\n`) as the text for one match. @throws {PythonRegexpError} */
export function pythonReplacement(template: string): (match: RegExpMatchArray) => string {
  const parts = [...template.matchAll(/\\g<(\w+)>|\\([1-9][0-9]?)|\\([\s\S]?)|[^\\]+/g)];
  const readers = parts.map(([text, name, number, letter]) => {
    const group = name ?? number;
    if (group !== undefined) return groupReader(group);
    const fixed = letter === undefined ? text : replacementEscape(letter);
    return () => fixed;
  });
  return (match) => readers.map((read) => read(match)).join('');
}

function groupReader(group: string): (match: RegExpMatchArray) => string {
  if (/^\d+$/.test(group)) return (match) => match[Number(group)] ?? '';
  return (match) => match.groups?.[group] ?? '';
}

function replacementEscape(letter: string): string {
  const characters: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    f: '\f',
    v: '\v',
    a: '\x07',
    b: '\b',
    0: '\0',
    '\\': '\\',
  };
  const character = characters[letter];
  if (character !== undefined) return character;
  if (/[A-Za-z0-9]/.test(letter) || letter === '') {
    throw new PythonRegexpError(`the escape \\${letter} is not known in a replacement`);
  }
  return `\\${letter}`;
}
