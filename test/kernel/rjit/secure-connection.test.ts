import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { selfSignedCertificate } from '../../../backend/service/self-signed-certificate.ts';
import { RemoteError, RemoteJIT, type ServerChoice } from '../../../kernel/rjit/remote-jit.ts';
import { type BackendProcess, withBackend } from '../../support/backend-process.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const SIGNATURE = 'int64(int64, int64)';
const TOKEN = 'correct-horse-battery-staple';

interface Setting {
  readonly backend: BackendProcess;
  readonly port: number;
  readonly caFile: string;
  readonly ca: string;
  readonly tokenFile: string;
  /** Trusted by nobody here. */
  readonly otherCaFile: string;
}

async function withSecureServer(body: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-secure-'));
  try {
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const { cert, key } = selfSignedCertificate(['127.0.0.1'], 1);
    const caFile = file('cert.pem', cert);
    const tokenFile = file('token', `${TOKEN}\n`);
    const otherCaFile = file('other.pem', selfSignedCertificate(['127.0.0.1'], 1).cert);
    const tls = ['--tls-cert', caFile, '--tls-key', file('key.pem', key)];
    await withBackend([...tls, '--token-file', tokenFile], (backend, port) =>
      body({ backend, port, caFile, ca: cert, tokenFile, otherCaFile }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a call gives at a server chosen so. */
async function sumAt(choice: ServerChoice): Promise<unknown> {
  const jit = new RemoteJIT(choice);
  try {
    const add = await defineOne(jit, ADD, SIGNATURE);
    return [add(1, 3), await add.async(2, 4), add.map(new BigInt64Array(300_000).fill(1n), 2).length];
  } finally {
    await jit.close();
  }
}

async function refusalOf(choice: ServerChoice): Promise<RemoteError> {
  const error = await errorOf(() => sumAt(choice));
  if (error instanceof RemoteError) return error;
  throw error;
}

const RESULT = [4, 6, 300_000];

const secure = suite('TLS and tokens');

secure('large arrays go through TLS and come back', () =>
  withSecureServer(async ({ port, ca }) => {
    const jit = new RemoteJIT({ host: 'localhost', port, ca, token: TOKEN });
    try {
      const source = 'def double(a):\n    for i in range(len(a)):\n        a[i] *= 2\n';
      const double = await defineOne(jit, source, 'void(float64[])');
      const array = Float64Array.from({ length: 200_000 }, (_, index) => index);
      double(array);
      await double.async(array);
      assert.ok(array.every((value, index) => value === 4 * index));
    } finally {
      await jit.close();
    }
  }),
);

secure('a server with TLS and a token serves whoever trusts it and knows the token', () =>
  withSecureServer(async ({ backend, port, caFile, ca, tokenFile }) => {
    const url = `rjits://127.0.0.1:${port}`;
    assert.equal(await sumAt({ url, caFile, tokenFile }), RESULT);
    assert.equal(await sumAt({ host: 'localhost', port, ca, token: TOKEN }), RESULT);
    const fingerprint = new X509Certificate(ca).fingerprint256;
    assert.equal(await sumAt({ url, fingerprint, tokenFile }), RESULT);
    // The endpoint file says what certificate it is; the token is in its own file.
    assert.equal(await sumAt({ endpointFile: backend.endpointFile, tokenFile }), RESULT);
  }),
);

secure('whoever is not to be trusted, or does not trust, learns why', () =>
  withSecureServer(async ({ port, caFile, otherCaFile, tokenFile }) => {
    const url = `rjits://127.0.0.1:${port}`;
    const cases: readonly (readonly [ServerChoice, string, RegExp])[] = [
      [{ url, caFile, token: `${TOKEN}r` }, 'unauthorized', /token/],
      [{ url, caFile }, 'unauthorized', /token/],
      [{ url, tokenFile }, 'unauthorized', /certificate isn't trusted \(.*--ca FILE/],
      [{ url, caFile: otherCaFile, tokenFile }, 'unauthorized', /certificate isn't trusted/],
      [
        { url, fingerprint: '00'.repeat(32), tokenFile },
        'unauthorized',
        /has the SHA-256 fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2}; expected 0000/,
      ],
      [
        { url: `rjit://127.0.0.1:${port}`, tokenFile },
        'connection-lost',
        /closed the connection before it answered; if it speaks TLS, connect with rjits:\/\//,
      ],
    ];
    for (const [choice, code, message] of cases) {
      const error = await refusalOf(choice);
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
      assert.not.match(error.message, new RegExp(TOKEN));
    }
  }),
);

secure('a server without TLS is told from one that has it', () =>
  withBackend([], async (_backend, port) => {
    const error = await refusalOf({ url: `rjits://127.0.0.1:${port}` });
    assert.is(error.code, 'protocol');
    assert.match(error.message, /doesn't speak TLS 1\.3 .*connect with rjit:\/\//);
  }),
);

secure('a token that the server made itself is read from its endpoint file', () =>
  withBackend(['--generate-token'], async ({ endpointFile }, port) => {
    assert.equal(await sumAt({ endpointFile }), RESULT);
    const error = await refusalOf({ host: '127.0.0.1', port });
    assert.is(error.code, 'unauthorized');
  }),
);

secure('localhost is this machine, whatever its files say', () =>
  withBackend([], async (_backend, port) => {
    assert.equal(await sumAt({ url: `rjit://localhost:${port}` }), RESULT);
  }),
);

secure.run();

const choices = suite('choosing a server');

for (const [choice, message] of [
  [{ url: 'http://localhost:80' }, /the server's address is 'http:.*expected rjit:\/\/host:port/],
  [{ url: 'rjit://localhost' }, /expected rjit:\/\/host:port/],
  [{ url: 'rjit://localhost:99999' }, /expected rjit:\/\/host:port/],
  [{ url: 'rjit://a:1', host: 'b' }, /url and host are both given/],
  [{ endpointFile: 'f', url: 'rjit://a:1' }, /endpointFile and url are both given/],
  [{ token: 'a', tokenFile: 'b' }, /tokenFile and token are both given/],
  [{ tokenFile: 'no-such-file' }, /tokenFile can't be read: .*no-such-file/],
  [{ url: 'rjits://a:1', tls: false }, /tls is false, but/],
  [{ fingerprint: 'AB:CD' }, /the fingerprint is 'AB:CD'; expected .* 64 hexadecimal digits/],
] as const) {
  choices(`${JSON.stringify(choice)} is refused`, async () => {
    const error = (await errorOf(() => new RemoteJIT(choice))) as RemoteError;
    assert.is(error.code, 'bad-request');
    assert.match(error.message, message);
  });
}

choices.run();
