/** `rjit compile`: shows what becomes of a source, from its tree to machine code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import { RemoteError } from '../backend/contract/remote-error.ts';
import { SignatureError } from '../backend/contract/signature-error.ts';
import { parseSignatures } from '../backend/contract/template-signatures.ts';
import { assignSignatures, type GivenSignature } from './compiler/assign-signatures.ts';
import { checkModule, compileProgram } from './compiler/compile.ts';
import type { CoreModule, Language } from './compiler/core.ts';
import { detectLanguage } from './compiler/detect-language.ts';
import type { Result } from './compiler/diagnostic.ts';
import { detectForeignLanguage, type SourceLanguage } from './compiler/foreign/detect-foreign.ts';
import { formatCore } from './compiler/format-core.ts';
import { formatHir } from './compiler/format-hir.ts';
import type { HirModule } from './compiler/hir.ts';
import { parseModule } from './compiler/parse-module.ts';
import { CompileError } from './rjit/compile-error.ts';
import { defineForeign, type ForeignText } from './rjit/foreign/define-foreign.ts';
import { likelyTarget } from './rjit/foreign/likely-target.ts';
import { RemoteJIT } from './rjit/remote-jit.ts';
import type { ModuleOptions } from './rjit/source-module.ts';

const STAGES = ['core', 'hir', 'ir', 'opt', 'asm'] as const;
type Stage = (typeof STAGES)[number];

const usage = `usage: rjit compile FILE [OPTION ...]

Shows what becomes of the functions in FILE; - is standard input.

  --signature TEXT     as behind %%rjit, e.g. 'int64(int64, int64)'; more than one may be given
  --lang LANGUAGE      python, typescript, c, c++ or ir; by default what the file's name or its text says
  --with 'COMMAND ...' what compiles FILE instead: reads it on standard input, writes LLVM IR to standard output
  --emit STAGE         core  the tree that was read (Python and TypeScript)
                       hir   the tree with its types settled (Python and TypeScript)
                       ir    LLVM IR, as it would be sent to a server (default)
                       opt   LLVM IR after the optimiser, for this machine (needs libLLVM)
                       asm   assembly for this machine (needs libLLVM)
  -o, --output FILE    where to write it; standard output by default
  --fastmath, --no-bounds, --error-model numpy  as behind %%rjit
`;

const languages: Readonly<Record<string, SourceLanguage>> = {
  python: 'python',
  typescript: 'typescript',
  c: 'c',
  'c++': 'c++',
  ir: 'ir',
};

const languagesByExtension: Readonly<Record<string, SourceLanguage>> = {
  '.py': 'python',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.js': 'typescript',
  '.mjs': 'typescript',
  '.c': 'c',
  '.cc': 'c++',
  '.cpp': 'c++',
  '.cxx': 'c++',
  '.ll': 'ir',
};

/** What is wrong with the command line; the message says how to mend it. */
class UsageError extends Error {}

interface Job {
  readonly source: string;
  readonly fileName: string;
  readonly language: SourceLanguage;
  readonly command: string | undefined;
  readonly signatures: readonly string[];
  readonly options: ModuleOptions;
}

/** Runs `rjit compile ARGV`; returns the exit status. */
export async function compile(argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = readArguments(argv);
    if (values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    const text = `${(await emit(readJob(values, positionals), stageOf(values.emit))).trimEnd()}\n`;
    if (values.output === undefined) process.stdout.write(text);
    else writeFileSync(values.output, text);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    if (!isUsage && !(error instanceof CompileError) && !(error instanceof RemoteError)) throw error;
    process.stderr.write(isUsage ? `rjit compile: ${error.message}\n` : `${error.message}\n`);
    return isUsage ? 2 : 1;
  }
}

function readArguments(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      signature: { type: 'string', multiple: true },
      lang: { type: 'string' },
      with: { type: 'string' },
      emit: { type: 'string' },
      output: { type: 'string', short: 'o' },
      fastmath: { type: 'boolean' },
      'no-bounds': { type: 'boolean' },
      'error-model': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

type Values = ReturnType<typeof readArguments>['values'];

function readJob(values: Values, positionals: readonly string[]): Job {
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) {
    throw new UsageError(`expected one FILE, found ${positionals.length} (see rjit compile --help)`);
  }
  const source = readSource(path);
  return {
    source,
    fileName: path === '-' ? 'stdin' : basename(path),
    language: languageOf(values.lang, path, source),
    command: values.with,
    signatures: values.signature ?? [],
    options: {
      ...(values.fastmath === true ? { fastMath: true } : {}),
      ...(values['no-bounds'] === true ? { checkBounds: false } : {}),
      ...(values['error-model'] === undefined ? {} : { errorModel: errorModelOf(values['error-model']) }),
    },
  };
}

