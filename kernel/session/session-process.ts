import { setTimeout as sleep } from 'node:timers/promises';
import type { Completeness } from '../language/is-complete.ts';
import type { BackendControl } from '../rjit/backend-control.ts';
import type {
  CellId,
  CommMessage,
  ErrorReport,
  ExecuteOutcome,
  ExecuteRequest,
  Output,
} from './execution.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { type SessionChild, spawnSession } from './session-child.ts';
import { SessionConnection } from './session-connection.ts';
import { reportDeath, reportFailedStart, type SessionDeath } from './session-death.ts';
import type { Answer, LiveMember, Question, UserMagic, VariableDeclaration } from './session-messages.ts';

export interface SessionOptions {
  /** Output of the user's code, in the order in which it was made. */
  readonly onOutput: (output: Output, cellId: CellId | undefined) => void;
  /** Rejects when the front end doesn't allow input. */
  readonly onInput: (prompt: string, password: boolean, cellId: CellId | undefined) => Promise<string>;
  /** The folder of the notebook; the current folder by default. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A process with this folder and environment that has been started already. */
  readonly child?: SessionChild;
  /** Flags for the session's Node. */
  readonly execArgv?: readonly string[];
  /** The managed backend, which lives in the kernel process so that it outlives a session. */
  readonly backend?: BackendControl;
  /** Variables that no TypeScript of a cell declares, such as remote functions. */
  readonly onDeclared?: (declarations: readonly VariableDeclaration[]) => void;
  /** The user's code has registered a magic, or another one of the same name. */
  readonly onMagic?: (magic: UserMagic) => void;
  /** The process has ended, and all variables with it; another one takes its place. */
  readonly onRestart?: () => void;
  /** Says how types are checked, and changes it where a mode is given. @throws Error for an unknown mode */
  readonly typeChecks?: (mode: string | undefined) => string;
  /** What is known of a name, as a MIME bundle; null for nothing. */
  readonly inspect?: (expression: string, wantsSource: boolean) => Promise<JsonObject | null>;
  /** False to start a new process only when one is needed. */
  readonly keepsSpare?: boolean;
}

type DeathReport = ErrorReport & Pick<ExecuteOutcome, 'coverage'>;

/** An interrupt that isn't answered in this time ends the session: something native doesn't come back. */
const INTERRUPT_TIMEOUT_MS = 1500;
/** The main thread may wait in native code and answer nobody. */
const LOOK_TIMEOUT_MS = 250;
/** How long after a cell the spare process starts, so that it doesn't compete with the next cell of a run. */
const SPARE_DELAY_MS = 1000;

/**
 * A session of the user's code, in a process of its own that may be interrupted, crash or run out of memory. When the
 * process ends, however it ends, the session explains it and goes on in a new one.
 */
