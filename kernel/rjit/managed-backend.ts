import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { BackendControl } from './backend-control.ts';
import { EndpointFolder } from './endpoint-folder.ts';
import { parseEndpointFile } from './io/endpoint.ts';
import type { ServerAddress } from './io/requests.ts';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 5;
/** A server that ends sooner after its start than this counts as failing to start. */
const EARLY_END_MS = 2_000;
const MAX_EARLY_ENDS = 5;
const RESTART_PAUSE_MS = 100;
const KEPT_LOG_CHARACTERS = 4_000;

export interface ManagedBackendOptions {
  /** The module with `serve`; the package's own server by default. */
  readonly serverModule?: URL;
  /** Where the server says where it listens; one of its own by default. It is removed with this object. */
  readonly folder?: EndpointFolder;
  /** Told when the server has ended by itself, and why. */
  readonly onCrash?: (reason: string) => void;
}

/**
 * Owns one server process: starts it, starts it again at the same address after a crash, and stops it. The server
 * holds this process's lifeline and ends with it, however that ends. Prints nothing.
 */
export class ManagedBackend implements BackendControl {
  readonly #folder: EndpointFolder;
  readonly #options: ManagedBackendOptions;
  #running: RunningServer | undefined;
  /** Whom the server is for: see `start`. */
  #accessOptions: readonly string[] = [];
  #earlyEnds = 0;
  /** Counts orders from outside; a restart that one of them overtook gives up. */
  #generation = 0;
  #resolveEnded: () => void = () => undefined;
  /** Resolves when the server is stopped, or given up after too many crashes. */
  ended: Promise<void> = Promise.resolve();

  constructor(options: ManagedBackendOptions = {}) {
    this.#options = options;
    this.#folder = options.folder ?? new EndpointFolder();
    process.once('exit', this.#onExit);
  }

  readonly #onExit = () => this.#folder.remove();

  get endpointFile(): string {
    return this.#folder.file;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /**
   * A server on whichever port is free is for those who are told where it is: its token is in the endpoint file, which
   * only this user can read. Who names a port means others to find the server there, RBC's clients among them.
   */
  async start(address: ServerAddress): Promise<ServerAddress> {
    await this.#end();
    this.#accessOptions = address.port === 0 ? ['--generate-token'] : ['--rbc'];
    this.#earlyEnds = 0;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    return this.#launch(address);
  }

  /** Clients that ask where the server is learn that it was stopped. */
  async stop(): Promise<void> {
    await this.#end();
    this.#folder.write({ stopped: true });
    this.#resolveEnded();
  }

  /** Stops the server and removes everything; this object is of no more use. */
  async dispose(): Promise<void> {
    await this.#end();
    this.#folder.remove();
    this.#resolveEnded();
    process.off('exit', this.#onExit);
  }

  async #launch(address: ServerAddress): Promise<ServerAddress> {
    this.#folder.clear();
    const server = new RunningServer(address, this.#accessOptions, this.#folder, this.#options.serverModule);
    this.#running = server;
    try {
      const listening = await server.listening();
      void server.exited.then((reason) => this.#exited(server, listening, reason));
      return listening;
    } catch (error) {
      if (this.#running === server) this.#running = undefined;
      await server.stop();
      throw error;
    }
  }

  async #exited(server: RunningServer, address: ServerAddress, reason: string): Promise<void> {
    if (this.#running !== server) return;
    const generation = this.#generation;
    this.#options.onCrash?.(reason);
    this.#earlyEnds = server.ageMs < EARLY_END_MS ? this.#earlyEnds + 1 : 0;
    for (; this.#earlyEnds < MAX_EARLY_ENDS; this.#earlyEnds += 1) {
      try {
        await this.#launch(address);
        return;
      } catch (error) {
        this.#options.onCrash?.(RemoteError.from(error).message);
      }
      await delay(RESTART_PAUSE_MS);
      if (generation !== this.#generation) return;
    }
    const message = `the server ended ${MAX_EARLY_ENDS} times in a row (${reason}); start it again when its cause is found`;
    this.#folder.write({ error: { code: 'unreachable', message } });
    this.#resolveEnded();
  }

  async #end(): Promise<void> {
    this.#generation += 1;
    const server = this.#running;
    this.#running = undefined;
    await server?.stop();
  }
}

/** One server process, from its start to its end. */
class RunningServer {
  readonly child: ChildProcess;
  /** Resolves when it has ended, to why. */
  readonly exited: Promise<string>;
  readonly #folder: EndpointFolder;
  readonly #startedAt = performance.now();
  #log = '';
  #end: string | undefined;

  constructor(
    address: ServerAddress,
    accessOptions: readonly string[],
    folder: EndpointFolder,
    serverModule = defaultServerModule(),
  ) {
    this.#folder = folder;
    const place = ['--host', address.host, '--port', String(address.port), '--endpoint-file', folder.file];
    const launcher = fileURLToPath(new URL('./managed-server.js', import.meta.url));
    this.child = spawn(
      process.execPath,
      [launcher, serverModule.href, folder.path, ...place, ...accessOptions, '--lifeline'],
      {
        stdio: ['pipe', 'ignore', 'pipe'],
        // A process group of its own: an interrupt meant for the kernel's group must not end the server.
        detached: true,
      },
    );
    this.exited = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#end ??= reason;
        resolve(this.#end);
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('exit', (code, signal) => end(signal ?? `exit status ${code}`));
    });
    this.child.stdin?.on('error', () => undefined);
    this.child.stderr?.on('data', (text: Buffer) => {
      this.#log = (this.#log + text.toString()).slice(-KEPT_LOG_CHARACTERS);
    });
  }

  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Resolves when it listens. @throws RemoteError saying why it doesn't */
  async listening(): Promise<ServerAddress> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const end = this.#end;
      // Looked at after the end: a server that fails says why before it ends.
      const address = this.#readEndpoint();
      if (address) return address;
      if (end !== undefined)
        throw new RemoteError('unreachable', `the server didn't start (${end})${this.#lastWords()}`);
      if (performance.now() > deadline) {
        throw new RemoteError(
          'timeout',
          `the server didn't start in ${START_TIMEOUT_MS} ms${this.#lastWords()}`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** Lets go of the lifeline, and insists if that isn't enough. */
  async stop(): Promise<void> {
    if (this.#end !== undefined) return;
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }

  #readEndpoint(): ServerAddress | undefined {
    let text: string;
    try {
      text = readFileSync(this.#folder.file, 'utf8');
    } catch {
      // Not there yet.
      return undefined;
    }
    const state = parseEndpointFile(text, this.#folder.file);
    if (state.kind === 'failed') throw state.error;
    return state.kind === 'address' ? { host: state.host, port: state.port } : undefined;
  }

  #lastWords(): string {
    return this.#log === '' ? '' : `:\n${this.#log.trimEnd()}`;
  }
}

function defaultServerModule(): URL {
  return new URL('../../backend/main.js', import.meta.url);
}
