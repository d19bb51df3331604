import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ControlChannel } from './control-channel.ts';
import type { CellId, CommMessage, ExecuteOutcome, ExecuteRequest, Output } from './execution.ts';
import { readLines } from './line-reader.ts';
import { OutputSequencer } from './output-sequencer.ts';
import { killSession, type SessionChild } from './session-child.ts';
import type { SessionDeath } from './session-death.ts';
import {
  type Answer,
  type CommHandled,
  parseSessionMessage,
  type Question,
  type SessionMessage,
  type SessionRequest,
  type UserMagic,
  type VariableDeclaration,
} from './session-messages.ts';

export interface ConnectionEvents {
  readonly onOutput: (output: Output, cellId: CellId | undefined) => void;
  readonly onQuestion: (question: Question) => Promise<Answer>;
  readonly onDeclared: (declarations: readonly VariableDeclaration[]) => void;
  readonly onMagic: (magic: UserMagic) => void;
  readonly onDeath: (death: SessionDeath) => void;
}

/** After a process has exited, how long a child of its that still holds the pipes can delay the news. */
const DRAIN_TIMEOUT_MS = 200;
/** How long a session may take for the exit handlers of the user's code. */
const EXIT_TIMEOUT_MS = 500;

/** One session process and the pipes to it. Its events are set when it begins to serve: a spare has none yet. */
export class SessionConnection {
  readonly ready: Promise<void>;
  readonly control: ControlChannel;
  readonly #child: SessionChild;
  readonly #messages: Socket;
  readonly #sequencer: OutputSequencer;
  readonly #ended: Promise<void>;
  #events: ConnectionEvents | undefined;
  /** The cells that run: one of the main shell and one of each subshell at most. */
  readonly #running = new Map<CellId, (outcome: ExecuteOutcome) => void>();
  /** Messages of comms that the session's code has not dealt with yet. */
  readonly #comms = new Map<CellId, (isAccepted: boolean) => void>();
  #requestedExit: (SessionMessage & { readonly op: 'exit' }) | undefined;
  #endedBecause: string | undefined;
  #death: SessionDeath | undefined;
  #markReady: () => void = () => {};
  #isReady = false;
  /** While output is held. */
  #held: Promise<void> | undefined;
  #release: () => void = () => {};

  constructor(child: SessionChild) {
    this.#child = child;
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.#messages = this.#pipe(3);
    this.control = new ControlChannel(this.#pipe(4));
    this.#sequencer = new OutputSequencer(child.token, (output, cellId) => this.#pass(output, cellId));
    this.#child.process.stdout?.on('data', (chunk: Buffer) => this.#sequencer.pushStdout(chunk));
    this.#child.process.stderr?.on('data', (chunk: Buffer) => this.#sequencer.pushStderr(chunk));
    readLines(this.#messages, (line) => this.#onMessage(line));
    this.#ended = this.#watchExit();
  }

  get pid(): number | undefined {
    return this.#child.process.pid;
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** From now on the process serves. Reports a death that has already been, too. */
  serve(events: ConnectionEvents): void {
    this.#events = events;
    if (this.#death !== undefined) events.onDeath(this.#death);
  }

  /** Resolves when the cell is done and all its output has been passed on; never when the process dies first. */
  execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    return new Promise((resolve) => {
      this.#running.set(request.cellId, resolve);
      if (request.subshell !== undefined) {
        this.control.deliver({ op: 'execute', request });
        return;
      }
      this.#sequencer.beginCell(request.cellId);
      this.#send({ op: 'execute', request });
    });
  }

  /** Resolves when the session's code has dealt with the message; false: with no such target, or by its death. */
  comm(cellId: CellId, message: CommMessage, subshell: number): Promise<boolean> {
    if (this.isDead) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#comms.set(cellId, resolve);
      const request = { op: 'comm', cellId, message } as const;
      if (subshell > 0) this.control.deliver(request);
      else this.#send(request);
    });
  }

  /** While its output is held, the process waits as soon as the pipes are full. */
  holdOutput(held: boolean): void {
    if (held) {
      this.#held ??= new Promise((resolve) => {
        this.#release = resolve;
      });
    } else {
      this.#held = undefined;
      this.#release();
    }
    for (const stream of [this.#child.process.stdout, this.#child.process.stderr]) {
      if (held) stream?.pause();
      else stream?.resume();
    }
  }

