import type { Language } from './core.ts';

/** Comments and strings of both languages, docstrings first. A `//` between operands is Python's division. */
const COMMENTS_AND_STRINGS =
  /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?(?:\*\/|$)|(?:^|(?<=[;{}]))[ \t]*\/\/.*|#.*/gm;

interface Sign {
  readonly pattern: RegExp;
  readonly weight: number;
}

/** Most lines of a program show one of these; the weights only have to order a keyword before a habit. */
const SIGNS: Readonly<Record<Language, readonly Sign[]>> = {
  python: [
    { pattern: /^[ \t]*(?:async[ \t]+)?def[ \t]+\w+[ \t]*[([]/gm, weight: 30 },
    { pattern: /^[ \t]*@[\w.]+/gm, weight: 3 },
    {
      pattern: /^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import\b|import[ \t]+[\w.]+(?:[ \t]+as[ \t]+\w+)?[ \t]*$)/gm,
      weight: 5,
    },
    { pattern: /^[ \t]*(?:if|elif|while|for|else|try|except|with|class)\b[^{}\n]*:[ \t]*$/gm, weight: 4 },
    { pattern: /^[ \t]*(?:elif|pass|raise|assert)\b/gm, weight: 3 },
    { pattern: /\b(?:None|True|False|lambda|and|or|not)\b/g, weight: 1 },
  ],
  typescript: [
    { pattern: /\bfunction\b[ \t*]*[\w$]*[ \t]*[<(]/g, weight: 30 },
    { pattern: /=>/g, weight: 5 },
    {
      pattern: /^[ \t]*(?:export[ \t]+)?(?:const|let|var|type|interface|declare|enum)[ \t]+[\w$[{]/gm,
      weight: 5,
    },
    { pattern: /[{;][ \t]*$|^[ \t]*\}/gm, weight: 2 },
    { pattern: /===|!==|&&|\|\||\+\+|--(?!\d)|\?\?/g, weight: 2 },
    { pattern: /\b(?:if|while|for|switch)[ \t]*\(/g, weight: 1 },
    { pattern: /\b(?:null|undefined|true|false|new|throw|Math)\b/g, weight: 1 },
  ],
};

/** The language of a cell by what stands in it. TypeScript, the notebook's own, where nothing tells. */
export function detectLanguage(source: string): Language {
  const fromComment = languageOfFirstComment(source);
  const code = source.replace(COMMENTS_AND_STRINGS, '');
  const python = score(code, 'python') + (fromComment === 'python' ? 3 : 0);
  const typescript = score(code, 'typescript') + (fromComment === 'typescript' ? 3 : 0);
  return python > typescript ? 'python' : 'typescript';
}

function score(code: string, language: Language): number {
  return SIGNS[language].reduce(
    (sum, { pattern, weight }) => sum + weight * (code.match(pattern)?.length ?? 0),
    0,
  );
}

/** A cell that begins with a comment or docstring gives itself away there. */
function languageOfFirstComment(source: string): Language | undefined {
  const start = source.trimStart();
  if (/^(?:#(?!!)|"""|''')/.test(start)) return 'python';
  return /^(?:\/\/|\/\*)/.test(start) ? 'typescript' : undefined;
}
