/** The layout of trees that are printed as S-expressions. */

/** A line, or lines that stand two columns further right. */
export type Line = string | readonly Line[];

/** `(a b c)`, without the parts that are empty. */
export function inline(parts: readonly string[]): string {
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}

/** `(head` with an indented body and the closing parenthesis behind the last line. */
export function nested(head: readonly string[], body: readonly Line[], close = ')'): Line[] {
  const opening = `(${head.filter((part) => part !== '').join(' ')}`;
  if (body.length === 0) return [`${opening}${close}`];
  return [opening, closeLast(body, close)];
}

function closeLast(lines: readonly Line[], close: string): Line[] {
  const last = lines.at(-1) ?? '';
  return [...lines.slice(0, -1), typeof last === 'string' ? `${last}${close}` : closeLast(last, close)];
}

export function renderLines(lines: readonly Line[], indent = ''): string[] {
  return lines.flatMap((line) =>
    typeof line === 'string' ? [`${indent}${line}`] : renderLines(line, `${indent}  `),
  );
}
