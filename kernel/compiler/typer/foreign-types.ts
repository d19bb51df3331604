/** Types that people bring along from the rest of Python and TypeScript, and what to write for them. */
import type { Language } from '../core.ts';

type Rule = readonly [pattern: RegExp, hint: string];

const ARRAY = 'write float64[] (or float64[,] for two dimensions)';
const NOT_NONE = 'a value is never None: write its type alone';
const NAMED = 'write the one type that its values have, for example float64';

const PYTHON: readonly Rule[] = [
  [/^(?:(?:np|numpy)\.)?(?:ndarray|array)\b|^(?:npt\.)?NDArray\b/, `${ARRAY}, with the type of the elements`],
  [/^(?:[Ll]ist|[Ss]equence|[Ii]terable)\b/, `lists don't compile: ${ARRAY} and pass an array`],
  [/^[Oo]ptional\b|\|\s*None$|^None\s*\|/, NOT_NONE],
  [/^[Tt]uple$/, 'name its members: tuple[int64, float64]'],
  [/^(?:[Dd]ict|[Ss]et|[Ff]rozen[Ss]et|[Mm]apping)\b/, 'use separate parameters, or arrays'],
  [/^(?:Any|object|Union\b.*|.*\|.*)$/, NAMED],
  [/^(?:str|bytes)$/, "strings don't compile: write uint8[] for a text's bytes"],
  [/^[Cc]allable\b/, 'a function is no value: call it by its name'],
];

const TYPESCRIPT: readonly Rule[] = [
  [/^number\[\]$|^(?:Readonly)?Array<number>$/, 'write Float64Array or float64[], which take typed arrays'],
  [/^bigint\[\]$|^(?:Readonly)?Array<bigint>$/, 'write BigInt64Array or int64[], which take typed arrays'],
  [/^boolean\[\]$|^(?:Readonly)?Array<boolean>$/, 'write Uint8Array or uint8[]'],
  [/\[\]\[\]$/, 'write float64[,] for two dimensions'],
  [/^(?:any|unknown|object|never|.*\|.*)$/, NAMED],
  [/^string$/, "strings don't compile: write Uint8Array for a text's bytes"],
  [/^\{|^(?:Record|Map|Set)</, "objects don't compile: use separate parameters, tuples or typed arrays"],
  [/=>|^Function$/, 'a function is no value: call it by its name'],
  [/^(?:Readonly)?Array\b|^DataView$|^ArrayBuffer$/, 'write a typed array, for example Float64Array'],
];

/** `undefined` where the text looks like nothing that is known. */
export function foreignTypeHint(text: string, language: Language): string | undefined {
  const rules = language === 'python' ? PYTHON : TYPESCRIPT;
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}
