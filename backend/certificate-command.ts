/** `rjit certificate`: what a server needs for TLS, without openssl. */
import { X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { RemoteError } from './contract/remote-error.ts';
import { selfSignedCertificate } from './service/self-signed-certificate.ts';
import { createToken } from './service/token.ts';

const usage = `usage: rjit certificate HOST... [options]

Makes what \`rjit serve\` needs to serve other machines: a certificate for the server's names and addresses (HOST), its
key, and a token. Prints the fingerprint by which clients know the server. Never overwrites a file.

  --cert FILE   (default cert.pem)
  --key FILE    (default key.pem)
  --token FILE  (default token)
  --days N      the certificate is valid this long (default 3650)
  --help
`;

const exitCode = { done: 0, failed: 1, usage: 2 } as const;
const LONGEST_DAYS = 36_500;
/** More names make the certificate longer than a handshake should be. */
const MOST_NAMES = 100;

interface Wanted {
  readonly names: readonly [string, ...string[]];
  readonly days: number;
  readonly cert: string;
  readonly key: string;
  readonly token: string;
}

/** Runs `rjit certificate ARGV`; resolves to the exit status. */
export async function certificate(argv: readonly string[]): Promise<number> {
  let wanted: Wanted | undefined;
  try {
    wanted = parse(argv);
  } catch (error) {
    process.stderr.write(`rjit certificate: ${RemoteError.from(error).detail}\n\n${usage}`);
    return exitCode.usage;
  }
  if (wanted === undefined) {
    process.stdout.write(usage);
    return exitCode.done;
  }
  try {
    process.stdout.write(make(wanted));
    return exitCode.done;
  } catch (error) {
    process.stderr.write(`rjit certificate: ${RemoteError.from(error).detail}\n`);
    return exitCode.failed;
  }
}

function make({ names, days, cert, key, token }: Wanted): string {
  const files = selfSignedCertificate(names, days);
  writeNewFiles([
    [key, files.key],
    [cert, files.cert],
    [token, `${createToken()}\n`],
  ]);
  const { fingerprint256, validTo } = new X509Certificate(files.cert);
  const [host] = names;
  return (
    `${cert}, ${key} and ${token} are written; the certificate is valid until ${validTo}\n` +
    `fingerprint: ${fingerprint256}\n\n` +
    `on ${host}:\n` +
    `  rjit serve --host ${isIP(host) === 0 ? '0.0.0.0' : host} --tls-cert ${cert} --tls-key ${key} --token-file ${token}\n` +
    `in a notebook, with a copy of ${token}:\n` +
    `  %rjit connect rjits://${isIP(host) === 6 ? `[${host}]` : host}:11532 --token-file ${token} --fingerprint ${fingerprint256}\n`
  );
}

/** For their owner only; all of them or none. @throws RemoteError `bad-request` when one exists or can't be written */
function writeNewFiles(files: readonly (readonly [path: string, text: string])[]): void {
  const written: string[] = [];
  for (const [path, text] of files) {
    try {
      // Exclusive: neither another file nor the target of a link is written.
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      for (const other of written) rmSync(other, { force: true });
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      const reason = exists ? 'it exists; move it away or name another' : RemoteError.from(error).detail;
      throw new RemoteError('bad-request', `${path} is not written: ${reason}`, { cause: error });
    }
    written.push(path);
  }
}

/** @returns undefined when only the usage is wanted. @throws RemoteError `bad-request` saying what is wrong */
function parse(argv: readonly string[]): Wanted | undefined {
  const { values, positionals } = parseArguments(argv);
  if (values.help) return undefined;
  const [first, ...others] = positionals.map(checkedName);
  if (first === undefined) {
    throw new RemoteError(
      'bad-request',
      'expected the host name or address by which clients reach the server',
    );
  }
  if (positionals.length > MOST_NAMES) {
    throw new RemoteError(
      'bad-request',
      `${positionals.length} names are given; a certificate takes ${MOST_NAMES}`,
    );
  }
  const days = /^\d+$/.test(values.days) ? Number(values.days) : Number.NaN;
  if (!(days >= 1 && days <= LONGEST_DAYS)) {
    throw new RemoteError(
      'bad-request',
      `--days is '${values.days}'; expected a number from 1 to ${LONGEST_DAYS}`,
    );
  }
  return { names: [first, ...others], days, cert: values.cert, key: values.key, token: values.token };
}

function parseArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        cert: { type: 'string', default: 'cert.pem' },
        key: { type: 'string', default: 'key.pem' },
        token: { type: 'string', default: 'token' },
        days: { type: 'string', default: '3650' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new RemoteError('bad-request', RemoteError.from(error).detail, { cause: error });
  }
}

/** RFC 1123, or an address without a zone. */
function checkedName(name: string): string {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  const isHostName = name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`, 'i').test(name);
  if (isIP(name) !== 0 ? !name.includes('%') : isHostName) return name;
  throw new RemoteError(
    'bad-request',
    `'${name}' is no host name or address; expected one such as team.example or 192.0.2.1`,
  );
}
