const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '${': '}' };

/** Comments, strings, and the brackets and back-quotes between them. */
const PIECES = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|[()[\]{}`]/g;
const TEMPLATE_PIECES = /\\[\s\S]|\$\{|`/g;

/**
 * The offsets of the brackets that are still open at the end of the text, the innermost last. Only to explain an
 * error that the parser has found: regular expressions are not recognised.
 */
export function openBrackets(text: string): number[] {
  const open: { readonly text: string; readonly at: number }[] = [];
  let at = 0;
  while (at < text.length) {
    const inTemplate = open.at(-1)?.text === '`';
    const pattern = inTemplate ? TEMPLATE_PIECES : PIECES;
    pattern.lastIndex = at;
    const piece = pattern.exec(text);
    if (piece === null) break;
    at = piece.index + piece[0].length;
    if (piece[0] === '`' && inTemplate) open.pop();
    else if (piece[0] === '`' || CLOSERS[piece[0]] !== undefined)
      open.push({ text: piece[0], at: piece.index });
    else if (CLOSERS[open.at(-1)?.text ?? ''] === piece[0]) open.pop();
  }
  return open.filter((bracket) => bracket.text !== '`').map((bracket) => bracket.at);
}

/** What closes the bracket at an offset. */
export function closerOf(text: string, at: number): string {
  return CLOSERS[text.startsWith('${', at) ? '${' : text.charAt(at)] ?? '';
}