function readSource(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function languageOf(name: string | undefined, path: string, source: string): SourceLanguage {
  if (name === undefined) {
    return (
      languagesByExtension[extname(path).toLowerCase()] ??
      detectForeignLanguage(source) ??
      detectLanguage(source)
    );
  }
  const language = Object.hasOwn(languages, name) ? languages[name] : undefined;
  if (language !== undefined) return language;
  throw new UsageError(`--lang is "${name}"; expected ${Object.keys(languages).join(', ')}`);
}

function errorModelOf(name: string): 'language' | 'numpy' {
  if (name === 'language' || name === 'numpy') return name;
  throw new UsageError(`--error-model is "${name}"; expected language or numpy`);
}

function stageOf(name = 'ir'): Stage {
  const stage = STAGES.find((one) => one === name);
  if (stage !== undefined) return stage;
  throw new UsageError(`--emit is "${name}"; expected ${STAGES.join(', ')}`);
}

async function emit(job: Job, stage: Stage): Promise<string> {
  const { command, language } = job;
  if (stage === 'opt' || stage === 'asm') return emitOnServer(job, stage);
  if (command !== undefined) return emitForeign(job, { command }, stage);
  if (language === 'python' || language === 'typescript') return emitOwn(job, language, stage);
  return emitForeign(job, language, stage);
}

function emitOwn(job: Job, language: Language, stage: 'core' | 'hir' | 'ir'): string {
  const { source, fileName, options } = job;
  const core = resultOf(parseModule({ source, fileName, language }), job);
  if (stage === 'core') return formatCore(core);
  const checked = check(core, job, options);
  return stage === 'hir' ? formatHir(checked) : compileProgram(checked, likelyTarget()).ir;
}

function check(module: CoreModule, job: Job, options: ModuleOptions): HirModule {
  const overloads = resultOf(
    assignSignatures(
      module,
      job.signatures.flatMap((one) => parseGiven(one)),
    ),
    job,
  );
  return resultOf(checkModule({ module, overloads, options }), job);
}

async function emitForeign(job: Job, language: ForeignText['language'], stage: Stage): Promise<string> {
  if (stage !== 'ir') {
    throw new UsageError(`--emit ${stage} is for Python and TypeScript; other languages begin at --emit ir`);
  }
  const target = likelyTarget();
  const module = await defineForeign(
    { ...job, language },
    job.signatures.flatMap((one) => parseGiven(one)),
    {
      target,
      write: (text) => process.stderr.write(text),
    },
  );
  return module.compile([], { ...target, dataLayout: '' }).ir;
}

/** Through a server of our own, which has the optimiser. */
async function emitOnServer({ command, ...job }: Job, stage: 'opt' | 'asm'): Promise<string> {
  let isStarted = false;
  // Of what it writes, the lines about the server itself are nothing to the user.
  const jit = new RemoteJIT({ port: 0, write: (text) => isStarted && process.stderr.write(text) });
  try {
    await jit.startServer();
    isStarted = true;
    const functions = await jit.define({ ...job, ...(command === undefined ? {} : { command }) });
    return functions.map((one) => (stage === 'opt' ? one.optimized : one.asm)).join('\n');
  } finally {
    isStarted = false;
    await jit.close();
  }
}

/** @throws CompileError pointing into the signature */
function parseGiven(text: string): readonly GivenSignature[] {
  try {
    return parseSignatures(text).map((signature) => ({ signature }));
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    const span = { start: error.start, end: error.end };
    const place = { source: text, fileName: 'signature' };
    throw new CompileError([{ code: 'signature', message: error.message, span }], place);
  }
}

function resultOf<T>(result: Result<T>, { source, fileName }: Job): T {
  if (result.ok) return result.value;
  throw new CompileError(result.diagnostics, { source, fileName });
}
