import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { RemoteError } from '../contract/remote-error.ts';

export interface TlsFiles {
  /** In PEM, as `key`. */
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads certificate and key, both in PEM.
 *
 * @throws RemoteError `bad-request` that names the file that can't be read, or says that the two don't fit
 */
export function readTlsFiles(certificatePath: string, keyPath: string): TlsFiles {
  const cert = read('certificate', certificatePath);
  const key = read('key', keyPath);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new RemoteError(
      'bad-request',
      `${certificatePath} and ${keyPath} are no certificate in PEM and its key: ${RemoteError.from(error).detail}`,
    );
  }
  return { cert, key };
}

function read(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RemoteError(
      'bad-request',
      `the TLS ${what} ${path} can't be read: ${RemoteError.from(error).detail}`,
    );
  }
}
