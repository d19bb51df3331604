/** Receives requests, orders them, and wraps each in busy and idle. The only place that knows about either. */
import type { Channels } from './channels.ts';
import { errorContent } from './iopub.ts';
import { type JsonObject, type Message, MessageError } from './messages.ts';
import type { KernelServices, Reply, RequestHandler } from './request-handler.ts';
import { execute } from './requests/execute.ts';
import { kernelInfo } from './requests/kernel-info.ts';

type HandlerLoader = () => Promise<RequestHandler>;

/** Loaded when first asked for or soon after the start, except for what every client asks for at once. */
const handlers: ReadonlyMap<string, HandlerLoader> = new Map<string, HandlerLoader>([
  ['kernel_info_request', async () => kernelInfo],
  ['execute_request', async () => execute],
  ['is_complete_request', async () => (await import('./requests/is-complete.ts')).isComplete],
  ['complete_request', async () => (await import('./requests/complete.ts')).complete],
  ['inspect_request', async () => (await import('./requests/inspect.ts')).inspect],
  ['history_request', async () => (await import('./requests/history.ts')).history],
  ['comm_info_request', async () => (await import('./requests/comm-info.ts')).commInfo],
  ['comm_open', async () => (await import('./requests/comm.ts')).commOpen],
  ['comm_msg', async () => (await import('./requests/comm.ts')).commMessage],
  ['comm_close', async () => (await import('./requests/comm.ts')).commClose],
  ['connect_request', async () => (await import('./requests/connect.ts')).connect],
  ['interrupt_request', async () => (await import('./requests/interrupt.ts')).interrupt],
  ['shutdown_request', async () => (await import('./requests/shutdown.ts')).shutdown],
]);

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

interface Queued {
  readonly request: Message;
  /** Set when a cell before this one failed with `stop_on_error`. */
  aborted: boolean;
}

const ABORTED: Reply = { content: { status: 'aborted' }, metadata: { status: 'aborted' } };

export class Dispatcher {
  readonly #channels: Channels;
  readonly #kernel: KernelServices;
  readonly #log: (text: string) => void;
  readonly #queue: Queued[] = [];
  #queueRuns = false;
  /** The request of the queue that is being answered. */
  #running: Message | undefined;

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

  /** Shell requests run one after the other; control, urgent and live ones at once, beside them. */
  dispatch(channel: 'shell' | 'control', request: Message): void {
    if (channel === 'control' || URGENT.has(request.header.messageType)) {
      void this.#handle(channel, { request, aborted: false });
      return;
    }
    const { messageType } = request.header;
    if (LIVE.has(messageType) || (COMM.has(messageType) && this.#queue.length === 0)) {
      void this.#handleLive(request);
      return;
    }
    this.#queue.push({ request, aborted: false });
    if (!this.#queueRuns) void this.#runQueue();
  }

  async #runQueue(): Promise<void> {
    this.#queueRuns = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#running = next.request;
      await this.#handle('shell', next);
      this.#running = undefined;
    }
    this.#queueRuns = false;
  }

  /** Front ends show the last status they have got: after this request's idle, a running cell is busy still. */
  async #handleLive(request: Message): Promise<void> {
    await this.#handle('shell', { request, aborted: false });
    if (this.#running !== undefined) this.#kernel.iopub.status('busy', this.#running.headerJson);
  }

  async #handle(channel: 'shell' | 'control', { request, aborted }: Queued): Promise<void> {
    const { iopub } = this.#kernel;
    iopub.status('busy', request.headerJson);
    const handler = await handlers.get(request.header.messageType)?.();
    const reply = aborted ? ABORTED : await this.#answer(handler, request);
    if (reply.abortsQueue) await this.#abortQueue();
    const replyType = handler === undefined ? unknownReplyType(request) : handler.replyType;
    if (replyType !== undefined) {
      this.#channels.reply(channel, request, replyType, reply.content, reply.metadata);
    }
    iopub.status('idle', request.headerJson);
  }

  /** Never rejects: what goes wrong is the reply. */
  async #answer(handler: RequestHandler | undefined, request: Message): Promise<Reply> {
    const type = request.header.messageType;
    if (handler === undefined) {
      this.#log(`no handler for ${type}`);
      return errorReply('UnsupportedRequest', `this kernel does not know ${type}`);
    }
    try {
      return await handler.handle(request, this.#kernel);
    } catch (error) {
      if (error instanceof MessageError) return errorReply(error.name, error.message);
      this.#log(`${type} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return errorReply('InternalError', error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Aborts the execute requests that were sent before the failing cell's reply. Those still on their way through
   * ZeroMQ are let in first: two turns of the event loop empty the socket.
   */
  async #abortQueue(): Promise<void> {
    await nextTurn();
    await nextTurn();
    for (const queued of this.#queue) {
      if (queued.request.header.messageType === 'execute_request') queued.aborted = true;
    }
  }
}

/** A client that waits for the reply to a request we don't know gets one; other messages have none. */
function unknownReplyType(request: Message): string | undefined {
  const name = /^(.+)_request$/.exec(request.header.messageType)?.[1];
  return name === undefined ? undefined : `${name}_reply`;
}

function errorReply(ename: string, evalue: string): Reply {
  const content: JsonObject = { status: 'error', ...errorContent({ ename, evalue, traceback: [] }) };
  return { content };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
