import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

export type Frame = Uint8Array | string;

/** Header, parent header, metadata and content: what a signature covers. Buffers are not covered (messaging spec, "The wire protocol"). */
export type SignedFrames = readonly [header: Frame, parent: Frame, metadata: Frame, content: Frame];

/** A kernel that tells its ports sends nothing else. */
type SignedContent = readonly [content: Frame];

/** A message whose signature is wrong, missing or was seen before. It is never answered. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** As many signatures as jupyter_client remembers (`Session.digest_history_size`). */
const REMEMBERED_SIGNATURES = 2 ** 16;

/** Signs messages with the connection file's key and checks those of others. An empty key turns both off. */
export class MessageSigner {
  /** Made once: from a text, each HMAC would make it anew. Absent where nothing is signed. */
  readonly #key: KeyObject | undefined;
  readonly #hash: string;
  readonly #seen = new Set<string>();

  /** @throws {SignatureError} when `scheme` isn't `hmac-` and a hash that OpenSSL knows. */
  constructor(key: string, scheme = 'hmac-sha256') {
    this.#key = key === '' ? undefined : createSecretKey(Buffer.from(key));
    this.#hash = requireScheme(scheme);
  }

  /** Lower-case hex digest, or `''` without a key. */
  sign(frames: SignedFrames | SignedContent): string {
    if (this.#key === undefined) return '';
    const hmac = createHmac(this.#hash, this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest('hex');
  }

  /** @throws {SignatureError} when the signature is wrong or a message with it was accepted before (a replay). */
  verify(signature: string, frames: SignedFrames | SignedContent): void {
    if (this.#key === undefined) return;
    if (signature === '') throw new SignatureError('the message is not signed; expected an HMAC of the key');
    const found = Buffer.from(signature);
    const expected = Buffer.from(this.sign(frames));
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
      throw new SignatureError('the signature does not belong to this message and key');
    }
    if (this.#seen.has(signature))
      throw new SignatureError('a message with this signature was received before');
    this.#remember(signature);
  }

  #remember(signature: string): void {
    this.#seen.add(signature);
    if (this.#seen.size <= REMEMBERED_SIGNATURES) return;
    // A Set iterates in insertion order, so the first one is the oldest.
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      return;
    }
  }
}

/**
 * The OpenSSL name of the hash in a scheme such as `hmac-sha256`.
 * @throws {SignatureError} when it isn't `hmac-` and a hash that OpenSSL knows.
 */
export function requireScheme(scheme: string): string {
  // Python's hashlib writes sha3_256, OpenSSL sha3-256.
  const hash = /^hmac-([a-z0-9_/-]+)$/i.exec(scheme)?.[1]?.replace(/^(sha3|sha512)_/, '$1-');
  try {
    createHmac(hash ?? '', '');
    return hash ?? '';
  } catch {
    throw new SignatureError(
      `signature_scheme is "${scheme}"; expected hmac- and a hash, such as "hmac-sha256"`,
    );
  }
}
