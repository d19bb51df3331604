/** All builtins by qualified name. */
import { CMATH } from './cmath.ts';
import { ECMASCRIPT } from './ecmascript.ts';
import { MATH } from './math.ts';
import { NUMPY } from './numpy.ts';
import { PYTHON } from './python.ts';
import type { Builtin } from './rules.ts';

export type { Builtin } from './rules.ts';

type Entries = Iterable<readonly [string, Builtin]>;

function under(namespace: string, entries: Entries): [string, Builtin][] {
  return [...entries].map(([name, builtin]) => [`${namespace}.${name}`, builtin]);
}

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...PYTHON,
  ...ECMASCRIPT,
  ...under('math', MATH),
  ...under('cmath', CMATH),
  ...under('numpy', NUMPY),
]);
