import { RemoteError } from '../contract/remote-error.ts';
import type { Log } from './log.ts';
import { WorkerProcess, type WorkerSettings } from './worker-process.ts';

/** A spare that dies this often in a row before it is ready is not tried again until somebody needs a worker. */
const spawnAttempts = 3;
/** A session that just took the spare compiles right away; the next spare keeps out of its way. */
const respawnDelayMs = 300;
/** Starting more at once makes none of them ready sooner. */
const maxStarting = 2;

/**
 * Keeps one worker ready, so that a session starts, or goes on after a crash, without waiting for a process to
 * start and load libLLVM.
 */
export class WorkerPool {
  readonly #settings: WorkerSettings;
  readonly #log: Log;
  /** Callers of `take` whose worker has not been started yet. */
  readonly #queue: (() => void)[] = [];
  #spare: WorkerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #starting = 0;
  #failures = 0;
  #isClosed = false;
  #reported = '';

  constructor(settings: WorkerSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  get spare(): WorkerProcess | undefined {
    return this.#spare;
  }

  /** A worker that is ready and now the caller's. Rejects with a RemoteError when none can be started. */
  async take(): Promise<WorkerProcess> {
    while (this.#spare === undefined && this.#starting >= maxStarting) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    const worker = this.#spare ?? this.#spawn();
    this.#spare = undefined;
    try {
      await worker.ready;
    } finally {
      this.#prepareLater();
    }
    return worker;
  }

  /** Takes back a worker that has never run anything of a user's. */
  giveBack(worker: WorkerProcess): void {
    if (this.#isClosed || this.#spare !== undefined) {
      worker.kill('SIGKILL');
      return;
    }
    this.#spare = worker;
    this.#listen(worker);
    this.#wake();
  }

  /**
   * Starts the spare; resolves when it is ready. One that dies is tried again.
   *
   * @throws RemoteError when a worker says why it can't work, or none stays alive
   */
  async prepare(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#spare ??= this.#spawn();
      try {
        await this.#spare.ready;
        return;
      } catch (error) {
        const { code } = RemoteError.from(error);
        if (code !== 'worker-died' || attempt === spawnAttempts || this.#isClosed) throw error;
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#spare?.kill('SIGKILL');
  }

  #spawn(): WorkerProcess {
    const worker = WorkerProcess.spawn(this.#settings, this.#log);
    this.#starting += 1;
    this.#listen(worker);
    worker.ready.then(
      (target) => {
        this.#failures = 0;
        this.#log('info', 'worker-ready', `a worker is ready (LLVM ${target.llvmMajor}, ${target.cpu})`, {
          pid: worker.pid,
          startMs: Math.round(performance.now() - worker.spawnedAt),
        });
        this.#report(worker.problem);
        this.#started();
      },
      () => this.#started(),
    );
    return worker;
  }

  /** Once, for every worker would say the same. */
  #report(problem: string): void {
    if (problem === '' || problem === this.#reported) return;
    this.#reported = problem;
    this.#log('warn', 'worker-lacks', problem);
  }

  #started(): void {
    this.#starting -= 1;
    this.#wake();
  }

  #wake(): void {
    this.#queue.shift()?.();
  }

  #listen(worker: WorkerProcess): void {
    worker.listen({
      onMessage: () => undefined,
      onExit: (exit) => {
        if (this.#spare !== worker) return;
        this.#spare = undefined;
        if (this.#isClosed) return;
        this.#failures += 1;
        this.#log('warn', 'spare-died', `the spare worker ended (${exit.reason})`, { pid: worker.pid });
        if (this.#failures < spawnAttempts) this.#prepareLater();
      },
    });
  }

  #prepareLater(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#starting < maxStarting) this.#spare ??= this.#spawn();
    }, respawnDelayMs);
  }
}
