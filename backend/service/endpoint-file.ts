import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { RemoteError } from '../contract/remote-error.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly token?: string;
  /** SHA-256 of the server's certificate, where it speaks TLS. */
  readonly fingerprint?: string;
}

export interface StartFailure {
  readonly error: { readonly code: string; readonly message: string };
}

/** Tells whoever started the server where it listens. Readers never see half a file. */
export class EndpointFile {
  readonly #path: string;
  #written: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RemoteError `bad-request` when the file can't be written */
  write(content: Endpoint | StartFailure): void {
    const text = `${JSON.stringify(content)}\n`;
    const temporary = `${this.#path}.${randomBytes(6).toString('hex')}`;
    try {
      writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      const reason = RemoteError.from(error).detail;
      throw new RemoteError('bad-request', `the endpoint file ${this.#path} can't be written: ${reason}`, {
        cause: error,
      });
    }
    this.#written = 'error' in content ? undefined : text;
  }

  /** Leaves the file alone when another server has written its own there since. */
  remove(): void {
    if (this.#written === undefined) return;
    try {
      if (readFileSync(this.#path, 'utf8') === this.#written) rmSync(this.#path, { force: true });
    } catch {
      // It is gone already, which is what was wanted.
    }
    this.#written = undefined;
  }
}
