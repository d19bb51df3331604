/** A kernel as a child process: connection file, spawn, stderr, death, and an end that leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHANNELS,
  type ConnectionInfo,
  type CurveKeys,
  connectionFileText,
} from '../jupyter/connection-file.ts';
import { zeromq } from '../jupyter/zeromq.ts';
import { type Kernelspec, KernelspecNotFoundError, supportsCurve } from './kernelspecs.ts';
import { RegistrationListener } from './registration-listener.ts';

/** Of the name of the folder, in the system's temporary one, that holds a kernel's connection file. */
export const CONNECTION_FOLDER_PREFIX = 'rjit-kernel-';
/** A kernel ends when the process with this id does. */
const JPY_PARENT_PID = String(process.pid);
/** How much of the kernel's stderr is kept for error messages: its end. */
const STDERR_LENGTH = 16 * 1024;

export interface KernelDeath {
  /** Such as `exit code 1` or `signal SIGKILL`. */
  readonly reason: string;
  /** The end of what the kernel wrote to stderr. */
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly kernelspec: Pick<Kernelspec, 'name' | 'argv' | 'env' | 'interruptMode' | 'resourceDirectory'> &
    Partial<Pick<Kernelspec, 'registers' | 'metadata'>>;
  /** Where the kernel runs; usually the notebook's folder. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly transport?: 'tcp' | 'ipc';
  /** With CurveZMQ; only for a kernelspec that says it can. */
  readonly encrypted?: boolean;
  /** The kernel goes on when this process ends in whatever way; only `end` ends it. */
  readonly outlives?: boolean;
}

export class KernelProcess {
  /** Known at once, or when the kernel has told its ports; may never come from one that dies before. */
  readonly connection: Promise<ConnectionInfo>;
  readonly interruptMode: 'signal' | 'message';
  readonly died: Promise<KernelDeath>;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #listener: RegistrationListener | undefined;
  readonly #onExit = () => this.#killGroup();
  #stderr = '';

  private constructor(child: ChildProcess, directory: string, startup: Startup, options: SpawnOptions) {
    this.#child = child;
    this.#directory = directory;
    this.interruptMode = options.kernelspec.interruptMode;
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LENGTH);
    });
    this.died = this.#untilDeath();
    if (!options.outlives) process.on('exit', this.#onExit);
    this.#listener = startup.kind === 'registration' ? startup.listener : undefined;
    this.connection =
      startup.kind === 'registration'
        ? this.#registered(startup.listener, options.kernelspec.name)
        : Promise.resolve(startup.connection);
    // Whoever waits for it hears of it; nobody may wait any more.
    this.connection.catch(() => {});
  }

  /** @throws {KernelspecNotFoundError} where a kernel is to speak encrypted and can't. */
  static async spawn(options: SpawnOptions): Promise<KernelProcess> {
    const { kernelspec } = options;
    const curve = options.encrypted === true ? newCurveKeys(kernelspec) : undefined;
    const directory = mkdtempSync(join(tmpdir(), CONNECTION_FOLDER_PREFIX));
    const startup = await newStartup(options, directory, curve);
    const startupFile =
      startup.kind === 'connection' ? connectionFileIn(directory) : join(directory, 'registration.json');
    const text =
      startup.kind === 'connection'
        ? connectionFileText(startup.connection, kernelspec.name)
        : startup.listener.fileText;
    writeFileSync(startupFile, text, { mode: 0o600 });
    const env = options.env ?? process.env;
    const [command = '', ...args] = kernelspec.argv.map((word) =>
      word
        .replaceAll('{connection_file}', startupFile)
        .replaceAll('{resource_dir}', kernelspec.resourceDirectory),
    );
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...env, ...expandEnv(kernelspec.env, env), ...(options.outlives ? {} : { JPY_PARENT_PID }) },
      // A pipe without a reader would be the end of a kernel that writes to it.
      stdio: ['ignore', 'ignore', options.outlives ? 'ignore' : 'pipe'],
      // A process group of its own: the terminal's Ctrl+C is ours to pass on, and all of it can be killed at once.
      detached: true,
    });
    return new KernelProcess(child, directory, startup, options);
  }

  get connectionFile(): string {
    return connectionFileIn(this.#directory);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  interrupt(): void {
    this.#signalGroup('SIGINT');
  }

  /** Leaves a kernel that outlives this process to itself. */
  release(): void {
    this.#child.unref();
  }

  /** Waits for the process to end by itself, then kills its group; removes the connection file. */
  async end(graceMs: number): Promise<void> {
    const ended = await Promise.race([this.died.then(() => true), delay(graceMs)]);
    this.#killGroup();
    if (!ended) await this.died;
    process.off('exit', this.#onExit);
  }

  /** Other clients join by the connection file, which nobody could write before. */
  async #registered(listener: RegistrationListener, kernelName: string): Promise<ConnectionInfo> {
    const connection = await listener.connection();
    listener.close();
    writeFileSync(this.connectionFile, connectionFileText(connection, kernelName), { mode: 0o600 });
    return connection;
  }

  async #untilDeath(): Promise<KernelDeath> {
    const reason = await new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      this.#child.once('exit', (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    });
    this.#listener?.close();
    await this.#restOfStderr();
    return { reason, stderr: this.#stderr.trimEnd() };
  }

  /** What a dying kernel wrote last is still in the pipe; a grandchild that holds the pipe open isn't waited for. */
  async #restOfStderr(): Promise<void> {
    const { stderr } = this.#child;
    if (stderr === null || stderr.closed) return;
    await Promise.race([once(stderr, 'close'), delay(200)]);
  }

  #killGroup(): void {
    // Also after the kernel's own end: what it started may have outlived it.
    this.#signalGroup('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: nothing of the group is left.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

