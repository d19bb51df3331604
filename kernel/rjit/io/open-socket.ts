import { connect as connectPlain, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { ServerLocation, TlsTrust } from './requests.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const READ_BUFFER_BYTES = 256 * 1024;
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true } as const;
/** What `localhost` means, also on a machine that has no /etc/hosts to look it up in. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/**
 * Connects to a server, encrypted where `location` says how it is trusted.
 *
 * @param onBytes gets what arrives; the bytes are valid during the call only
 * @throws RemoteError `unreachable`, `unauthorized` for a certificate that isn't trusted, `protocol` for a server
 * without TLS; by the promise
 */
export async function openSocket(
  location: ServerLocation,
  onBytes: (bytes: Uint8Array) => void,
): Promise<Socket> {
  const addresses = location.host === 'localhost' ? LOOPBACK : [location.host];
  let failure: RemoteError | undefined;
  for (const address of addresses) {
    try {
      return await openAt(address, location, onBytes);
    } catch (error) {
      // Where both fail, what the first says is worth more: most machines' loopback is 127.0.0.1.
      failure ??= RemoteError.from(error);
      if (failure.code !== 'unreachable') break;
    }
  }
  throw failure ?? new RemoteError('unreachable', `${location.host} has no address`);
}

function openAt(
  address: string,
  location: ServerLocation,
  onBytes: (bytes: Uint8Array) => void,
): Promise<Socket> {
  const { tls } = location;
  return new Promise((resolve, reject) => {
    const socket = tls ? openTls(address, location, tls) : openPlain(address, location.port, onBytes);
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer in ${CONNECT_TIMEOUT_MS} ms`));
    }, CONNECT_TIMEOUT_MS);
    const onError = (error: Error) => {
      clearTimeout(timer);
      reject(connectError(location, error));
    };
    socket.once('error', onError);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      const problem = tls && fingerprintProblem(socket as TLSSocket, tls, location);
      if (problem) {
        socket.destroy();
        reject(problem);
        return;
      }
      socket.off('error', onError);
      if (tls) socket.on('data', onBytes);
      resolve(socket);
    });
  });
}

function openPlain(host: string, port: number, onBytes: (bytes: Uint8Array) => void): Socket {
  const buffer = new Uint8Array(READ_BUFFER_BYTES);
  const callback = (byteLength: number): boolean => {
    onBytes(buffer.subarray(0, byteLength));
    return true;
  };
  return connectPlain({ host, port, ...SOCKET_OPTIONS, onread: { buffer, callback } });
}

function openTls(address: string, { host, port }: ServerLocation, { ca, fingerprint }: TlsTrust): TLSSocket {
  return connectTls({
    ...SOCKET_OPTIONS,
    host: address,
    port,
    minVersion: 'TLSv1.3',
    ...(ca === undefined ? {} : { ca }),
    // With a fingerprint, that one certificate is trusted and nothing else: it is compared after the handshake.
    rejectUnauthorized: fingerprint === undefined,
    checkServerIdentity: (_, certificate) => {
      // A certificate for any name of the loopback is one for localhost.
      const names = host === 'localhost' ? [host, ...LOOPBACK] : [host];
      const problems = names.map((name) => checkServerIdentity(name, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  });
}

function fingerprintProblem(
  socket: TLSSocket,
  { fingerprint }: TlsTrust,
  { host, port }: ServerLocation,
): RemoteError | undefined {
  if (fingerprint === undefined) return undefined;
  const found = socket.getPeerCertificate().fingerprint256;
  if (plainHex(found) === plainHex(fingerprint)) return undefined;
  return new RemoteError(
    'unauthorized',
    `the certificate of ${host}:${port} has the SHA-256 fingerprint ${found}; expected ${fingerprint}; ` +
      'compare it with what the server’s owner says before you trust it',
  );
}

function plainHex(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase();
}

/** Of Node's and OpenSSL's many codes, those that say what to do about them. */
function connectError(location: ServerLocation, error: Error): RemoteError {
  const { host, port, tls } = location;
  const code = 'code' in error ? String(error.code) : '';
  if (tls) {
    const problem = tlsProblem(code, error);
    if (problem) return new RemoteError(problem.code, `${host}:${port}: ${problem.text}`, { cause: error });
  }
  const reason = code === 'ECONNREFUSED' ? 'nobody listens there' : error.message;
  return new RemoteError(
    'unreachable',
    `can't connect to a server at ${host}:${port}: ${reason}; ` +
      `start one with startServer() or 'rjit serve --port ${port}', or check host and port`,
    { cause: error },
  );
}

const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|INVALID_|ERROR_IN_CERT)/;

function tlsProblem(
  code: string,
  error: Error,
): { readonly code: 'unauthorized' | 'protocol'; readonly text: string } | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const text = `its certificate is for another name: ${error.message}; connect by the name that it is for`;
    return { code: 'unauthorized', text };
  }
  if (UNTRUSTED.test(code)) {
    const text =
      `its certificate isn't trusted (${error.message}); give the certificate that signed it with ` +
      '--ca FILE (ca, caFile), or its SHA-256 with --fingerprint';
    return { code: 'unauthorized', text };
  }
  // A server without TLS takes the handshake for a malformed message and closes, or answers in its own protocol.
  if (code === 'ECONNRESET' || code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    const text =
      `it doesn't speak TLS 1.3 (${error.message}); connect with rjit:// and without --tls, --ca and --fingerprint, ` +
      'or start the server with --tls-cert and --tls-key';
    return { code: 'protocol', text };
  }
  return undefined;
}
