import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RemoteError } from '../contract/remote-error.ts';

/** What a client must show. Keeps a digest, so that comparing takes the same time for every wrong token. */
export class TokenCheck {
  readonly #digest: Buffer | undefined;

  /** @param token undefined lets everybody in */
  constructor(token: string | undefined) {
    this.#digest = token === undefined ? undefined : digest(token);
  }

  get isRequired(): boolean {
    return this.#digest !== undefined;
  }

  accepts(token: string): boolean {
    return this.#digest === undefined || timingSafeEqual(this.#digest, digest(token));
  }
}

/** @throws RemoteError `bad-request` when the file can't be read or holds no token of at least 16 characters */
export function readTokenFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new RemoteError(
      'bad-request',
      `the token file ${path} can't be read: ${RemoteError.from(error).detail}`,
    );
  }
  if (text.length < 16 || /\s/.test(text)) {
    throw new RemoteError(
      'bad-request',
      `the token file ${path} holds ${text.length} characters; a token is one word of at least 16`,
    );
  }
  return text;
}

export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