function connectionFileIn(directory: string): string {
  return join(directory, 'connection.json');
}

type Startup =
  | { readonly kind: 'connection'; readonly connection: ConnectionInfo }
  | { readonly kind: 'registration'; readonly listener: RegistrationListener };

/** A kernel that can take its own ports does: ports that are free now may be taken when it starts. */
async function newStartup(
  { kernelspec, transport = 'tcp' }: SpawnOptions,
  directory: string,
  curve: CurveKeys | undefined,
): Promise<Startup> {
  if (transport === 'tcp' && kernelspec.registers === true) {
    return { kind: 'registration', listener: new RegistrationListener(curve) };
  }
  return { kind: 'connection', connection: await newConnection(transport, directory, curve) };
}

function newCurveKeys({ name, metadata = {} }: SpawnOptions['kernelspec']): CurveKeys {
  if (!supportsCurve(metadata)) {
    throw new KernelspecNotFoundError(
      `the kernel ${name} can't be spoken to in secret: its kernelspec lacks metadata.supported_encryption ["curve"]`,
    );
  }
  return zeromq.curveKeyPair();
}

async function newConnection(
  transport: 'tcp' | 'ipc',
  directory: string,
  curve: CurveKeys | undefined,
): Promise<ConnectionInfo> {
  const [shell = 0, iopub = 0, stdin = 0, control = 0, hb = 0] =
    transport === 'ipc' ? CHANNELS.map((_, index) => index + 1) : await freePorts(CHANNELS.length);
  return {
    transport,
    ip: transport === 'ipc' ? join(directory, 'kernel') : '127.0.0.1',
    ports: { shell, iopub, stdin, control, hb },
    key: randomBytes(32).toString('hex'),
    signatureScheme: 'hmac-sha256',
    ...(curve !== undefined && { curve }),
  };
}

/** All listeners are open at once, so that the ports differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  for (let index = 0; index < count; index++) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      server.close();
      await once(server, 'close');
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
}

/** `${NAME}` in a kernelspec's env stands for a variable of the environment. */
function expandEnv(template: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const expand = (text: string) => text.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, expand(value)]));
}

function delay(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds).unref());
}
