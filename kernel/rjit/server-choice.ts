import { readFileSync } from 'node:fs';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { Endpoint, ServerAddress, ServerLocation, TlsTrust } from './io/requests.ts';

/** Which server to use, and how the two prove to each other who they are. */
export interface ServerChoice {
  /**
   * `rjit://host:port`, `rjits://host:port` for TLS, or `rbc://host:port` for RBC's own Python server; instead of
   * `host` and `port`.
   */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  /** Where a server of this machine says its address, its token and the fingerprint of its certificate. */
  readonly endpointFile?: string;
  /** What a server that asks for one must be told; or the file that holds it. */
  readonly token?: string;
  readonly tokenFile?: string;
  /** TLS 1.3, with the system's authorities where neither `ca` nor `fingerprint` says otherwise; both imply it. */
  readonly tls?: boolean;
  /** Certificates to trust instead of the system's, in PEM; or the file that holds them. */
  readonly ca?: string;
  readonly caFile?: string;
  /** SHA-256 of the server's own certificate, in hexadecimal; then nothing else of it is looked at. */
  readonly fingerprint?: string;
}

const SHA256_DIGITS = 64;

/** @throws RemoteError `bad-request` where the choice contradicts itself or a file can't be read */
export function endpointOf(choice: ServerChoice, fallback: ServerAddress): Endpoint {
  const { endpointFile, url, host, port } = choice;
  const token = either(choice, 'token', 'tokenFile')?.trim() ?? '';
  if (endpointFile !== undefined) {
    refuseBeside(choice, 'endpointFile', ['url', 'host', 'port', 'tls', 'ca', 'caFile', 'fingerprint']);
    return { kind: 'file', path: endpointFile, token };
  }
  const parsed = url === undefined ? undefined : parseUrl(url);
  if (parsed) refuseBeside(choice, 'url', ['host', 'port']);
  const address = parsed?.address ?? { host: host ?? fallback.host, port: port ?? fallback.port };
  const tls = trustOf(choice, parsed?.scheme === 'rjits');
  if (parsed?.scheme === 'rbc') return rbcEndpoint({ ...address, token, tls });
  return { kind: 'address', ...address, token, tls };
}

interface ServerUrl {
  readonly scheme: 'rjit' | 'rjits' | 'rbc';
  readonly address: ServerAddress;
}

function parseUrl(text: string): ServerUrl {
  const [, scheme, v6, name, port] =
    /^(rjits?|rbc):\/\/(?:\[([0-9a-f:.%]+)\]|([^:/?#@[\]]+)):(\d{1,5})\/?$/i.exec(text) ?? [];
  const host = v6 ?? name;
  const number = Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new RemoteError(
      'bad-request',
      `the server's address is '${text}'; expected rjit://host:port, rjits://host:port for TLS, or rbc://host:port`,
    );
  }
  return { scheme: schemeOf(scheme ?? ''), address: { host, port: number } };
}

function schemeOf(text: string): ServerUrl['scheme'] {
  const scheme = text.toLowerCase();
  return scheme === 'rjits' || scheme === 'rbc' ? scheme : 'rjit';
}

function rbcEndpoint(location: ServerLocation): Endpoint {
  if (location.token === '' && location.tls === undefined) return { kind: 'rbc', location };
  throw new RemoteError(
    'bad-request',
    "RBC's server knows neither tokens nor TLS; connect to rbc:// without them, within a network you trust",
  );
}

function trustOf(choice: ServerChoice, isSecure: boolean): TlsTrust | undefined {
  const ca = either(choice, 'ca', 'caFile');
  const { fingerprint, tls } = choice;
  if (fingerprint !== undefined) checkFingerprint(fingerprint);
  const says = ca !== undefined || fingerprint !== undefined;
  if (tls === false && (says || isSecure)) {
    throw new RemoteError(
      'bad-request',
      'tls is false, but rjits://, ca, caFile and fingerprint ask for it; leave out what is not meant',
    );
  }
  if (!says && !isSecure && tls !== true) return undefined;
  return { ...(ca === undefined ? {} : { ca }), ...(fingerprint === undefined ? {} : { fingerprint }) };
}

function checkFingerprint(text: string): void {
  if (/^[0-9a-f:\s]+$/i.test(text) && text.replace(/[:\s]/g, '').length === SHA256_DIGITS) return;
  throw new RemoteError(
    'bad-request',
    `the fingerprint is '${text}'; expected the SHA-256 of the certificate, ${SHA256_DIGITS} hexadecimal digits, ` +
      "as `openssl x509 -noout -fingerprint -sha256` prints it after '='",
  );
}

/** A value that is given as such or by the file that holds it. */
function either(
  choice: ServerChoice,
  value: 'token' | 'ca',
  file: 'tokenFile' | 'caFile',
): string | undefined {
  const path = choice[file];
  if (path === undefined) return choice[value];
  refuseBeside(choice, file, [value]);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RemoteError('bad-request', `${file} can't be read: ${RemoteError.from(error).detail}`, {
      cause: error,
    });
  }
}

function refuseBeside(
  choice: ServerChoice,
  given: keyof ServerChoice,
  others: readonly (keyof ServerChoice)[],
): void {
  const extra = others.find((name) => choice[name] !== undefined);
  if (extra === undefined) return;
  throw new RemoteError('bad-request', `${given} and ${extra} are both given; leave one of them out`);
}
