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

/**
 * `source` with a few of its tokens replaced by others of it: often a program still, seldom a sensible one. Now and
 * then with a token left out, doubled or put elsewhere, or cut off in the middle: seldom a program.
 */
export function mutate(random: Random, source: string): string {
  const tokens = source.match(TOKEN) ?? [];
  if (tokens.length === 0) return source;
  if (random.chance(0.15)) return source.slice(random.below(source.length));
  if (random.chance(0.2)) return source.slice(0, random.below(source.length));
  if (random.chance(0.3)) return disturbed(random, tokens).join('');
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    const at = random.below(tokens.length);
    const kind = classOf(tokens[at] ?? ' ');
    if (kind === 'fixed') continue;
    tokens[at] = random.pick(tokens.filter((token) => classOf(token) === kind));
  }
  return tokens.join('');
}

function disturbed(random: Random, tokens: readonly string[]): string[] {
  const at = random.below(tokens.length);
  const token = tokens[at] ?? '';
  const before = tokens.slice(0, at);
  const after = tokens.slice(at + 1);
  switch (random.below(4)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, token, token, ...after];
    case 2:
      return [...before, random.pick(tokens), ...after];
    default:
      return [
        ...before,
        random.pick(['\n', ' ', '(', ')', '[', ']', '{', '}', '"', "'", '`', '\\', '#', ':', '\0', '…']),
      ].concat(token, after);
  }
}
