import type { PackedSignature } from '../../../backend/contract/packed.ts';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';
import type { CallArguments } from './packed-call.ts';
import type {
  Endpoint,
  IoKind,
  IoOperations,
  MapCommand,
  Predecessor,
  ServerAddress,
  ServerTarget,
} from './requests.ts';
import { RunningThread } from './running-thread.ts';

/** A function on the server: what a call needs of it. */
export interface CallTarget {
  readonly handle: number;
  readonly epoch: number;
  readonly packed: PackedSignature;
  /** For each parameter, whether the function may write to the elements of an array that is passed there. */
  readonly isWritten: readonly boolean[];
}

export type CallOutcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly error: RemoteError }
  | BadArgument;

/** An argument doesn't fit its parameter; nothing was sent. */
export interface BadArgument {
  readonly kind: 'bad-argument';
  readonly index: number;
  readonly problem: string;
}

export interface RequestOptions {
  /** 0 for none. */
  readonly timeoutMs: number;
  /** Stops a call or a map; nothing else, and nothing that the main thread waits for. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many elements of a map have their results. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Does a part of what the request needs, while the main thread waits; false when there is nothing to do for now. */
  readonly feed?: (() => boolean) | undefined;
}

const NO_LIMIT: RequestOptions = { timeoutMs: 0 };
const IO_THREAD = new URL('./io-thread.js', import.meta.url);

/** The main thread's end of the I/O thread, which it starts at the first use, and again should it ever fail. */
export class IoClient {
  readonly #module: URL;
  #endpoint: Endpoint;
  #thread: RunningThread | undefined;

  /** @param module the thread's own; tests give another */
  constructor(endpoint: Endpoint, module: URL = IO_THREAD) {
    this.#endpoint = endpoint;
    this.#module = module;
  }

  setEndpoint(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    if (this.#thread && !this.#thread.hasEnded) void this.request('configure', { endpoint });
    else this.#thread = undefined;
  }

  /** Calls and waits, without an event loop and, when all goes well, without an allocation for the arguments. */
  call(target: CallTarget, args: CallArguments, timeoutMs: number): CallOutcome {
    return this.#running().call(target, args, timeoutMs);
  }

  /** Calls without waiting. What is started in order runs in order. */
  callAsync(target: CallTarget, args: CallArguments, options: RequestOptions): Promise<Value> | BadArgument {
    return this.#running().callAsync(target, args, options);
  }

  /** Maps and waits for the results, packed densely. */
  map(command: MapCommand, options: RequestOptions): Uint8Array {
    return this.#running().maps.run(command, options);
  }

  /** Maps without waiting. The columns are read until the results are there. */
  mapAsync(command: MapCommand, options: RequestOptions): Promise<Uint8Array> {
    return this.#running().maps.runAsync(command, options);
  }

  /** Sends a command and blocks until it is done. */
  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    options = NO_LIMIT,
  ): IoOperations[Kind]['result'] {
    return this.#running().requestSync(kind, command, options);
  }

  /** What the server compiles for; waits for the server where it isn't known. */
  target(): ServerTarget {
    return this.#running().target();
  }

  request<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    options = NO_LIMIT,
  ): Promise<IoOperations[Kind]['result']> {
    return this.#running().request(kind, command, options);
  }

  /** Starts a server that ends with this client, and uses it. */
  async startServer(address: ServerAddress): Promise<ServerAddress> {
    const thread = this.#running();
    const server = await thread.request('startServer', address, NO_LIMIT);
    thread.setServer(server);
    return server;
  }

  async stopServer(): Promise<void> {
    const thread = this.#running();
    await thread.request('stopServer', {}, NO_LIMIT);
    thread.setServer(undefined);
  }

  /** Ends the thread and whatever it started. A later use starts another. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.close();
  }

  #running(): RunningThread {
    if (!this.#thread || this.#thread.hasEnded) {
      const predecessor: Predecessor | undefined = this.#thread?.remains;
      this.#thread = new RunningThread(this.#module, this.#endpoint, predecessor);
    }
    return this.#thread;
  }
}