export class SessionProcess {
  readonly #options: SessionOptions;
  #connection: SessionConnection;
  #spare: SessionConnection | undefined;
  #spareTimer: NodeJS.Timeout | undefined;
  /** The cells that run, and what to do when their process dies under them. */
  readonly #running = new Map<CellId, (report: DeathReport) => void>();
  #last: Promise<unknown> = Promise.resolve();
  #interrupting: Promise<void> | undefined;
  #isShutDown = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#connection = options.child === undefined ? this.#spawn() : new SessionConnection(options.child);
    this.#serve(this.#connection);
  }

  /** Resolves when the process can run cells; `execute` needs no wait for it. */
  get ready(): Promise<void> {
    return this.#connection.ready;
  }

  get pid(): number | undefined {
    return this.#connection.pid;
  }

  /**
   * Resolves only when all output of the cell has been delivered. Never rejects. Cells of the main shell run one after
   * the other; those of a subshell at once, for in which order they are to run is the caller's to say.
   */
  execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    if (request.subshell !== undefined) return this.#execute(request);
    const outcome = this.#last.then(() => this.#execute(request));
    this.#last = outcome;
    return outcome;
  }

  /** Takes a message of the front end to the code at the other end of its comm; false when there is none. */
  comm(message: CommMessage, cellId: CellId, subshell = 0): Promise<boolean> {
    return this.#connection.comm(cellId, message, subshell);
  }

  /** Reads no more output until told so, and lets the user's code wait meanwhile: front ends are slower than it. */
  holdOutput(held: boolean): void {
    this.#connection.holdOutput(held);
  }

  /** Stops the running cells, keeping their state; harmless when nothing runs or an interrupt is under way. */
  interrupt(): Promise<void> {
    this.#interrupting ??= this.#interrupt().finally(() => {
      this.#interrupting = undefined;
    });
    return this.#interrupting;
  }

  /** The members of what an expression gives, without side effects; also while a cell runs. */
  liveMembers(expression: string): Promise<readonly LiveMember[]> {
    return this.#connection.control.members({ kind: 'members', expression }, LOOK_TIMEOUT_MS);
  }

  /** What the session's top level has that begins so. */
  liveGlobals(prefix: string): Promise<readonly LiveMember[]> {
    return this.#connection.control.members({ kind: 'globals', prefix }, LOOK_TIMEOUT_MS);
  }

  /** A short text for the value of an expression. */
  livePreview(expression: string): Promise<string | undefined> {
    return this.#connection.control.preview(expression, LOOK_TIMEOUT_MS);
  }

  /** Whether an expression is true; also where that can't be seen without a side effect. */
  mayBeTrue(expression: string): Promise<boolean> {
    return this.#connection.control.mayBeTrue(expression, LOOK_TIMEOUT_MS);
  }

  async isComplete(code: string): Promise<Completeness> {
    const [{ isCellComplete }, { builtinMagics }] = await Promise.all([
      import('../magics/is-cell-complete.ts'),
      import('../magics/builtin-magics.ts'),
    ]);
    return isCellComplete(code, builtinMagics());
  }

  /** Ends the session and everything it started. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    clearTimeout(this.#spareTimer);
    this.#spare?.kill('the session was shut down');
    await this.#connection.end();
  }

  #spawn(): SessionConnection {
    const { cwd = process.cwd(), env = process.env, execArgv = [] } = this.#options;
    return new SessionConnection(spawnSession({ cwd, env, execArgv }));
  }

  #serve(connection: SessionConnection): void {
    connection.serve({
      onOutput: this.#options.onOutput,
      onQuestion: (question) => this.#answer(question),
      onDeclared: (declarations) => this.#options.onDeclared?.(declarations),
      onMagic: (magic) => this.#options.onMagic?.(magic),
      onDeath: (death) => this.#onDeath(death),
    });
  }

  async #execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    // An interrupt that is still under way belongs to the cell before and must not hit this one.
    if (this.#interrupting !== undefined) await this.#interrupting;
    if (this.#isShutDown) return { status: 'error', ...shutDownReport };
    if (this.#connection.isDead) {
      const failure = this.#startAgain();
      if (failure !== undefined) return { status: 'error', ...failure };
    }
    const died = new Promise<ExecuteOutcome>((resolve) => {
      this.#running.set(request.cellId, (report) => resolve({ status: 'error', ...report }));
    });
    const outcome = await Promise.race([this.#connection.execute(request), died]);
    this.#running.delete(request.cellId);
    this.#prepareSpare();
    return outcome;
  }

  async #interrupt(): Promise<void> {
    const connection = this.#connection;
    const cells = [...this.#running.keys()];
    const deadline = performance.now() + INTERRUPT_TIMEOUT_MS;
    while (cells.some((cell) => this.#running.has(cell)) && !connection.isDead) {
      const timeLeftMs = deadline - performance.now();
      const state = timeLeftMs > 0 ? await connection.control.interrupt(timeLeftMs) : undefined;
      if (state === 'stopped') return;
      if (state === undefined) {
        connection.kill('the cell did not stop when it was interrupted, so the session was ended');
        return;
      }
      // The cells have just ended, or have not begun: their requests are still on the way.
      await sleep(1);
    }
  }

  #onDeath(death: SessionDeath): void {
    if (this.#isShutDown) {
      this.#endAll(shutDownReport);
      return;
    }
    const report = reportDeath(death);
    this.#options.onRestart?.();
    // One that has never been ready has no better successor: the next cell tries again, and not we, for ever.
    if (death.wasReady) this.#startAgain();
    const { coverage } = death;
    if (this.#running.size > 0) this.#endAll({ ...report, ...(coverage && { coverage }) });
    else this.#options.onOutput({ kind: 'error', ...report }, undefined);
  }

  /** What to tell the user where it can't be done; the connection stays a dead one then. */
  #startAgain(): ErrorReport | undefined {
    try {
      const spare = this.#spare?.isDead ? undefined : this.#spare;
      this.#connection = spare ?? this.#spawn();
    } catch (error) {
      return reportFailedStart(error);
    }
    this.#spare = undefined;
    this.#serve(this.#connection);
    return undefined;
  }

  #endAll(report: DeathReport): void {
    for (const onDeath of this.#running.values()) onDeath(report);
  }

  #prepareSpare(): void {
    if (this.#options.keepsSpare === false || this.#spare !== undefined || this.#isShutDown) return;
    clearTimeout(this.#spareTimer);
    this.#spareTimer = setTimeout(() => {
      try {
        this.#spare ??= this.#spawn();
      } catch {
        // It is for the cell that needs a process to say that there is none.
      }
    }, SPARE_DELAY_MS).unref();
  }

  async #answer(question: Question): Promise<Answer> {
    try {
      return { ok: true, value: await this.#ask(question) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      return { ok: false, message, ...(code !== undefined && { code }) };
    }
  }

  async #ask(question: Question): Promise<JsonValue> {
    const { backend, inspect, onInput, typeChecks } = this.#options;
    if (question.kind === 'inspect') {
      return (await inspect?.(question.expression, question.wantsSource)) ?? null;
    }
    if (question.kind === 'type-checks') {
      if (typeChecks === undefined) throw new Error('this session does not check types');
      return typeChecks(question.mode);
    }
    if (question.kind === 'input') return onInput(question.prompt, question.password, question.cellId);
    if (backend === undefined)
      throw new Error('this session has no managed backend; use %rjit connect HOST:PORT');
    if (question.kind === 'start-backend') {
      const { host, port } = await backend.start({ host: question.host, port: question.port });
      return { host, port };
    }
    await backend.stop();
    return null;
  }
}

const shutDownReport: ErrorReport = {
  ename: 'SessionEnded',
  evalue: 'the session was shut down',
  traceback: ['SessionEnded: the session was shut down'],
};
