import type { Socket } from 'node:net';
import { readLines } from './line-reader.ts';
import {
  type ControlReply,
  type ControlRequest,
  type Delivery,
  type InterruptState,
  type LiveMember,
  type Look,
  parseControlReply,
  type SideRequest,
} from './session-messages.ts';

type Ask =
  Exclude<ControlRequest, Delivery> extends infer Request
    ? Request extends unknown
      ? Omit<Request, 'id'>
      : never
    : never;

/** The kernel process' end of the pipe to a session's control thread, which answers while user code spins. */
export class ControlChannel {
  readonly #socket: Socket;
  readonly #pending = new Map<number, (reply: ControlReply | undefined) => void>();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    readLines(socket, (line) => {
      const reply = parseControlReply(line);
      this.#settle(reply.id, reply);
    });
  }

  /** Resolves with how it ended, or undefined when there is no answer in time or the session has gone. */
  async interrupt(timeoutMs: number): Promise<InterruptState | undefined> {
    const reply = await this.#ask({ op: 'interrupt' }, timeoutMs);
    return reply !== undefined && 'state' in reply ? reply.state : undefined;
  }

  /** Empty, too, when there is no answer in time. */
  async members(
    look: Look & { readonly kind: 'members' | 'globals' },
    timeoutMs: number,
  ): Promise<readonly LiveMember[]> {
    const reply = await this.#ask({ op: 'look', look }, timeoutMs);
    return reply !== undefined && 'members' in reply ? reply.members : [];
  }

  async preview(expression: string, timeoutMs: number): Promise<string | undefined> {
    const reply = await this.#ask({ op: 'look', look: { kind: 'preview', expression } }, timeoutMs);
    return reply !== undefined && 'preview' in reply ? (reply.preview ?? undefined) : undefined;
  }

  /** True, too, when there is no answer in time. */
  async mayBeTrue(expression: string, timeoutMs: number): Promise<boolean> {
    const reply = await this.#ask({ op: 'look', look: { kind: 'truth', expression } }, timeoutMs);
    return reply === undefined || !('mayBeTrue' in reply) || reply.mayBeTrue;
  }

  /** Takes a request to the main thread, also while that is in the middle of something. */
  deliver(request: SideRequest): void {
    this.#write({ op: 'deliver', request });
  }

  close(): void {
    this.#socket.destroy();
    for (const id of [...this.#pending.keys()]) this.#settle(id, undefined);
  }

  #ask(request: Ask, timeoutMs: number): Promise<ControlReply | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, undefined), timeoutMs);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      this.#write({ ...request, id });
    });
  }

  #write(request: ControlRequest): void {
    this.#socket.write(`${JSON.stringify(request)}\n`);
  }

  #settle(id: number, reply: ControlReply | undefined): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(reply);
  }
}
