import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import type { CellModule, Notebook } from './notebook.ts';
import type { ServiceCompletion, ServiceCompletions } from './protocol.ts';

/** For so many functions and imports it is worked out what they are, which takes up to a millisecond each. */
const MAX_DETAILED = 24;
/** It is left out when it takes longer. */
const DETAILS_BUDGET_MS = 20;
const DETAILED: ReadonlySet<string> = new Set(['function', 'method', 'module']);

/** Names of ours in the program, which nobody types. */
const INTERNAL = /^(?:__rjit|\u2148$)/u;

const preferences: TypeScript.UserPreferences = {
  includeCompletionsForModuleExports: false,
  includeCompletionsWithInsertText: true,
  includePackageJsonAutoImports: 'off',
  allowIncompleteCompletions: false,
};

/** What may stand at `cursor`, an offset in the cell: best first, and only what continues the word before it. */
export function completeCell(
  service: TypeScript.LanguageService,
  notebook: Notebook,
  module: CellModule,
  cursor: number,
): ServiceCompletions {
  const position = module.cellStart + cursor;
  const info = service.getCompletionsAtPosition(module.path, position, preferences);
  const code = module.text.slice(module.cellStart, position);
  const wordStart = cursor - (/[\p{ID_Continue}$#]*$/u.exec(code)?.[0].length ?? 0);
  const span =
    info?.optionalReplacementSpan ??
    info?.entries.find(({ replacementSpan }) => replacementSpan)?.replacementSpan;
  const isText =
    info?.entries.some(({ kind }) => PATH_KINDS.has(kind) || kind === ts.ScriptElementKind.string) ?? false;
  const start = isText && span !== undefined ? span.start - module.cellStart : wordStart;
  const word = code.slice(start);
  const entries = (info?.entries ?? []).filter((entry) => isOffered(entry, isText));
  const found = continuing(entries, word).sort(
    (a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name),
  );
  const own = new Set(module.declarations.map(({ name }) => name));
  const matches = found.map(({ name, kind }): ServiceCompletion => {
    // A name of an earlier cell stands here as an import, or as a variable: there it may be more.
    const isBrought = kind === ts.ScriptElementKind.alias || kind === ts.ScriptElementKind.variableElement;
    const known = isBrought && !own.has(name) ? notebook.knownName(name) : undefined;
    return { text: name, type: typeOf(known?.kind ?? kind) };
  });
  return {
    start,
    end: cursor,
    matches: withDetails(matches, service, notebook, module, position),
    isTyped: isText || entries.length > 0 || !/\.\s*[\w$]*$/u.test(code),
  };
}

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

/** Adds what an editor shows of functions, and what imports stand for, where there are few of them. */
function withDetails(
  matches: readonly ServiceCompletion[],
  service: TypeScript.LanguageService,
  notebook: Notebook,
  module: CellModule,
  position: number,
): readonly ServiceCompletion[] {
  const isOfInterest = ({ type }: ServiceCompletion): boolean => DETAILED.has(type);
  const count = matches.filter(isOfInterest).length;
  if (count === 0 || count > MAX_DETAILED) return matches;
  const deadline = performance.now() + DETAILS_BUDGET_MS;
  return matches.map((match) => {
    if (!isOfInterest(match) || performance.now() > deadline) return match;
    const [signature] = notebook.ambient(match.text)?.signatures ?? [];
    if (signature !== undefined) return { ...match, signature };
    const details = service.getCompletionEntryDetails(
      module.path,
      position,
      match.text,
      undefined,
      undefined,
      preferences,
      undefined,
    );
    return withDetailsOf(match, ts.displayPartsToString(details?.displayParts));
  });
}

/** `(a: number, b: number): number` of `function foo(a: number, b: number): number`. */
function withDetailsOf(match: ServiceCompletion, shown: string): ServiceCompletion {
  const [, keyword] = /^\(alias\) (function|class|const|let|var|enum|interface|type)\b/u.exec(shown) ?? [];
  const type = keyword === undefined ? match.type : typeOf(keyword);
  const [at] = [`${match.text}(`, `${match.text}<`].flatMap((start) => {
    const index = shown.indexOf(start);
    return index === -1 ? [] : [index + match.text.length];
  });
  const isCallable = type === 'function' || type === 'method';
  const signature = at === undefined || !isCallable ? undefined : shown.slice(at).split('\n')[0];
  return { ...match, type, ...(signature !== undefined && { signature }) };
}
