/** Runs compilers of this machine: a source on standard input, IR on standard output, never for long. */
import { spawn, spawnSync } from 'node:child_process';
import { BroadcastChannel } from 'node:worker_threads';
import { CANCEL_CHANNEL } from '../cancel.ts';

export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  readonly input: string;
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export type ToolOutcome =
  | {
      readonly kind: 'ended';
      readonly status: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** In words, e.g. `clang-19 did not end within 60 s`. */
  | { readonly kind: 'failed'; readonly reason: string };

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTE_LENGTH = 64 * 1024 * 1024;

/** Never rejects. An interrupt of the cell that waits for the tool ends it, as it ends remote calls. */
export function runTool(tool: Tool): Promise<ToolOutcome> {
  const { command, args, input, timeoutMs = DEFAULT_TIMEOUT_MS } = tool;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'pipe', env: environmentOf(tool) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let byteLength = 0;
    const stop = (reason: string) => {
      child.kill('SIGKILL');
      // What it has started may still hold the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
      release();
      resolve({ kind: 'failed', reason });
    };
    const cancelled = new BroadcastChannel(CANCEL_CHANNEL);
    cancelled.onmessage = () => stop(`${command} was interrupted`);
    const release = () => {
      clearTimeout(timer);
      cancelled.close();
    };
    const timer = setTimeout(() => stop(tooSlow(tool)), timeoutMs);
    const collect = (parts: Buffer[]) => (part: Buffer) => {
      parts.push(part);
      byteLength += part.length;
      if (byteLength > MAX_OUTPUT_BYTE_LENGTH) stop(tooLong(tool));
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A compiler that gives up early closes its standard input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (error) => stop(notStarted(tool, error)));
    child.on('close', (status, signal) => {
      release();
      if (signal !== null) resolve({ kind: 'failed', reason: `${command} was ended by ${signal}` });
      else resolve({ kind: 'ended', status, stdout: textOf(stdout), stderr: textOf(stderr) });
    });
  });
}

/** As `runTool`, and waits. */
export function runToolSync(tool: Tool): ToolOutcome {
  const { command, args, input, timeoutMs = DEFAULT_TIMEOUT_MS } = tool;
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    env: environmentOf(tool),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTE_LENGTH,
  });
  const code = error !== undefined && 'code' in error ? error.code : undefined;
  if (code === 'ETIMEDOUT') return { kind: 'failed', reason: tooSlow(tool) };
  if (code === 'ENOBUFS') return { kind: 'failed', reason: tooLong(tool) };
  if (error !== undefined && code !== 'EPIPE') return { kind: 'failed', reason: notStarted(tool, error) };
  if (signal !== null) return { kind: 'failed', reason: `${command} was ended by ${signal}` };
  return { kind: 'ended', status, stdout, stderr };
}

function environmentOf({ environment }: Tool): NodeJS.ProcessEnv {
  return { ...process.env, ...environment };
}

function textOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8');
}

function tooSlow({ command, timeoutMs = DEFAULT_TIMEOUT_MS }: Tool): string {
  return `${command} did not end within ${timeoutMs / 1000} s`;
}

function tooLong({ command }: Tool): string {
  return `${command} wrote more than ${MAX_OUTPUT_BYTE_LENGTH / 1024 / 1024} MB`;
}

function notStarted({ command }: Tool, error: Error): string {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return `${command} can't be started: ${isMissing ? 'there is no such command' : error.message}`;
}
