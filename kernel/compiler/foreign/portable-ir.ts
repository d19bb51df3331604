/** Rewrites what a newer LLVM printed so that an older one reads it. What goes are hints to the optimiser only. */

/** Attributes and flags that clang and rustc write, and the LLVM that first knew them. */
const INTRODUCED: Readonly<Record<string, number>> = {
  allocalign: 15,
  allockind: 15,
  allocptr: 15,
  fn_ret_thunk_extern: 15,
  memory: 16,
  skipprofile: 16,
  nofpclass: 17,
  dead_on_unwind: 18,
  writable: 18,
  optdebug: 18,
  disjoint: 18,
  nneg: 18,
  coro_only_destroy_when_complete: 18,
  range: 19,
  nusw: 19,
  hybrid_patchable: 19,
  captures: 20,
  initializes: 20,
  noext: 20,
  samesign: 20,
  coro_elide_safe: 20,
  nodivergencesource: 20,
  dead_on_return: 21,
  nocreateundeforpoison: 22,
};

/** `memory(argmem: readwrite)`, `nneg`, `initializes((0, 8))`: an attribute or flag as a word of its own. */
function attributePattern(names: readonly string[]): RegExp {
  const parenthesised = String.raw`\((?:[^()]|\([^()]*\))*\)`;
  return new RegExp(String.raw`(?<=[\s(])(?:${names.join('|')})\b(?:${parenthesised})?(?=[\s,)])\s*`, 'g');
}

const STRINGS = /("(?:[^"\\]|\\.)*")/;

/** The first LLVM that writes pointers as `ptr`, and reads them without being told to. */
const FIRST_WITH_OPAQUE_POINTERS = 15;
const OPAQUE_POINTER = /(?<=[\s([{<,])ptr(?=[\s,)\]}>*]|$)/m;

/** Whether a server with LLVM `serverMajor` can't read the text, whatever is rewritten. */
export function needsOpaquePointers(ir: string, serverMajor: number): boolean {
  return serverMajor < FIRST_WITH_OPAQUE_POINTERS && OPAQUE_POINTER.test(withoutStrings(ir));
}

/** The text in the dialect of LLVM `serverMajor`, as far as front ends use it. Lines keep their numbers. */
export function portableIr(ir: string, serverMajor: number): string {
  const rewrites = [...rewritesFor(serverMajor), ...(CATCHES.test(ir) ? [] : [NO_PERSONALITY])];
  return ir
    .split('\n')
    .map((line) => (isDropped(line, serverMajor) ? '' : keepGroup(rewriteLine(line, rewrites))))
    .join('\n');
}

/** Rust names what would unwind its functions, and the server lacks, even where nothing unwinds. */
const NO_PERSONALITY: Rewrite = [/(?<=^define .*) personality ptr @[\w.$]+/, ''];
const CATCHES = /^\s*(?:%[\w.]+ = )?(?:landingpad|cleanuppad|catchpad|invoke)\b/m;

type Rewrite = readonly [pattern: RegExp, replacement: string];

function rewritesFor(serverMajor: number): readonly Rewrite[] {
  const unknown = Object.entries(INTRODUCED).flatMap(([name, major]) => (major > serverMajor ? [name] : []));
  const rewrites: Rewrite[] = unknown.length === 0 ? [] : [[attributePattern(unknown), '']];
  // Flags that other instructions had before.
  if (serverMajor < 19)
    rewrites.push([/(?<=\b(?:trunc|getelementptr inbounds|getelementptr)(?: nuw| nsw)*) (?:nuw|nsw)\b/g, '']);
  // Fields of debug information.
  if (serverMajor < 21) rewrites.push([/, keyInstructions: \w+/, '']);
  // A flag of the module that takes the least of what is asked for, such as the level of position independence.
  if (serverMajor < 15) rewrites.push([/(?<=^!\d+ = !\{i32 )8(?=, !)/, '7']);
  return rewrites;
}

/** A group may not be empty. */
function keepGroup(line: string): string {
  return line.replace(/^(attributes #\d+ = \{)\s*\}/, '$1 "rjit" }');
}

/** LLVM 22 dropped the length of lifetime markers, so 21 and 22 can't read each other's; 19 began to write `#dbg_…`. */
function isDropped(line: string, serverMajor: number): boolean {
  if (serverMajor < 19 && /^\s*#dbg_/.test(line)) return true;
  return /^\s*(?:(?:tail |musttail |notail )?call|declare) void @llvm\.lifetime\.(?:start|end)\b/.test(line);
}

function rewriteLine(line: string, rewrites: readonly Rewrite[]): string {
  if (rewrites.length === 0 || line.startsWith(';')) return line;
  const rewrite = (part: string) =>
    rewrites.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), part);
  return line
    .split(STRINGS)
    .map((part, index) => (index % 2 === 0 ? rewrite(part) : part))
    .join('');
}

function withoutStrings(text: string): string {
  return text
    .split(STRINGS)
    .filter((_, index) => index % 2 === 0)
    .join('""');
}

/**
 * Clang at -O0 forbids inlining everywhere and ties every function to a processor. Without its attribute groups'
 * strings and `noinline`, the server optimises the functions as its own.
 */
export function withoutRestraints(ir: string): string {
  return ir.replace(/^attributes #\d+ = \{.*\}$/gm, (group) =>
    keepGroup(
      group
        .replace(/ "(?:[^"\\]|\\.)*"(?:="(?:[^"\\]|\\.)*")?/g, '')
        .replace(/ (?:noinline|uwtable(?:\(\w+\))?|optnone)(?= )/g, ''),
    ),
  );
}
