import { type ChildProcess, fork } from 'node:child_process';
import { fchownSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isRemoteErrorCode, RemoteError } from '../contract/remote-error.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { WorkerIdentity } from './worker-identity.ts';
import {
  type MessageToSupervisor,
  type MessageToWorker,
  parseMessageToSupervisor,
  type TargetInfo,
} from './worker-messages.ts';
import { type Retirement, WorkerRecord } from './worker-record.ts';
import { formatWorkerStart, retirementExitCode } from './worker-start.ts';

/** How a worker ended, and what it was doing. */
export interface WorkerExit {
  /** `SIGSEGV`, `exit code 3`, with LLVM's last words if it had any. */
  readonly reason: string;
  readonly address: bigint;
  /** Set when the worker asked to be replaced and left its connections behind. */
  readonly retirement: Retirement | undefined;
  /** What the worker was running or compiling, by its record; empty when it was idle. */
  readonly functionName: string;
}

export interface WorkerListener {
  onMessage(message: MessageToSupervisor): void;
  onExit(exit: WorkerExit): void;
}

/** What every worker of a server is started with. */
export interface WorkerSettings {
  readonly limits: Limits;
  /** As whom workers run; undefined runs them as this process. */
  readonly identity: WorkerIdentity | undefined;
  /** Where they keep compiled code; none without it. */
  readonly objectCacheFolder: string | undefined;
}

/** The descriptor under which a worker finds its record; 3 is the IPC channel. */
const recordFileDescriptor = 4;

/** Node and libLLVM load in a tenth of a second; a machine this slow has other trouble. */
const startTimeoutMs = 30_000;

const workerModule = fileURLToPath(new URL('./worker-main.js', import.meta.url));

/** A worker sees where things are, and no secret that the server was started with. */
const passedVariables = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'LD_LIBRARY_PATH', 'RJIT_LLVM'];

function workerEnvironment(identity: WorkerIdentity | undefined): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of passedVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  // What lies in the server's own home is not the other user's to read or write.
  if (identity) environment.HOME = identity.home;
  return environment;
}

/** One worker process as the supervisor sees it. The process has ended when `onExit` was called, not before. */
export class WorkerProcess {
  readonly pid: number;
  readonly record: WorkerRecord;
  /** Resolves when libLLVM is loaded; rejects with a RemoteError when the worker can't serve. */
  readonly ready: Promise<TargetInfo>;
  /** What it does without, once it is ready; empty when nothing. */
  problem = '';
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  readonly spawnedAt = performance.now();
  readonly #child: ChildProcess;
  #listener: WorkerListener | undefined;
  #exit: WorkerExit | undefined;
  #killReason: string | undefined;
  readonly #pongs: (() => void)[] = [];
  #callCount = 0;
  #exitStatus: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  readonly #settleReady: { resolve(target: TargetInfo): void; reject(error: RemoteError): void };
  readonly #settleExited: () => void;

  static spawn({ limits, identity, objectCacheFolder }: WorkerSettings, log: Log): WorkerProcess {
    const record = WorkerRecord.create();
    if (identity) fchownSync(record.fileDescriptor, identity.uid, identity.gid);
    const child = fork(
      workerModule,
      [formatWorkerStart({ supervisorPid: process.pid, recordFileDescriptor, limits, objectCacheFolder })],
      {
        env: workerEnvironment(identity),
        execArgv: [],
        serialization: 'json',
        stdio: ['ignore', 2, 2, 'ipc', record.fileDescriptor],
        ...(identity && { uid: identity.uid, gid: identity.gid, cwd: '/' }),
      },
    );
    return new WorkerProcess(child, record, log);
  }

