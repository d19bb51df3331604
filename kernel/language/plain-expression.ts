import type { DeclaredNames } from './declared-names.ts';
import type { TransformResult } from './transform-cell.ts';

/** A name, a number or a string without escapes, a member, or a mark; `++` and `--` are marks of their own. */
const TOKEN =
  / *(?:([A-Za-z_$][\w$]*)|((?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])|"[^"\\\n]*"|'[^'\\\n]*')|(\.[A-Za-z_$][\w$]*)|(\+\+|--|[-+*/%,();]))/y;

/** Names that aren't names, at least somewhere. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'async await break case catch class const continue debugger default delete do else enum export extends finally ' +
    'for function if implements import in instanceof interface let new package private protected public return ' +
    'static super switch throw try typeof using var void while with yield'
  ).split(' '),
);

/**
 * What {@link transformCell} makes of a cell of one line that only names, calls and calculates: `total`, `foo(1, 3)`,
 * `print(a.b, 2 * c)`. Nothing in such a cell is TypeScript's and nothing is to be rewritten: V8 takes it as it is,
 * and the parser, which would take longer than all the rest, isn't asked. Undefined for every other cell.
 */
export function transformPlainExpression(
  source: string,
  declared: DeclaredNames,
): (TransformResult & { readonly ok: true }) | undefined {
  const code = source.trimEnd();
  if (declared.hasShadows || !isPlainExpression(code)) return undefined;
  return { ok: true, code: source, declarations: [], showsResult: !code.endsWith(';') };
}

/** Only for what is valid JavaScript. */
function isPlainExpression(code: string): boolean {
  /** For each parenthesis that is open: whether it is that of a call. */
  const open: boolean[] = [];
  let previous = '';
  let isBehindOperand = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const [, name, literal, member, mark = ''] = TOKEN.exec(code) ?? [];
    if (name !== undefined || literal !== undefined) {
      if (isBehindOperand || (name !== undefined && RESERVED.has(name))) return false;
      isBehindOperand = true;
    } else if (member !== undefined) {
      if (!isBehindOperand) return false;
    } else if (mark === '(') {
      open.push(isBehindOperand);
      isBehindOperand = false;
    } else if (mark === ')') {
      const isCall = open.pop();
      if (isCall === undefined || !(isBehindOperand || (isCall && previous === '('))) return false;
      isBehindOperand = true;
    } else if (mark === ';') {
      return isBehindOperand && open.length === 0 && TOKEN.lastIndex === code.length;
    } else {
      // No token at all, an assignment, or an operator that wants something before it.
      if (mark === '' || mark.length > 1 || (!isBehindOperand && mark !== '+' && mark !== '-')) return false;
      isBehindOperand = false;
    }
    previous = mark;
  }
  return isBehindOperand && open.length === 0;
}
