/** Receives requests, orders them, and wraps each in busy and idle. The only place that knows about either. */
import type { Channels } from './channels.ts';
import { handlers } from './handlers.ts';
import { type Message, MessageError } from './messages.ts';
import {
  errorReply,
  type KernelServices,
  type Reply,
  type RequestHandler,
  unknownSubshell,
} from './request-handler.ts';
import type { Queued, Shell } from './shells.ts';

/** These must not wait behind a running cell, even where an old client sends them on the shell channel. */
const URGENT: ReadonlySet<string> = new Set(['interrupt_request', 'shutdown_request']);

/**
 * Answered at once, beside a running cell: a person who types waits for them, and what they ask for is known without
 * the cell.
 */
const LIVE: ReadonlySet<string> = new Set([
  'complete_request',
  'inspect_request',
  'is_complete_request',
  'comm_info_request',
  'history_request',
  'connect_request',
]);

/** These run the user's code: at once, beside a cell that waits, but never before one that was sent earlier. */
const COMM: ReadonlySet<string> = new Set(['comm_open', 'comm_msg', 'comm_close']);

/** Modules cost start-up time; by now, the client has its first answers. */
const LOAD_DELAY_MS = 1000;

const ABORTED: Reply = { content: { status: 'aborted' }, metadata: { status: 'aborted' } };

export class Dispatcher {
  readonly #channels: Channels;
  readonly #kernel: KernelServices;
  readonly #log: (text: string) => void;

  constructor(channels: Channels, kernel: KernelServices, log: (text: string) => void) {
    this.#channels = channels;
    this.#kernel = kernel;
    this.#log = log;
  }

  /** Nobody waits for a handler to be loaded but who asks at once. */
  loadSoon(): void {
    setTimeout(() => {
      for (const load of handlers.values()) void load();
    }, LOAD_DELAY_MS).unref();
  }

  /** Requests of one shell run one after the other; those of others, control, urgent and live ones beside them. */
  dispatch(channel: 'shell' | 'control', request: Message): void {
    const { main } = this.#kernel.shells;
    const { messageType, subshellId } = request.header;
    if (channel === 'control' || URGENT.has(messageType)) {
      void this.#handle(channel, { request, aborted: false }, main);
      return;
    }
    const shell = this.#kernel.shells.find(subshellId);
    if (shell === undefined) {
      void this.#handleBeside(request, undefined);
    } else if (LIVE.has(messageType) || (COMM.has(messageType) && shell.queue.length === 0)) {
      void this.#handleBeside(request, shell);
    } else {
      shell.queue.push({ request, aborted: false });
      if (shell.running === undefined) void this.#runQueue(shell);
    }
  }

  async #runQueue(shell: Shell): Promise<void> {
    for (let next = shell.queue.shift(); next !== undefined; next = shell.queue.shift()) {
      shell.running = next.request;
      await this.#handle('shell', next, shell.isDeleted ? undefined : shell);
      if (shell.id !== undefined) this.#restateBusy();
    }
    shell.running = undefined;
  }

  async #handleBeside(request: Message, shell: Shell | undefined): Promise<void> {
    await this.#handle('shell', { request, aborted: false }, shell);
    this.#restateBusy();
  }

  /** Front ends show the last status they have got: after the idle of a request beside it, a running cell is busy still. */
  #restateBusy(): void {
    const { running } = this.#kernel.shells.main;
    if (running !== undefined) this.#kernel.iopub.status('busy', running.headerJson);
  }

  async #handle(
    channel: 'shell' | 'control',
    { request, aborted }: Queued,
    shell: Shell | undefined,
  ): Promise<void> {
    const { iopub } = this.#kernel;
    iopub.status('busy', request.headerJson);
    const handler = await handlers.get(request.header.messageType)?.();
    const reply = aborted ? ABORTED : await this.#answer(handler, request, shell);
    if (reply.abortsQueue && shell !== undefined) await abortQueue(shell);
    const replyType = handler === undefined ? unknownReplyType(request) : handler.replyType;
    if (replyType !== undefined) {
      this.#channels.reply(channel, request, replyType, reply.content, reply.metadata);
    }
    iopub.status('idle', request.headerJson);
  }

  /** Never rejects: what goes wrong is the reply. */
  async #answer(
    handler: RequestHandler | undefined,
    request: Message,
    shell: Shell | undefined,
  ): Promise<Reply> {
    const type = request.header.messageType;
    if (handler === undefined) {
      this.#log(`no handler for ${type}`);
      return errorReply('UnsupportedRequest', `this kernel does not know ${type}`);
    }
    if (shell === undefined) return unknownSubshell(request.header.subshellId ?? '');
    try {
      return await handler.handle(request, this.#kernel, shell);
    } catch (error) {
      if (error instanceof MessageError) return errorReply(error.name, error.message);
      this.#log(`${type} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return errorReply('InternalError', error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * Aborts the execute requests that were sent to this shell before the failing cell's reply. Those still on their way
 * through ZeroMQ are let in first: two turns of the event loop empty the socket.
 */
async function abortQueue(shell: Shell): Promise<void> {
  await nextTurn();
  await nextTurn();
  for (const queued of shell.queue) {
    if (queued.request.header.messageType === 'execute_request') queued.aborted = true;
  }
}

/** A client that waits for the reply to a request we don't know gets one; other messages have none. */
function unknownReplyType(request: Message): string | undefined {
  const name = /^(.+)_request$/.exec(request.header.messageType)?.[1];
  return name === undefined ? undefined : `${name}_reply`;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
