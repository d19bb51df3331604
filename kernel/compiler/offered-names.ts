/** What a person who writes a function may want to name, for completion. */
import { CONSTANTS } from './builtins/constants.ts';
import { BUILTINS } from './builtins/table.ts';
import type { Language } from './core.ts';

export interface OfferedName {
  readonly name: string;
  readonly kind: 'function' | 'constant' | 'namespace' | 'keyword';
}

const ROOTS: Partial<Readonly<Record<Language, ReadonlySet<string>>>> = {
  python: new Set(['math', 'cmath', 'numpy']),
  typescript: new Set(['Math', 'Number']),
};

/** Builtins of ECMAScript that have no namespace; all others that have none are Python's. */
const ECMASCRIPT_GLOBALS: ReadonlySet<string> = new Set(['isNaN', 'isFinite', 'NaN', 'Infinity']);

const KEYWORDS: Partial<Readonly<Record<Language, readonly string[]>>> = {
  python:
    'and assert break continue def elif else False for from if import in lambda None not or pass raise return True while'.split(
      ' ',
    ),
  typescript:
    'break case const continue default do else export false for function if let of return switch throw true undefined while'.split(
      ' ',
    ),
};

/** What the typer knows as part of a loop or as a cast, not as a builtin. */
const SYNTAX_FUNCTIONS: Partial<Readonly<Record<Language, readonly string[]>>> = {
  python: ['range', 'enumerate', 'zip', 'reversed', 'int', 'float', 'bool'],
  typescript: ['Boolean', 'BigInt'],
};

/** Names that mean something at the start of an expression or a statement. */
export function offeredNames(language: Language): readonly OfferedName[] {
  const roots = [...(ROOTS[language] ?? [])];
  const isOffered = (name: string): boolean =>
    !name.includes('.') && ECMASCRIPT_GLOBALS.has(name) === (language === 'typescript');
  return [
    ...(KEYWORDS[language] ?? []).map((name): OfferedName => ({ name, kind: 'keyword' })),
    ...roots.map((name): OfferedName => ({ name, kind: 'namespace' })),
    ...(SYNTAX_FUNCTIONS[language] ?? []).map((name): OfferedName => ({ name, kind: 'function' })),
    ...(roots.length === 0 ? [] : allNames().filter(({ name }) => isOffered(name) || name === 'complex')),
  ];
}

/** The members of a namespace: `sin` of `math`. */
export function namespaceMembers(namespace: string): readonly OfferedName[] {
  const prefix = `${namespace}.`;
  return allNames()
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, kind }) => ({ name: name.slice(prefix.length), kind }));
}

function allNames(): readonly OfferedName[] {
  return [
    ...[...BUILTINS.keys()].map((name): OfferedName => ({ name, kind: 'function' })),
    ...[...CONSTANTS.keys()].map((name): OfferedName => ({ name, kind: 'constant' })),
  ];
}
