import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { continuing, matchesOf } from './completion-matches.ts';
import { innermostNode } from './nodes.ts';
import type { CellModule, Notebook } from './notebook.ts';
import type { ServiceCompletion, ServiceCompletions } from './protocol.ts';

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
  const result = mayBeText && text !== code ? entriesAt(request, code, cursor) : found;
  const { info, module } = result;
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
  return {
    start,
    end: cursor,
    matches: described(request, result, continuing(entries, before.slice(start))),
    isTyped: isText || entries.length > 0 || !/\.\s*[\w$]*$/u.test(before),
  };
}

function described(
  { service, notebook }: CompleteRequest,
  { info, module, position }: Found,
  entries: readonly TypeScript.CompletionEntry[],
): readonly ServiceCompletion[] {
  const program = service.getProgram();
  const file = program?.getSourceFile(module.path);
  if (program === undefined || file === undefined) return [];
  const own = new Set(module.declarations.map(({ name }) => name));
  const isElsewhere = (name: string) => info?.isMemberCompletion !== true && !own.has(name);
  return matchesOf(entries, {
    program,
    location: innermostNode(file, position - 1),
    knownName: (name) => (isElsewhere(name) ? notebook.knownName(name) : undefined),
    ambient: (name) => (isElsewhere(name) ? notebook.ambient(name) : undefined),
  });
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

interface Found {
  readonly module: CellModule;
  /** Offset in the module. */
  readonly position: number;
  readonly info: TypeScript.CompletionInfo | undefined;
}

function entriesAt({ service, draft }: CompleteRequest, code: string, offset: number): Found {
  const module = draft(code);
  const position = module.cellStart + offset;
  return { module, position, info: service.getCompletionsAtPosition(module.path, position, preferences) };
}

function isTextual({ kind }: TypeScript.CompletionEntry): boolean {
  return PATH_KINDS.has(kind) || kind === ts.ScriptElementKind.string;
}

function isOffered({ name, insertText, kind, source }: TypeScript.CompletionEntry, isText: boolean): boolean {
  if (source !== undefined || INTERNAL.test(name) || kind === ts.ScriptElementKind.warning) return false;
  // What needs more than the name, such as `["a key"]` instead of `.`, doesn't fit between one start and end.
  return isText || insertText === undefined || insertText === name;
}

const PATH_KINDS: ReadonlySet<string> = new Set(['script', 'directory', 'external module name']);
