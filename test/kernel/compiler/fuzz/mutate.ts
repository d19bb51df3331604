import type { Random } from './random.ts';

const TOKEN = /[A-Za-z_]\w*|\d+\.?\d*j?|\s+|[-+*/%<>=!&|^~]+|./gsu;
const KEYWORDS = new Set(
  'def return if else elif for in while function const let import from as and or not switch case do break continue raise assert throw new'.split(
    ' ',
  ),
);

type TokenClass = 'operand' | 'operator' | 'fixed';

/** Names and numbers stand for each other, operators for operators; the rest holds the program together. */
function classOf(token: string): TokenClass {
  if (/^\w/.test(token)) return KEYWORDS.has(token) ? 'fixed' : 'operand';
  return /^[-+*/%<>=!&|^~]/.test(token) ? 'operator' : 'fixed';
}

/** `source` with a few of its tokens replaced by others of it: often a program still, seldom a sensible one. */
export function mutate(random: Random, source: string): string {
  const tokens = source.match(TOKEN) ?? [];
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    const at = random.below(tokens.length);
    const kind = classOf(tokens[at] ?? ' ');
    if (kind === 'fixed') continue;
    tokens[at] = random.pick(tokens.filter((token) => classOf(token) === kind));
  }
  return tokens.join('');
}
