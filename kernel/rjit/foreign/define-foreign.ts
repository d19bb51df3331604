/** Makes functions of sources that rjit doesn't parse itself. */
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { GivenSignature } from '../../compiler/assign-signatures.ts';
import type { Diagnostic } from '../../compiler/diagnostic.ts';
import type { CDefinition } from '../../compiler/foreign/c-functions.ts';
import type { ForeignLanguage } from '../../compiler/foreign/detect-foreign.ts';
import type { ForeignFunction, ForeignOverload } from '../../compiler/foreign/foreign-function.ts';
import { adapterText, type IrFunction, irFunctions } from '../../compiler/foreign/ir-functions.ts';
import { needsOpaquePointers, portableIr } from '../../compiler/foreign/portable-ir.ts';
import { renderDiagnostics } from '../../compiler/render-diagnostic.ts';
import { CompileError } from '../compile-error.ts';
import { type FunctionModule, optionNames } from '../function-module.ts';
import type { SessionNames } from '../session-names.ts';
import type { ModuleOptions } from '../source-module.ts';
import { analyse, type CSource, clangFor, generate, generateSync } from './clang.ts';
import { runCommand } from './command.ts';
import { type ForeignCompiler, ForeignModule, type ForeignTarget } from './foreign-module.ts';
import { likelyTarget } from './likely-target.ts';

export interface ForeignText {
  readonly source: string;
  readonly fileName: string;
  /** What diagnostics show in its place, of the same offsets. */
  readonly shown?: string;
  /** A command, where the source goes to its standard input and IR comes from its standard output. */
  readonly language: ForeignLanguage | { readonly command: string };
  readonly options: ModuleOptions;
  /** Where functions of other cells are found. */
  readonly names?: SessionNames;
}

export interface ForeignHost {
  /** Undefined while there is no server. */
  readonly target: ForeignTarget | undefined;
  /** For warnings. */
  readonly write: (text: string) => void;
}

/** @throws CompileError for what is wrong with the source or its signatures; RemoteError where a compiler is missing or fails */
export async function defineForeign(
  text: ForeignText,
  signatures: readonly GivenSignature[],
  host: ForeignHost,
): Promise<FunctionModule> {
  refuseOptions(text);
  const target = host.target ?? likelyTarget();
  const { language } = text;
  if (typeof language === 'object') return defineByCommand(text, language.command, signatures, target);
  if (language === 'ir') return defineIr(text, signatures, target);
  return defineC(
    text,
    { source: text.source, language, fastMath: text.options.fastMath ?? false },
    signatures,
    {
      ...host,
      target,
    },
  );
}

async function defineC(
  text: ForeignText,
  source: CSource,
  signatures: readonly GivenSignature[],
  { target, write }: ForeignHost & { readonly target: ForeignTarget },
): Promise<FunctionModule> {
  const analysis = await analyse(clangFor(target), source, target);
  if (!analysis.ok) throw new CompileError(analysis.messages.errors, placeOf(text));
  const compiler: ForeignCompiler<CDefinition> = {
    generate: (overloads, on) => generate(clangFor(on), source, overloads, on),
    generateSync: (overloads, on) => generateSync(clangFor(on), source, overloads, on),
  };
  const languageName = source.language === 'c' ? 'C' : 'C++';
  const options = moduleOptions(text, analysis.definitions, compiler, languageName);
  const module = await ForeignModule.define(options, signatures, target);
  const { warnings } = analysis.messages;
  if (warnings.length > 0)
    write(`${renderDiagnostics(warnings, { ...placeOf(text), severity: 'warning' })}\n`);
  return module;
}

async function defineIr(
  text: ForeignText,
  signatures: readonly GivenSignature[],
  target: ForeignTarget,
): Promise<FunctionModule> {
  const functions = irFunctions(text.source);
  return ForeignModule.define(
    moduleOptions(text, functions, irCompiler(text.source), 'LLVM IR'),
    signatures,
    target,
  );
}

async function defineByCommand(
  text: ForeignText,
  command: string,
  signatures: readonly GivenSignature[],
  target: ForeignTarget,
): Promise<FunctionModule> {
  const ir = await runCommand({ command, source: text.source, place: placeOf(text), signatures, target });
  const functions = irFunctions(ir, text.source);
  return ForeignModule.define(
    moduleOptions(text, functions, irCompiler(ir), 'another language'),
    signatures,
    target,
  );
}

/** For IR that is there already. */
function irCompiler(ir: string): ForeignCompiler<IrFunction> {
  const generateIr = (overloads: readonly ForeignOverload<IrFunction>[], { llvmMajor }: ForeignTarget) => {
    if (needsOpaquePointers(ir, llvmMajor)) {
      throw new RemoteError(
        'unsupported',
        `the server has LLVM ${llvmMajor}, which can't read opaque pointers (ptr); write typed ones, such as double*`,
      );
    }
    return `${portableIr(ir, llvmMajor)}\n${adapterText(overloads)}`;
  };
  return { generateSync: generateIr, generate: async (overloads, target) => generateIr(overloads, target) };
}

function moduleOptions<F extends ForeignFunction>(
  text: ForeignText,
  functions: readonly F[],
  compiler: ForeignCompiler<F>,
  languageName: string,
) {
  return {
    functions,
    compiler,
    languageName,
    place: placeOf(text),
    options: text.options,
    names: text.names,
  };
}

/** Options that say what our own compiler should do. */
function refuseOptions(text: ForeignText): void {
  const { language, options } = text;
  const isC = language === 'c' || language === 'c++';
  const given = optionNames(options).filter((name) => !(isC && name === 'fastmath'));
  if (given.length === 0) return;
  const diagnostics = given.map(
    (option): Diagnostic => ({
      code: 'option',
      message: `${option} has no meaning for this language: its compiler decides`,
      span: { start: 0, end: 0 },
      hint: 'leave it out',
    }),
  );
  throw new CompileError(diagnostics, placeOf(text));
}

function placeOf({ source, shown = source, fileName }: ForeignText) {
  return { source: shown, fileName };
}
