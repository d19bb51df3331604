import type { Declaration } from '../../../kernel/language/declared-names.ts';
import { DeclaredNames } from '../../../kernel/language/declared-names.ts';
import type { TransformResult } from '../../../kernel/language/transform-cell.ts';
import { transformCell } from '../../../kernel/language/transform-cell.ts';

export const runtime = { importModule: '$import', importMeta: '$meta', resumed: '$resumed' };

const globalNames = new Set(['Map', 'process', 'Error']);

/** Transforms one cell after cells that declared `declared`, written as in `let:x function:f`. */
export async function transform(source: string, declared = ''): Promise<TransformResult> {
  const names = new DeclaredNames();
  names.add(declared.split(' ').filter(Boolean).map(parseDeclaration));
  return await transformCell(source, { fileName: 'In[1]', runtime, declared: names, globalNames });
}

/** What a case file shows of a result; trailing spaces and invisible joiners are made visible. */
export function showTransform(result: TransformResult): string {
  if (!result.ok) return `${result.error.line}:${result.error.column} ${result.error.message}`;
  return showNames(result.code).replace(/ +$/gmu, (spaces) => '·'.repeat(spaces.length));
}

export function showNames(text: string): string {
  return text.replaceAll('\u200d', '‿');
}

function parseDeclaration(text: string): Declaration {
  const [keyword, name = ''] = text.split(':');
  const kind = keyword === 'var' || keyword === 'function' ? 'variable' : 'lexical';
  return { name: name.replace('‿', '\u200d'), kind, ...(keyword === 'const' && { isConstant: true }) };
}
