import {
  Death,
  HelloReply,
  type HelloRequest,
  type RequestRange,
  ServerStatus,
} from '#thrift/remotejit_types.js';
import { Processor } from '#thrift/rjit.js';
import { RemoteError } from '../contract/remote-error.ts';
import { serverVersion } from './server-version.ts';
import type { Session } from './session.ts';
import { int64, type ThriftServices, thriftService, toRemoteFault } from './thrift-dispatch.ts';
import type { TokenCheck } from './token.ts';

export interface StatusCounts {
  readonly sessions: number;
  readonly workers: number;
  readonly uptimeMs: number;
  readonly workerPids: Readonly<Record<string, number>>;
}

/** What a control connection needs of the supervisor. */
export interface ControlHost {
  readonly tokens: TokenCheck;
  /** The session of that id, a new one for an empty or unknown id. @throws RemoteError `too-large` at the limit */
  openSession(id: string): Promise<Session>;
  findSession(id: string): Session | undefined;
  status(): StatusCounts;
}

/** The part of the `rjit` service that the supervisor answers itself, for one control connection. */
export class ControlService {
  readonly services: ThriftServices;
  readonly #host: ControlHost;
  readonly #onSession: (session: Session) => void;
  #isAuthorized: boolean;

  /** @param onSession called when `hello` has bound the connection to a session */
  constructor(host: ControlHost, onSession: (session: Session) => void) {
    this.#host = host;
    this.#onSession = onSession;
    this.#isAuthorized = !host.tokens.isRequired;
    const rjit = thriftService(Processor, {
      hello: (request: HelloRequest) => this.#answer(() => this.#hello(request)),
      cancel: (session: string, range: RequestRange | undefined) =>
        this.#answer(() => this.#cancel(session, range)),
      status: () => this.#answer(async () => this.#status()),
    });
    this.services = new Map([['rjit', rjit]]);
  }

  async #answer<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw toRemoteFault(error);
    }
  }

  async #hello(request: HelloRequest): Promise<HelloReply> {
    if (!request) throw new RemoteError('bad-request', 'rjit:hello needs 1: HelloRequest request');
    this.#isAuthorized = this.#host.tokens.accepts(request.token ?? '');
    this.#authorize();
    const session = await this.#host.openSession(request.session ?? '');
    this.#onSession(session);
    const target = await session.start();
    const death = session.takeDeath();
    return new HelloReply({
      session: session.id,
      serverVersion,
      ...target,
      ...(death === undefined ? {} : { death: new Death({ ...death, address: int64(death.address) }) }),
    });
  }

  async #cancel(id: string, range: RequestRange | undefined): Promise<boolean> {
    this.#authorize();
    const session = this.#host.findSession(id);
    if (session === undefined) {
      throw new RemoteError(
        'unknown-session',
        'no such session here; say hello first and use the id it returns',
      );
    }
    return session.cancel('cancelled', range ?? undefined);
  }

  #status(): ServerStatus {
    this.#authorize();
    const { uptimeMs, ...counts } = this.#host.status();
    return new ServerStatus({
      ...counts,
      uptimeMs: int64(BigInt(Math.round(uptimeMs))),
      supervisorPid: process.pid,
    });
  }

  #authorize(): void {
    if (this.#isAuthorized) return;
    throw new RemoteError(
      'unauthorized',
      'this server wants a token, and hello did not bring the right one; it is in the file of its --token-file, or in ' +
        'the endpoint file of whoever started it',
    );
  }
}