  private constructor(child: ChildProcess, record: WorkerRecord, log: Log) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.record = record;
    const { promise, resolve, reject } = withResolvers<TargetInfo>();
    this.ready = promise;
    this.#settleReady = { resolve, reject };
    const exited = withResolvers<void>();
    this.exited = exited.promise;
    this.#settleExited = exited.resolve;
    const startTimer = setTimeout(() => {
      log('error', 'worker-start', `a worker was not ready after ${startTimeoutMs} ms; killing it`, {
        pid: this.pid,
      });
      this.kill('SIGKILL');
    }, startTimeoutMs);
    // Whoever needs the worker awaits `ready`; a spare that fails while nobody does is no unhandled rejection.
    promise.catch(() => undefined).finally(() => clearTimeout(startTimer));
    child.on('message', (message) => {
      const parsed = parseMessageToSupervisor(message);
      if (parsed === undefined) {
        log('error', 'worker-protocol', 'a worker sent a message that is none of ours; killing it', {
          pid: this.pid,
        });
        this.kill('SIGKILL');
        return;
      }
      this.#receive(parsed);
    });
    child.on('error', (error) => {
      log('error', 'worker-channel', error.message, { pid: this.pid });
      if (child.pid === undefined) this.#finish({ code: 1, signal: null });
    });
    // Messages may still be in the channel when the process is gone: the last of them arrive before 'disconnect'.
    child.once('exit', (code, signal) => {
      if (child.connected) {
        child.once('disconnect', () => this.#finish({ code, signal }));
      } else {
        this.#finish({ code, signal });
      }
    });
  }

  /** Calls it has begun, by its record; still known when it has ended. */
  get callCount(): number {
    const record = this.record.read();
    if (record) this.#callCount = Math.max(0, record.sequence - 1);
    return this.#callCount;
  }

  /** The owner hears of everything from here on; an exit that has already happened is told at once. */
  listen(listener: WorkerListener): void {
    this.#listener = listener;
    if (this.#exit) listener.onExit(this.#exit);
  }

  send(message: MessageToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** The worker gets its own copy of the socket; ours stays open, so the connection outlives the worker. */
  sendConnection(message: MessageToWorker, socket: Socket): void {
    if (this.#child.connected) this.#child.send(message, socket, { keepOpen: true }, () => undefined);
  }

  /** @param reason what `onExit` is to say instead of the signal */
  kill(signal: 'SIGUSR2' | 'SIGKILL', reason?: string): void {
    this.#killReason ??= reason;
    if (this.#exitStatus === undefined && this.#exit === undefined) this.#child.kill(signal);
  }

  /** Resolves when the worker's event loop has turned, or its process has ended. */
  async answer(): Promise<void> {
    const pong = new Promise<void>((resolve) => this.#pongs.push(resolve));
    this.send({ kind: 'ping' });
    await Promise.race([pong, this.exited]);
  }

  #receive(message: MessageToSupervisor): void {
    if (message.kind === 'pong') {
      for (const resolve of this.#pongs.splice(0)) resolve();
    } else if (message.kind === 'ready') {
      this.problem = message.problem;
      this.#settleReady.resolve(message.target);
    } else if (message.kind === 'failed') {
      const code = isRemoteErrorCode(message.code) ? message.code : 'unsupported';
      this.#settleReady.reject(new RemoteError(code, message.message));
    } else {
      this.#listener?.onMessage(message);
    }
  }

  #finish(status: { code: number | null; signal: NodeJS.Signals | null }): void {
    if (this.#exit !== undefined) return;
    this.#callCount = this.callCount;
    const record = this.record.read();
    const wasIdle = record === undefined || record.state === 'idle';
    const ending = this.#killReason ?? status.signal ?? `exit code ${status.code}`;
    const doing = record?.state === 'compiling' ? ' while compiling' : '';
    const lastWords = record?.message ? `: ${record.message}` : '';
    this.#exit = {
      reason: `${ending}${doing}${lastWords}`,
      address: wasIdle ? 0n : record.faultAddress,
      retirement: status.code === retirementExitCode ? this.record.readRetirement() : undefined,
      functionName: wasIdle ? '' : record.functionName,
    };
    this.record.close();
    this.#settleReady.reject(
      new RemoteError('worker-died', `the worker process ended before it was ready (${this.#exit.reason})`),
    );
    this.#listener?.onExit(this.#exit);
    this.#settleExited();
  }
}

function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
