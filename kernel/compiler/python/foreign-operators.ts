import type { Misfit } from '../source-hints.ts';

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
export function foreignOperator(source: string, at: number): Misfit | undefined {
  const found = FOREIGN_OPERATORS.find(([text]) => source.startsWith(text, at));
  if (found !== undefined) {
    const [text, hint] = found;
    return { length: text.length, message: `'${text}' is no operator of Python`, hint };
  }
  if (source[at] !== '!' || source[at + 1] === '=') return undefined;
  return { length: 1, message: `'!' is no operator of Python`, hint: `write 'not'` };
}
