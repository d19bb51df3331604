/** Kernels by id, and sessions: which notebook uses which kernel. In memory; a gateway that ends takes them along. */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../jupyter/messages.ts';
import { type Kernelspec, KernelspecNotFoundError } from '../kernelspecs.ts';
import { GatewayKernel } from './gateway-kernel.ts';
import { HttpError } from './http-error.ts';

interface Session {
  readonly id: string;
  path: string;
  name: string;
  type: string;
  kernel: GatewayKernel;
}

/** What a request says of a session; what it leaves out stays as it is. */
export interface SessionChange {
  readonly path?: string;
  readonly name?: string;
  readonly type?: string;
  readonly kernelName?: string;
  readonly kernelId?: string;
}

export class GatewaySessions {
  readonly #kernels = new Map<string, GatewayKernel>();
  readonly #sessions = new Map<string, Session>();
  readonly #findKernelspec: (name: string) => Kernelspec;
  readonly #defaultKernel: string;
  readonly #rootDirectory: string;

  constructor(options: {
    readonly findKernelspec: (name: string) => Kernelspec;
    readonly defaultKernel: string;
    /** Paths in requests are below it. */
    readonly rootDirectory: string;
  }) {
    this.#findKernelspec = options.findKernelspec;
    this.#defaultKernel = options.defaultKernel;
    this.#rootDirectory = options.rootDirectory;
  }

  get kernels(): readonly GatewayKernel[] {
    return [...this.#kernels.values()];
  }

  get sessions(): readonly JsonObject[] {
    return [...this.#sessions.values()].map(sessionModel);
  }

  /** @throws {HttpError} 404 */
  kernel(id: string): GatewayKernel {
    const kernel = this.#kernels.get(id);
    if (kernel === undefined) throw new HttpError(404, `Kernel does not exist: ${id}`);
    return kernel;
  }

  /** @param path The notebook's; the kernel runs in its folder. @throws {HttpError} 400 for an unknown kernelspec */
  async startKernel(name: string = this.#defaultKernel, path = ''): Promise<GatewayKernel> {
    const kernel = await GatewayKernel.start({
      kernelspec: this.#kernelspec(name),
      cwd: this.#folderOf(path),
    });
    this.#kernels.set(kernel.id, kernel);
    return kernel;
  }

  async shutdownKernel(id: string): Promise<void> {
    const kernel = this.kernel(id);
    this.#kernels.delete(id);
    for (const session of this.#sessions.values()) {
      if (session.kernel === kernel) this.#sessions.delete(session.id);
    }
    await kernel.shutdown();
  }

  /** @throws {HttpError} 404 */
  sessionModel(id: string): JsonObject {
    return sessionModel(this.#session(id));
  }

  /** One notebook has one session: asked for again, it is the same. */
  async startSession(change: SessionChange): Promise<JsonObject> {
    const { path } = change;
    if (path === undefined) throw new HttpError(400, 'the field "path" is missing; expected a string');
    const existing = [...this.#sessions.values()].find((session) => session.path === path);
    if (existing !== undefined) return sessionModel(existing);
    const kernel = await this.#kernelFor(change, path);
    const session = {
      id: randomUUID(),
      path,
      name: change.name ?? '',
      type: change.type ?? 'notebook',
      kernel,
    };
    this.#sessions.set(session.id, session);
    return sessionModel(session);
  }

  /** Renames it, or gives it another kernel; the old one ends. */
  async changeSession(id: string, change: SessionChange): Promise<JsonObject> {
    const session = this.#session(id);
    session.path = change.path ?? session.path;
    session.name = change.name ?? session.name;
    session.type = change.type ?? session.type;
    const old = session.kernel;
    const isOther =
      change.kernelId !== undefined ? change.kernelId !== old.id : change.kernelName !== undefined;
    if (isOther) {
      session.kernel = await this.#kernelFor(change, session.path);
      const isUsed = [...this.#sessions.values()].some(({ kernel }) => kernel === old);
      if (!isUsed) await this.shutdownKernel(old.id);
    }
    return sessionModel(session);
  }

  async endSession(id: string): Promise<void> {
    const { kernel } = this.#session(id);
    this.#sessions.delete(id);
    if (this.#kernels.has(kernel.id)) await this.shutdownKernel(kernel.id);
  }

  async close(): Promise<void> {
    await Promise.all(this.kernels.map(({ id }) => this.shutdownKernel(id)));
  }

  async #kernelFor({ kernelId, kernelName }: SessionChange, path: string): Promise<GatewayKernel> {
    return kernelId === undefined ? this.startKernel(kernelName, path) : this.kernel(kernelId);
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new HttpError(404, `Session not found: session_id=${id}`);
    return session;
  }

  #kernelspec(name: string): Kernelspec {
    try {
      return this.#findKernelspec(name);
    } catch (error) {
      if (error instanceof KernelspecNotFoundError) throw new HttpError(400, error.message);
      throw error;
    }
  }

  /** The closest folder above the path that is there: a notebook need not be saved. */
  #folderOf(path: string): string {
    // An absolute path can't lead out of the root, nor can `..`.
    let folder = join(this.#rootDirectory, join('/', path));
    while (folder !== this.#rootDirectory && !isFolder(folder)) folder = dirname(folder);
    return folder;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function sessionModel({ id, path, name, type, kernel }: Session): JsonObject {
  return { id, path, name, type, kernel: kernel.model, notebook: { path, name } };
}
