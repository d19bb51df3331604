import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import type { KnownName } from './notebook.ts';
import type { AmbientDeclaration, ServiceCompletion } from './protocol.ts';

/** So many functions get their signatures. */
const MAX_DETAILED = 24;
const DETAILED: ReadonlySet<string> = new Set(['function', 'method']);

export type Entry = Pick<TypeScript.CompletionEntry, 'name' | 'kind' | 'sortText' | 'symbol'>;

export interface MatchContext {
  readonly program: TypeScript.Program;
  /** From where types are seen. */
  readonly location: TypeScript.Node;
  /** What the notebook knows of a name that isn't one of a member. */
  readonly knownName: (name: string) => KnownName | undefined;
  readonly ambient: (name: string) => AmbientDeclaration | undefined;
}

/** Sorts entries, says what they are, and shows signatures where there are few functions. */
export function matchesOf(entries: readonly Entry[], context: MatchContext): readonly ServiceCompletion[] {
  const { program, location, knownName, ambient } = context;
  const checker = program.getTypeChecker();
  const sorted = inOrder(entries, program).map(({ name, kind, symbol }) => {
    // A name of an earlier cell stands here as an import, or as a variable: there it may be more.
    const isBrought = kind === ts.ScriptElementKind.alias || kind === ts.ScriptElementKind.variableElement;
    const known = isBrought ? knownName(name)?.kind : undefined;
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const aliased = isAlias && target !== undefined ? kindOf(target) : undefined;
    const declared = known === 'import' ? undefined : known;
    return { text: name, type: typeOf(declared ?? aliased ?? kind), target };
  });
  const isDetailed = sorted.filter(({ type }) => DETAILED.has(type)).length <= MAX_DETAILED;
  return sorted.map(({ text, type, target }): ServiceCompletion => {
    if (!isDetailed || !DETAILED.has(type)) return { text, type };
    const [written] = ambient(text)?.signatures ?? [];
    const signature = written ?? signatureOf(target, checker, location);
    return { text, type, ...(signature !== undefined && { signature }) };
  });
}

/** Only what continues the word before the cursor; in whatever case, where nothing else does. */
export function continuing<T extends { readonly name: string }>(entries: readonly T[], word: string): T[] {
  const exact = entries.filter(({ name }) => name.startsWith(word));
  if (exact.length > 0 || word === '') return exact;
  const lower = word.toLowerCase();
  return entries.filter(({ name }) => name.toLowerCase().startsWith(lower));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What every function has comes after what this one has of its own. */
function inOrder(entries: readonly Entry[], program: TypeScript.Program): readonly Entry[] {
  const last = new Set(entries.filter(({ symbol }) => symbol && isOfEveryFunction(symbol, program)));
  return [...entries].sort(
    (a, b) =>
      Number(last.has(a)) - Number(last.has(b)) || compare(a.sortText, b.sortText) || compare(a.name, b.name),
  );
}

const FUNCTIONS: ReadonlySet<string> = new Set(['Function', 'CallableFunction', 'NewableFunction']);

function isOfEveryFunction({ declarations = [] }: TypeScript.Symbol, program: TypeScript.Program): boolean {
  return declarations.some(
    ({ parent }) =>
      ts.isInterfaceDeclaration(parent) &&
      FUNCTIONS.has(parent.name.text) &&
      program.isSourceFileDefaultLibrary(parent.getSourceFile()),
  );
}

/** What an import stands for. */
function kindOf({ flags }: TypeScript.Symbol): string | undefined {
  if ((flags & ts.SymbolFlags.Function) !== 0) return 'function';
  if ((flags & ts.SymbolFlags.Class) !== 0) return 'class';
  if ((flags & ts.SymbolFlags.Enum) !== 0) return 'enum';
  if ((flags & ts.SymbolFlags.Variable) !== 0) return 'var';
  if ((flags & ts.SymbolFlags.Interface) !== 0) return 'interface';
  return (flags & ts.SymbolFlags.TypeAlias) !== 0 ? 'type' : undefined;
}

/** Signatures as they are seen from the top of a cell, by their program: who types on sees the same ones again. */
const shown = new WeakMap<TypeScript.TypeChecker, Map<TypeScript.Symbol, string>>();

/** `(a: number, b: number): number` */
function signatureOf(
  symbol: TypeScript.Symbol | undefined,
  checker: TypeScript.TypeChecker,
  location: TypeScript.Node,
): string | undefined {
  if (symbol === undefined) return undefined;
  const isTop = ts.isSourceFile(location);
  const known = isTop ? shown.get(checker)?.get(symbol) : undefined;
  if (known !== undefined) return known;
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, location));
  const [first, ...more] = type.getCallSignatures();
  if (first === undefined) return undefined;
  const overloads = more.length === 0 ? '' : ` (+${more.length} overload${more.length === 1 ? '' : 's'})`;
  const text = checker.signatureToString(first, location, SIGNATURE_FLAGS) + overloads;
  if (isTop) shown.set(checker, (shown.get(checker) ?? new Map()).set(symbol, text));
  return text;
}

const SIGNATURE_FLAGS =
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope | ts.TypeFormatFlags.WriteTypeArgumentsOfSignature;

/** TypeScript's kinds in the words that front ends have icons for. */
const TYPES: Readonly<Record<string, string>> = {
  var: 'variable',
  let: 'variable',
  const: 'variable',
  'local var': 'variable',
  using: 'variable',
  'await using': 'variable',
  parameter: 'variable',
  import: 'module',
  alias: 'module',
  ambient: 'function',
  'local function': 'function',
  'local class': 'class',
  getter: 'property',
  setter: 'property',
  accessor: 'property',
  constructor: 'function',
  call: 'function',
  string: 'text',
  script: 'path',
  directory: 'path',
  'external module name': 'module',
  'enum member': 'property',
  'primitive type': 'type',
  'type parameter': 'type',
};

function typeOf(kind: string): string {
  return Object.hasOwn(TYPES, kind) ? (TYPES[kind] ?? kind) : kind;
}
