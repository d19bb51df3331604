import { SignatureError } from '../../backend/contract/signature-error.ts';
import { parseSignatures } from '../../backend/contract/template-signatures.ts';
import type { SourceLanguage } from '../compiler/foreign/detect-foreign.ts';
import { signatureDiagnostic } from '../compiler/signature-diagnostic.ts';
import { CompileError } from '../rjit/compile-error.ts';
import type { Definition } from '../rjit/remote-jit.ts';
import type { CellMagicContext, DefinedFunction } from './context.ts';
import type { CellMagic } from './registry.ts';
import { parseRjitCellHeader, type RjitCellHeader, type SignatureText } from './rjit-cell-header.ts';
import { UsageError } from './usage-error.ts';

const usage = `%%rjit [OPTION ...] [SIGNATURE [; SIGNATURE ...]]
def function(a, b): ...

%%rjit int64(int64, int64)
function add(a, b) { return a + b }

  SIGNATURE    RESULT(PARAMETER, ...), as in int64(int64, float64); a name, as in int64 add(int64, int64),
               where the cell has several functions; none where the functions are annotated;
               T(T, T), T = [int32, float64] is int32(int32, int32) and float64(float64, float64)
  --lang       python, typescript, c, c++ or ir (LLVM IR), where the source doesn't tell; C and C++ need clang here
  --with 'COMMAND ...'  what compiles the cell instead: reads it on standard input, writes LLVM IR to standard output
  --name NAME  the variable of the session that holds the function
  --fastmath   let the optimiser reorder float arithmetic and ignore NaN and infinities
  --error-model numpy  divide by zero as numpy does, without an error
  --no-bounds  don't check the indices of arrays
  --verify     check the IR here before it is sent (needs the package llvm-bindings)`;

const valued = ['lang', 'with', 'name', 'error-model'];
const flags = ['fastmath', 'no-bounds', 'verify'];

const languages: Readonly<Record<string, SourceLanguage>> = {
  py: 'python',
  python: 'python',
  ts: 'typescript',
  typescript: 'typescript',
  c: 'c',
  'c++': 'c++',
  cpp: 'c++',
  ir: 'ir',
  ll: 'ir',
};

/** What the options are that take one of few values. */
const values = { lang: [...new Set(Object.values(languages))], 'error-model': ['numpy', 'language'] };

/** `%%rjit`: compiles the cell's functions for signatures and makes them variables of the session. */
export const rjitCellMagic: CellMagic = {
  name: 'rjit',
  summary: 'compile the functions of the cell to machine code on the backend',
  usage,
  async run(_args: string, _body: string, context: CellMagicContext): Promise<undefined> {
    const { cell, argumentsOffset, fileName } = context;
    const header = parseRjitCellHeader(cell, argumentsOffset, valued, flags);
    for (const signature of header.signatures) checkSignature(signature, context);
    const language = languageOf(header.options.get('lang'));
    const source = withoutHeader(cell, header.bodyLine);
    if (source.trim() === '') throw new UsageError(`the cell has no function to compile; usage:\n\n${usage}`);
    const functions = await context.jit.define({
      source,
      shown: cell,
      fileName,
      signatures: header.signatures.map(({ text, offset }) => {
        return { text, span: { start: offset, end: offset + text.length } };
      }),
      ...(language === undefined ? {} : { language }),
      ...commandOption(header.options),
      ...compileOptions(header.options),
    });
    bind(functions, header.options.get('name'), context);
  },
  async complete(cell, text, cursor) {
    // It brings the compiler's names along, which no session needs that only runs cells.
    const { completeRjitCell } = await import('./rjit-cell-completion.ts');
    return completeRjitCell(cell, text, cursor, { names: [...valued, ...flags], values, languages });
  },
};

/** The header becomes blanks, so that every place in the source is that of the cell. */
function withoutHeader(cell: string, bodyLine: number): string {
  const lines = cell.split('\n');
  const header = lines.splice(0, bodyLine - 1).map((line) => line.replace(/[^\r]/g, ' '));
  return [...header, ...lines].join('\n');
}

/** Here and not in `define`, because the caret belongs under the cell's first line. */
function checkSignature({ text, offset }: SignatureText, { cell, fileName }: CellMagicContext): void {
  try {
    parseSignatures(text);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new CompileError([signatureDiagnostic(error, offset)], { source: cell, fileName });
  }
}

function languageOf(name: string | undefined): SourceLanguage | undefined {
  if (name === undefined) return undefined;
  const language = Object.hasOwn(languages, name) ? languages[name] : undefined;
  if (language !== undefined) return language;
  throw new UsageError(`--lang is "${name}"; expected python, typescript, c, c++ or ir`);
}

function commandOption(given: RjitCellHeader['options']): Pick<Definition, 'command'> {
  const command = given.get('with');
  if (command === undefined) return {};
  if (given.has('lang'))
    throw new UsageError('--lang and --with: the command knows its language; leave --lang out');
  return { command };
}

/** Those that were given: RemoteJIT has its own defaults. */
function compileOptions(given: RjitCellHeader['options']): Pick<Definition, 'options'> {
  const errorModel = given.get('error-model');
  const options = {
    ...(given.has('fastmath') ? { fastMath: true } : {}),
    ...(given.has('no-bounds') ? { checkBounds: false } : {}),
    ...(given.has('verify') ? { verify: true } : {}),
    ...(errorModel === undefined ? {} : { errorModel: errorModelOf(errorModel) }),
  };
  return Object.keys(options).length === 0 ? {} : { options };
}

function errorModelOf(name: string): 'language' | 'numpy' {
  if (name === 'language' || name === 'numpy') return name;
  throw new UsageError(`--error-model is "${name}"; expected language or numpy`);
}

function bind(
  functions: readonly DefinedFunction[],
  name: string | undefined,
  context: CellMagicContext,
): void {
  const [first] = functions;
  if (name === undefined) {
    for (const one of functions) context.defineGlobal(one.name, one);
  } else if (first === undefined || functions.length > 1) {
    const names = functions.map((one) => one.name).join(', ') || 'none';
    throw new UsageError(`--name ${name} needs a cell with one function that can be called; found ${names}`);
  } else if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
    throw new UsageError(`--name is "${name}", which can't name a variable`);
  } else {
    context.defineGlobal(name, first);
  }
}
