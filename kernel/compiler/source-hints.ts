/** A piece of source that can't stand where it is, and what is meant instead. */
export interface Misfit {
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

/** What word processors, keyboards and other notations put for characters of programs. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '−': '-',
  '–': '-',
  '—': '-',
  '×': '*',
  '·': '*',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '²': '**2',
  '³': '**3',
  '，': ',',
  '：': ':',
  '；': ';',
  '（': '(',
  '）': ')',
  '\u00a0': ' ',
};

/** A character that no program has outside strings and comments. */
export function invalidCharacter(source: string, at: number): Misfit {
  const codePoint = source.codePointAt(at) ?? 0;
  const character = String.fromCodePoint(codePoint);
  const number = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `'${character}' (${number})` : number;
  const plain = LOOKALIKES[character];
  return {
    length: character.length,
    message: `the character ${shown} cannot stand here`,
    ...(plain === undefined ? {} : { hint: plain === ' ' ? 'write a plain space' : `write ${plain}` }),
  };
}

/** What may be meant by letters directly behind a number. Python and TypeScript share these misreadings. */
export function numberSuffixHint(number: string, suffix: string): string {
  if (/^_+[0-9_]*$/.test(suffix)) return `write one '_' between two digits`;
  if (/^[iI]$/.test(suffix)) return `write ${number}j for an imaginary number`;
  if (/^[eE]$/.test(suffix)) return `write the digits of the exponent: ${number}e3`;
  if (/^[nNlL]$/.test(suffix)) return `write ${number}`;
  if (/^[fFdD]$/.test(suffix)) return `write ${/[.eE]/.test(number) ? number : `${number}.0`}`;
  if (/^[A-Za-z]\w*$/.test(suffix) && !number.startsWith('0'))
    return `write ${number} * ${suffix}, or begin the name with a letter`;
  return 'a name cannot begin with a digit';
}
