/** Characters of other languages, and of word processors, that turn up in Python sources. */
export interface ForeignCharacters {
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

const FOREIGN_OPERATORS: readonly (readonly [text: string, hint: string])[] = [
  ['!==', `write '!='`],
  ['===', `write '=='`],
  ['>>>', `write '>>': Python has no logical shift`],
  ['&&', `write 'and'`],
  ['||', `write 'or'`],
  ['<>', `write '!='`],
  ['=>', 'write a function with def'],
  ['??', `write a conditional expression: 'b if a else c'`],
  ['?', `write a conditional expression: 'b if a else c'`],
];

/** An operator of another language at this place, where Python can have none that begins alike. */
export function foreignOperator(source: string, at: number): ForeignCharacters | undefined {
  const found = FOREIGN_OPERATORS.find(([text]) => source.startsWith(text, at));
  if (found !== undefined) {
    const [text, hint] = found;
    return { length: text.length, message: `'${text}' is no operator of Python`, hint };
  }
  if (source[at] !== '!' || source[at + 1] === '=') return undefined;
  return { length: 1, message: `'!' is no operator of Python`, hint: `write 'not'` };
}

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

/** A character that can't stand in Python outside strings and comments. */
export function invalidCharacter(source: string, at: number): ForeignCharacters {
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
