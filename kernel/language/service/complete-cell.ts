import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { innermostNode } from './nodes.ts';
import type { CellModule, Notebook } from './notebook.ts';
import type { ServiceCompletion, ServiceCompletions } from './protocol.ts';

/** So many functions get their signatures. */
const MAX_DETAILED = 24;
const DETAILED: ReadonlySet<string> = new Set(['function', 'method']);

/** Names of ours in the program, which nobody types. */
const INTERNAL = /^(?:__rjit|\u2148$)/u;

const preferences: TypeScript.GetCompletionsAtPositionOptions = {
  includeCompletionsForModuleExports: false,
  includeCompletionsWithInsertText: true,
  includePackageJsonAutoImports: 'off',
  allowIncompleteCompletions: false,
  includeSymbol: true,
};

export interface CompleteRequest {
  readonly service: TypeScript.LanguageService;
  readonly notebook: Notebook;
  /** Makes the program about a cell. */
  readonly draft: (code: string) => CellModule;
  readonly code: string;
  /** Offset in `code`. */
  readonly cursor: number;
}

/** What may stand at the cursor: best first, and only what continues the word before it. */
export function completeCell(request: CompleteRequest): ServiceCompletions {
  const { code, cursor } = request;
  const { text, offset } = withStandIn(code, cursor);
  const found = entriesAt(request, text, offset);
  // The path in a string, and one of several strings that may stand there, are more than a word.
  const seen = found.info?.entries ?? [];
  const mayBeText = seen.length > 0 ? seen.some(isTextual) : STRING_BEGINS.test(code.slice(0, cursor));
  const { info, module } = mayBeText && text !== code ? entriesAt(request, code, cursor) : found;
  const isText = info?.entries.some(isTextual) ?? false;
  const span =
    info?.optionalReplacementSpan ??
    info?.entries.find(({ replacementSpan }) => replacementSpan)?.replacementSpan;
  const before = code.slice(0, cursor);
  const start =
    isText && span !== undefined
      ? span.start - module.cellStart
      : cursor - (/[\p{ID_Continue}$#]*$/u.exec(before)?.[0].length ?? 0);
  const entries = (info?.entries ?? []).filter((entry) => isOffered(entry, isText));
  const position = module.cellStart + offset;
  return {
    start,
    end: cursor,
    matches: matchesOf(request, module, position, continuing(entries, before.slice(start))),
    isTyped: isText || entries.length > 0 || !/\.\s*[\w$]*$/u.test(before),
  };
}

/**
 * The code with one and the same name for the word before the cursor, whatever that is: TypeScript finds what may stand
 * there without it, and each further character, or the same object in the same place, needs no other program.
 */
function withStandIn(code: string, cursor: number): { readonly text: string; readonly offset: number } {
  const [, member, name] = STANDS_IN.exec(code.slice(0, cursor)) ?? [];
  const word = member ?? name;
  if (word === undefined) return { text: code, offset: cursor };
  const start = cursor - word.length;
  return { text: `${code.slice(0, start)}_${code.slice(cursor)}`, offset: start + 1 };
}

const NAME = String.raw`(?<![\p{ID_Continue}$#])[\p{ID_Start}$_][\p{ID_Continue}$]*`;
/** A name, or the place of one behind a dot that is none of a number. */
const STANDS_IN = new RegExp(
  String.raw`(?:(?:${NAME}|[)\]}"'\x60])\??\.\s*(?=[\p{ID_Continue}$]*$)([\p{ID_Continue}$]*)|(${NAME}))$`,
  'u',
);

const STRING_BEGINS = /["'`][^\n]*$/u;

function entriesAt({ service, draft }: CompleteRequest, code: string, offset: number) {
  const module = draft(code);
  const info = service.getCompletionsAtPosition(module.path, module.cellStart + offset, preferences);
  return { module, info };
}

function isTextual({ kind }: TypeScript.CompletionEntry): boolean {
  return PATH_KINDS.has(kind) || kind === ts.ScriptElementKind.string;
}

/** Sorts entries, says what they are, and shows signatures where there are few functions. */
function matchesOf(
  { service, notebook }: CompleteRequest,
  module: CellModule,
  position: number,
  entries: readonly TypeScript.CompletionEntry[],
): readonly ServiceCompletion[] {
  const program = service.getProgram();
  const file = program?.getSourceFile(module.path);
  if (program === undefined || file === undefined) return [];
  const checker = program.getTypeChecker();
  const own = new Set(module.declarations.map(({ name }) => name));
  const sorted = inOrder(entries, program).map(({ name, kind, symbol }) => {
    // A name of an earlier cell stands here as an import, or as a variable: there it may be more.
    const isBrought = kind === ts.ScriptElementKind.alias || kind === ts.ScriptElementKind.variableElement;
    const known = isBrought && !own.has(name) ? notebook.knownName(name) : undefined;
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const aliased = isAlias && target !== undefined ? kindOf(target) : undefined;
    const declared = known?.kind === 'import' ? undefined : known?.kind;
    return { text: name, type: typeOf(declared ?? aliased ?? kind), target };
  });
  const isDetailed = sorted.filter(({ type }) => DETAILED.has(type)).length <= MAX_DETAILED;
  const location = innermostNode(file, position - 1);
  return sorted.map(({ text, type, target }): ServiceCompletion => {
    const [written] = notebook.ambient(text)?.signatures ?? [];
    const signature =
      isDetailed && DETAILED.has(type) ? (written ?? signatureOf(target, checker, location)) : undefined;
    return { text, type, ...(signature !== undefined && { signature }) };
  });
}

/** What every function has comes after what this one has of its own. */
function inOrder(
  entries: readonly TypeScript.CompletionEntry[],
  program: TypeScript.Program,
): readonly TypeScript.CompletionEntry[] {
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

/** `(a: number, b: number): number` */
function signatureOf(
  symbol: TypeScript.Symbol | undefined,
  checker: TypeScript.TypeChecker,
  location: TypeScript.Node,
): string | undefined {
  if (symbol === undefined) return undefined;
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, location));
  const [first, ...more] = type.getCallSignatures();
  if (first === undefined) return undefined;
  const text = checker.signatureToString(first, location, SIGNATURE_FLAGS);
  return more.length === 0 ? text : `${text} (+${more.length} overload${more.length === 1 ? '' : 's'})`;
}

const SIGNATURE_FLAGS =
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope | ts.TypeFormatFlags.WriteTypeArgumentsOfSignature;

function isOffered({ name, insertText, kind, source }: TypeScript.CompletionEntry, isText: boolean): boolean {
  if (source !== undefined || INTERNAL.test(name) || kind === ts.ScriptElementKind.warning) return false;
  // What needs more than the name, such as `["a key"]` instead of `.`, doesn't fit between one start and end.
  return isText || insertText === undefined || insertText === name;
}

function continuing<T extends { readonly name: string }>(entries: readonly T[], word: string): T[] {
  const exact = entries.filter(({ name }) => name.startsWith(word));
  if (exact.length > 0 || word === '') return exact;
  const lower = word.toLowerCase();
  return entries.filter(({ name }) => name.toLowerCase().startsWith(lower));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const PATH_KINDS: ReadonlySet<string> = new Set(['script', 'directory', 'external module name']);

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
