import type { Language } from '../core.ts';

/** What a source can be written in: a language that rjit compiles itself, or one that another compiler understands. */
export type SourceLanguage = Language | ForeignLanguage;
export type ForeignLanguage = 'c' | 'c++' | 'ir';

const COMMENTS = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g;
const IR_DEFINITION = /^[ \t]*define\b[^\n=@]*@(?:[\w.$-]+|"[^"\n]*")[ \t]*\(/m;
const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*(?:<[^>\n]+>|"[^"\n]+")[ \t]*$/m;
/** A definition that begins with a type of C, which neither TypeScript nor Python has. */
const DEFINITION =
  /^[ \t]*(?:(?:static|inline|extern|const|extern[ \t]*"C")[ \t]+)*(?:_Bool|bool|void|char|short|int|long|float|double|signed|unsigned|size_t|u?int(?:8|16|32|64)_t)\b(?:[ \t]+(?:const|char|short|int|long|double|float|_Complex))*[ \t*]+[A-Za-z_]\w*[ \t]*\([^;{}()]*\)[ \t\r\n]*\{/m;
/** Neither is a word of TypeScript or Python. */
const TYPE_DEFINITION = /^[ \t]*(?:typedef\b|(?:struct|union)[ \t]+\w*[ \t]*\{)/m;
const C_PLUS_PLUS =
  /^[ \t]*#[ \t]*include[ \t]*<[a-z_]+>|^[ \t]*(?:template[ \t]*<|using[ \t]+namespace|namespace\b|extern[ \t]*"C")|\bstd::|\b(?:constexpr|static_cast|nullptr|auto)\b/m;

/** C, C++ or LLVM IR where that is certain; else undefined. */
export function detectForeignLanguage(source: string): ForeignLanguage | undefined {
  if (IR_DEFINITION.test(source)) return 'ir';
  const code = source.replace(COMMENTS, '');
  if (![INCLUDE, DEFINITION, TYPE_DEFINITION].some((sign) => sign.test(code))) return undefined;
  return C_PLUS_PLUS.test(code) ? 'c++' : 'c';
}
