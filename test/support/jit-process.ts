import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packArguments, unpackResult } from '../../backend/contract/packed.ts';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { type CallRecord, markCancelled, readCallRecord } from '../../backend/llvm/call-record.ts';
import type { CompileReport } from '../../backend/llvm/jit.ts';
import { libraryNames, SUPPORTED_MAJORS } from '../../backend/llvm/library.ts';
import type { JitAnswer, JitQuestion, NamedFunction } from './jit-messages.ts';

/** Far more than any question takes on a busy machine. */
const ANSWER_DEADLINE_MS = 60_000;

const CHILD = fileURLToPath(new URL('jit-process-main.js', import.meta.url));

/** How a test picks a library: `undefined` is the one that rjit itself would take. */
export interface LlvmChoice {
  readonly label: string;
  readonly library: string | undefined;
}

/** The default library and each supported version that the dynamic linker knows of. */
export function llvmChoices(): readonly LlvmChoice[] {
  const known = linkerCache();
  const installed = SUPPORTED_MAJORS.flatMap((major) => {
    const library = libraryNames(major).find((name) => known.includes(`\t${name} `));
    return library === undefined ? [] : [{ label: `LLVM ${major}`, library }];
  });
  return [{ label: 'the default LLVM', library: undefined }, ...installed];
}

function linkerCache(): string {
  try {
    return execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  } catch {
    return ''; // No ldconfig: only the default is tested.
  }
}

/** A function compiled in a `JitProcess`, called with and answering in values. */
export interface TestFunction {
  readonly handle: number;
  call(...args: unknown[]): Promise<unknown>;
}

/** A Jit in a child process, so that nothing it does to its process reaches the tests. End it with `stop`. */
export class JitProcess {
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #recordDescriptor: number;

  private constructor(child: ChildProcess, directory: string, version: string) {
    this.#child = child;
    this.#directory = directory;
    this.#recordDescriptor = openSync(join(directory, 'call-record'), 'r+');
    this.version = version;
  }

  static async start(library?: string, cacheDirectory = ''): Promise<JitProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'rjit-jit-'));
    const child = fork(CHILD, [join(directory, 'call-record'), cacheDirectory], {
      serialization: 'advanced',
      env: { ...process.env, RJIT_LLVM: library ?? '' },
    });
    const version = await nextAnswer(child);
    return new JitProcess(child, directory, String(version));
  }

  get major(): number {
    return Number.parseInt(this.version, 10);
  }

  get record(): CallRecord {
    const record = readCallRecord(this.#recordDescriptor);
    if (record === undefined) throw new Error('the call record is empty');
    return record;
  }

  async ask(question: JitQuestion): Promise<unknown> {
    const answered = nextAnswer(this.#child);
    this.#child.send(question);
    return answered;
  }

  async compile(
    ir: string,
    functions: readonly NamedFunction[],
    options: Readonly<Record<string, string>> = {},
  ): Promise<CompileReport> {
    return (await this.ask({ kind: 'compile', ir, functions, options })) as CompileReport;
  }

  /** Compiles one function. */
  async define(symbol: string, signature: string, ir: string): Promise<TestFunction> {
    const { functions } = await this.compile(ir, [{ symbol, signature }]);
    return this.function(functions[0]?.handle ?? 0, signature);
  }

  function(handle: number, signature: string): TestFunction {
    const type = parseSignature(signature);
    return {
      handle,
      call: async (...args) => {
        const packed = packArguments(type, args);
        return unpackResult(type, (await this.ask({ kind: 'call', handle, args: packed })) as Uint8Array);
      },
    };
  }

  /** Resolves when the record shows that a call runs. */
  async untilRunning(): Promise<CallRecord> {
    await until(() => this.record.state === 'running', 'a call runs');
    return this.record;
  }

  /** Resolves when a signal sent to the process is no longer pending, and its handler has had time to act. */
  async untilDelivered(signal: NodeJS.Signals): Promise<void> {
    const bit = 1n << BigInt(constants.signals[signal] - 1);
    await until(() => {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const pending = /^ShdPnd:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
      return (BigInt(`0x${pending}`) & bit) === 0n;
    }, `${signal} is delivered`);
    // The handler takes less than a microsecond; a turn of this loop with its file read takes many.
    for (let turn = 0; turn < 20; turn += 1) await this.#turn();
  }

  cancel(sequence: number): void {
    markCancelled(this.#recordDescriptor, sequence);
    this.#child.kill('SIGUSR2');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** @returns the signal that ended the process, or its exit code */
  async ended(): Promise<NodeJS.Signals | number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return signalCode ?? exitCode;
    const [code, signal] = await once(this.#child, 'exit');
    return signal ?? code;
  }

  async #turn(): Promise<void> {
    readFileSync(`/proc/${this.#child.pid}/stat`);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
    closeSync(this.#recordDescriptor);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + ANSWER_DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${ANSWER_DEADLINE_MS} ms in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Rejects with the RemoteError that the child answered by, or with how the child ended: an overdue one is killed. */
function nextAnswer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const overdue = setTimeout(() => child.kill('SIGKILL'), ANSWER_DEADLINE_MS);
    const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(overdue);
      child.off('message', onMessage);
      reject(new Error(`the process ended: ${signal ?? code}`));
    };
    const onMessage = (message: JitAnswer) => {
      clearTimeout(overdue);
      child.off('exit', onExit);
      if ('fault' in message) reject(RemoteError.fromFault(message.fault));
      else resolve(message.value);
    };
    child.once('exit', onExit);
    child.once('message', onMessage);
  });
}

/** @returns the RemoteError that `action` rejects with */
export async function remoteErrorOf(action: Promise<unknown>): Promise<RemoteError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof RemoteError) return error;
    throw error;
  }
  throw new Error('no error came');
}