  /** Ends the process and all its children at once. */
  kill(because: string): void {
    this.#endedBecause ??= because;
    killSession(this.#child);
  }

  /** Lets the exit handlers of the user's code run, briefly; resolves when the process is gone. */
  async end(): Promise<void> {
    this.#endedBecause ??= 'the session was shut down';
    this.#messages.end();
    const timer = setTimeout(() => killSession(this.#child), EXIT_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
    killSession(this.#child);
  }

  #pipe(index: number): Socket {
    const stream = this.#child.process.stdio[index];
    if (!(stream instanceof Socket)) throw new TypeError(`the session has no pipe ${index}`);
    // A pipe to a process that has just died breaks; that it died is known from its exit.
    stream.on('error', () => {});
    return stream;
  }

  #send(request: SessionRequest): void {
    this.#messages.write(`${JSON.stringify(request)}\n`);
  }

  #onMessage(line: string): void {
    const message = parseSessionMessage(line);
    switch (message.op) {
      case 'ready':
        this.#isReady = true;
        this.#markReady();
        break;
      case 'output':
        this.#sequencer.pushRich(message.sequence, message.output, message.cellId);
        break;
      case 'done':
        void this.#finish(message.cellId, message.outcome);
        break;
      case 'declared':
        this.#events?.onDeclared(message.declarations);
        break;
      case 'magic':
        this.#events?.onMagic(message.magic);
        break;
      case 'ask':
        void this.#answer(message.id, message.question);
        break;
      case 'exit':
        this.#requestedExit = message;
        break;
    }
  }

  async #answer(id: number, question: Question): Promise<void> {
    const answer = (await this.#events?.onQuestion(question)) ?? {
      ok: false,
      message: 'the session is not in use',
    };
    this.#send({ op: 'answer', id, answer });
  }

  #pass(output: Output | CommHandled, cellId: CellId | undefined): void {
    if (output.kind !== 'comm-handled') {
      this.#events?.onOutput(output, cellId);
      return;
    }
    if (cellId === undefined) return;
    this.#comms.get(cellId)?.(output.isAccepted);
    this.#comms.delete(cellId);
  }

  /**
   * What the cell wrote was in the pipes before its end was told, so a whole turn of the event loop reads all of it:
   * cheaper than a mark on each pipe for every cell.
   */
  async #finish(cellId: CellId, outcome: ExecuteOutcome): Promise<void> {
    do {
      await this.#held;
      // The rest of this turn, and the next one: what woke this turn may have been an earlier message, and the cell
      // may have written the rest, its end too, when the other pipes had been looked at.
      await nextTurn();
      await nextTurn();
    } while (this.#held !== undefined);
    const resolve = this.#running.get(cellId);
    this.#running.delete(cellId);
    resolve?.(outcome);
  }

  async #watchExit(): Promise<void> {
    const { exitCode, signal, startError } = await this.#child.exited;
    this.holdOutput(false);
    await drained([this.#child.process.stdout, this.#child.process.stderr, this.#messages]);
    this.#sequencer.end();
    this.#death = {
      exitCode,
      signal,
      startError,
      wasReady: this.#isReady,
      requestedExitCode: this.#requestedExit?.code,
      coverage: this.#requestedExit?.coverage,
      endedBecause: this.#endedBecause,
      lastErrorText: this.#sequencer.lastErrorText,
    };
    for (const stream of [this.#child.process.stdout, this.#child.process.stderr, this.#messages])
      stream?.destroy();
    for (const settle of this.#comms.values()) settle(false);
    this.#comms.clear();
    this.control.close();
    this.#events?.onDeath(this.#death);
  }
}

/** All that the process wrote has been read, unless a child of its keeps a pipe open. */
async function drained(streams: readonly (Readable | null)[]): Promise<void> {
  const closed = streams.map((stream) =>
    stream === null || stream.closed ? undefined : new Promise((resolve) => stream.once('close', resolve)),
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, DRAIN_TIMEOUT_MS);
  });
  await Promise.race([Promise.all(closed), timeout]);
  clearTimeout(timer);
}
