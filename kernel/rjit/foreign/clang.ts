import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { fileLabel } from '../../../backend/contract/source-location.ts';
import { type CDefinition, cDefinitions } from '../../compiler/foreign/c-functions.ts';
import { shimText, symbolText } from '../../compiler/foreign/c-shims.ts';
import { type ClangMessages, readClangMessages } from '../../compiler/foreign/clang-messages.ts';
import type { ForeignOverload } from '../../compiler/foreign/foreign-function.ts';
import { needsOpaquePointers, portableIr, withoutRestraints } from '../../compiler/foreign/portable-ir.ts';
import { type Clang, chooseClang, clangInstallHint, findClangs } from './find-clang.ts';
import { runTool, runToolSync, type Tool, type ToolOutcome } from './run-tool.ts';

export type CLanguage = 'c' | 'c++';

export interface CSource {
  readonly source: string;
  readonly language: CLanguage;
  readonly fastMath: boolean;
}

export interface ClangTarget {
  readonly triple: string;
  readonly llvmMajor: number;
}

export type Analysis =
  | { readonly ok: true; readonly definitions: readonly CDefinition[]; readonly messages: ClangMessages }
  | { readonly ok: false; readonly messages: ClangMessages };

const STANDARDS: Readonly<Record<CLanguage, string>> = { c: 'gnu17', 'c++': 'gnu++17' };

/**
 * The optimiser is the server's, for the server's processor. Multiply and add are not fused, so results are the same
 * bits as Python's and TypeScript's. Nothing that a library would have to support at run time: no exceptions, no
 * run-time types, no stack protector.
 */
const FLAGS = [
  ...['-O0', '-Xclang', '-disable-O0-optnone', '-fPIC', '-fomit-frame-pointer'],
  ...['-fno-math-errno', '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables'],
  // What newer versions of clang refuse, older ones shall, too: the shims rely on declarations.
  ...['-Werror=implicit-function-declaration', '-Werror=implicit-int', '-Werror=return-type'],
  ...['-fno-caret-diagnostics', '-fdiagnostics-print-source-range-info', '-fno-color-diagnostics'],
];
const C_PLUS_PLUS_FLAGS = ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'];

/** Clang 15 and 16 still write typed pointers when they are asked to, which is all that LLVM 14 reads. */
const FIRST_OPAQUE = 15;
const LAST_TYPED = 16;

/** @throws RemoteError `unsupported` that says how to get one */
export function clangFor({ llvmMajor }: ClangTarget): Clang {
  const clang = chooseClang(installedClangs(), llvmMajor);
  if (clang) return clang;
  throw new RemoteError(
    'unsupported',
    `cells in C and C++ need clang 14 or later, and ${missingClang()}. Install it (${clangInstallHint()}), or name one in ` +
      'the variable RJIT_CLANG',
  );
}

const found = new Map<string, readonly Clang[]>();

/** Looked for once, unless there was none: it may be installed meanwhile. */
function installedClangs(): readonly Clang[] {
  const key = JSON.stringify([process.env.RJIT_CLANG, process.env.PATH]);
  const clangs = found.get(key) ?? findClangs();
  if (clangs.length > 0) found.set(key, clangs);
  return clangs;
}

function missingClang(): string {
  const wanted = process.env.RJIT_CLANG ?? '';
  return wanted === '' ? 'there is none on the path' : `RJIT_CLANG names ${wanted}, which is not one`;
}

/** What the source defines, and what clang has to say about it. @throws RemoteError when clang can't do its work */
export async function analyse(clang: Clang, source: CSource, target: ClangTarget): Promise<Analysis> {
  const outcome = await runTool(toolFor(clang, source, target, source.source, ['-g']));
  const { status, stdout, stderr } = ended(outcome);
  const messages = readClangMessages(stderr, source.source);
  if (status === 0) return { ok: true, messages, definitions: cDefinitions(stdout, source.source) };
  if (messages.errors.length > 0) return { ok: false, messages };
  throw broken(clang, stderr);
}

/** IR that defines the overloads' symbols, for a server with LLVM `target.llvmMajor`. @throws RemoteError */
export async function generate(
  clang: Clang,
  source: CSource,
  overloads: readonly ForeignOverload<CDefinition>[],
  target: ClangTarget,
): Promise<string> {
  return finish(clang, await runTool(generator(clang, source, overloads, target)), overloads, target);
}

/** As `generate`, and waits. */
export function generateSync(
  clang: Clang,
  source: CSource,
  overloads: readonly ForeignOverload<CDefinition>[],
  target: ClangTarget,
): string {
  return finish(clang, runToolSync(generator(clang, source, overloads, target)), overloads, target);
}

function generator(
  clang: Clang,
  source: CSource,
  overloads: readonly ForeignOverload<CDefinition>[],
  target: ClangTarget,
): Tool {
  // Lines and nothing else of debug information, so that a fault says its line.
  return toolFor(clang, source, target, `${source.source}\n${shimText(overloads)}\n`, [
    ...['-w', '-gdwarf-4', '-gline-tables-only'],
  ]);
}

function finish(
  clang: Clang,
  outcome: ToolOutcome,
  overloads: readonly ForeignOverload<CDefinition>[],
  { llvmMajor }: ClangTarget,
): string {
  const { status, stdout, stderr } = ended(outcome);
  if (status !== 0) throw broken(clang, stderr);
  if (needsOpaquePointers(stdout, llvmMajor)) {
    throw new RemoteError(
      'unsupported',
      `the server has LLVM ${llvmMajor}, which can't read what clang ${clang.major} writes (opaque pointers); install ` +
        'clang 14, 15 or 16, or name one in the variable RJIT_CLANG',
    );
  }
  return `${labelMainFile(withoutRestraints(portableIr(stdout, llvmMajor)))}\n${symbolText(overloads)}`;
}

/** What clang read from its standard input is the first file of the module. */
function labelMainFile(ir: string): string {
  return ir.replace(/(?<=^!\d+ = !DIFile\(filename: )"(?:<stdin>|-)", directory: "[^"]*".*(?=\)$)/gm, () => {
    return `"${fileLabel(0)}", directory: ""`;
  });
}

function toolFor(
  clang: Clang,
  { language, fastMath }: CSource,
  { triple, llvmMajor }: ClangTarget,
  input: string,
  more: readonly string[],
): Tool {
  const typed = llvmMajor < FIRST_OPAQUE && clang.major >= FIRST_OPAQUE && clang.major <= LAST_TYPED;
  const args = [
    ...[`--target=${triple}`, '-x', language, `-std=${STANDARDS[language]}`],
    ...FLAGS,
    ...(language === 'c++' ? C_PLUS_PLUS_FLAGS : []),
    ...(fastMath ? ['-ffast-math'] : ['-ffp-contract=off']),
    ...(typed ? ['-Xclang', '-no-opaque-pointers'] : []),
    ...more,
    ...['-S', '-emit-llvm', '-o', '-', '-'],
  ];
  return { command: clang.command, args, input };
}

function ended(outcome: ToolOutcome) {
  if (outcome.kind === 'ended') return outcome;
  throw new RemoteError('compile-failed', outcome.reason);
}

/** Clang fails without a message about the source: a missing header of the target, a wrong RJIT_CLANG, a bug. */
function broken({ version, command }: Clang, stderr: string): RemoteError {
  return new RemoteError('compile-failed', `${command} (${version}) failed:\n${stderr.trim()}`);
}
