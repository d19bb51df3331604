/** Compilers of the user's choice: the source on their standard input, LLVM IR on their standard output. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { GivenSignature } from '../../compiler/assign-signatures.ts';
import type { Diagnostic } from '../../compiler/diagnostic.ts';
import { CompileError } from '../compile-error.ts';
import type { ForeignTarget } from './foreign-module.ts';
import { runTool } from './run-tool.ts';

export interface CommandRun {
  /** Split at blanks, outside quotes; no shell reads it. */
  readonly command: string;
  readonly source: string;
  /** What diagnostics show. */
  readonly place: { readonly source: string; readonly fileName: string };
  readonly signatures: readonly GivenSignature[];
  readonly target: ForeignTarget;
}

/**
 * The IR that the command writes. It is told the server's triple and version of LLVM in `RJIT_TRIPLE` and
 * `RJIT_LLVM_MAJOR`, and the signatures in `RJIT_SIGNATURES`, separated by `; `.
 *
 * @throws CompileError with what the command wrote when it fails; RemoteError when it can't be run
 */
export async function runCommand({
  command,
  source,
  place,
  signatures,
  target,
}: CommandRun): Promise<string> {
  const [program, ...args] = wordsOf(command);
  if (program === undefined) throw new RemoteError('compile-failed', 'the command is empty');
  const outcome = await runTool({
    command: program,
    args,
    input: source,
    environment: {
      RJIT_TRIPLE: target.triple,
      RJIT_LLVM_MAJOR: String(target.llvmMajor),
      RJIT_SIGNATURES: signatures.map(({ signature }) => formatType(signature)).join('; '),
    },
  });
  if (outcome.kind === 'failed') throw new RemoteError('compile-failed', outcome.reason);
  const { status, stdout, stderr } = outcome;
  if (status !== 0) throw new CompileError([failure(program, status, stderr || stdout)], place);
  if (/^[ \t]*define\b/m.test(stdout)) return stdout;
  throw new CompileError([noFunctions(program, stdout, stderr)], place);
}

function wordsOf(command: string): string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double = '', single = '') => double + single),
  );
}

const START = { start: 0, end: 0 };

function failure(program: string, status: number | null, output: string): Diagnostic {
  return {
    code: 'command',
    message: `${program} ended with status ${status}`,
    span: START,
    notes: [output.trim() === '' ? 'it wrote nothing' : `it wrote:\n${output.trim()}`],
  };
}

function noFunctions(program: string, stdout: string, stderr: string): Diagnostic {
  const [line = ''] = stdout.trimStart().split('\n');
  const found = line === '' ? 'nothing' : line.startsWith('BC') ? 'bitcode' : `"${line.slice(0, 60)}"`;
  return {
    code: 'command',
    message: `${program} wrote no function in LLVM IR to its standard output; found ${found}`,
    span: START,
    hint: 'have it write the text form of LLVM IR to standard output, as clang -S -emit-llvm -o - does',
    ...(stderr.trim() === '' ? {} : { notes: [`it also wrote:\n${stderr.trim()}`] }),
  };
}
