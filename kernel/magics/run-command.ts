import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { MagicContext } from './context.ts';
import { UsageError } from './usage-error.ts';

export interface Command {
  readonly file: string;
  readonly args?: readonly string[];
  /** `file` is a line for the system's shell. */
  readonly shell?: boolean;
  /** Its standard input; nothing by default. */
  readonly input?: string;
}

/**
 * Runs a program in the session's folder; what it writes is the cell's output, as it comes. An interrupt of the cell
 * reaches it, too: it is in the session's process group.
 *
 * @returns its exit code; for a signal what a shell gives, 128 and the signal's number
 * @throws {UsageError} when there is no such program
 */
export function runCommand(
  { file, args = [], shell = false, input }: Command,
  context: MagicContext,
): Promise<number> {
  const child = spawn(file, [...args], {
    shell,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => context.write(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => context.writeError(text));
  // A program may end without having read all of its input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new UsageError(`${file} can't be started: ${error.message}`)));
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
