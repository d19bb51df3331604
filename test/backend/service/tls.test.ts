import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { selfSignedCertificate } from '../../../backend/service/self-signed-certificate.ts';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition, store } from '../../support/ir-functions.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { connectRjit, type SecureOptions, TestSession } from '../../support/rjit-client.ts';
import { helloMessage } from '../../support/wire-messages.ts';

const encrypted = suite('rjit serve with TLS');

interface Setting {
  readonly backend: BackendProcess;
  readonly port: number;
  readonly secure: SecureOptions;
  readonly token: string;
}

const token = 'correct-horse-battery-staple';

/** A server for other machines: TLS and a token. */
async function withTls(body: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-tls-'));
  try {
    const { cert, key } = selfSignedCertificate(['127.0.0.1'], 1);
    const [certFile, keyFile, tokenFile] = ['cert.pem', 'key.pem', 'token'].map((name) => join(folder, name));
    if (!certFile || !keyFile || !tokenFile) throw new Error('three names make three paths');
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key, { mode: 0o600 });
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const options = [
      '--host',
      '0.0.0.0',
      '--tls-cert',
      certFile,
      '--tls-key',
      keyFile,
      '--token-file',
      tokenFile,
    ];
    await withBackend(options, (backend, port) => body({ backend, port, secure: { ca: cert }, token }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

encrypted('serves sessions, also when a worker is replaced', () =>
  withTls(async ({ port, secure }) => {
    const session = await TestSession.open(port, '', token, secure);
    const [add = 0, bad = 0] = await session.compile(addition('add') + store, 'add', 'store');
    assert.is(await session.call(add, 1n, 3n), 4n);
    await expectCrash(session.call(bad, 0n, 0n));
    const many = await Promise.all(
      Array.from({ length: 300 }, (_, index) => session.call(add, BigInt(index), 1n)),
    );
    assert.equal(
      many,
      Array.from({ length: 300 }, (_, index) => BigInt(index) + 1n),
    );
    session.close();
  }),
);

async function expectCrash(call: Promise<unknown>): Promise<void> {
  const caught = await call.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );
  assert.is(caught, 'jit-crash');
}

encrypted('carries more than fits into one record', () =>
  withTls(async ({ port, secure }) => {
    const session = await TestSession.open(port, '', token, secure);
    const long = `; ${'x'.repeat(1_000_000)}\n${addition('add')}`;
    const [add = 0] = await session.compile(long, 'add');
    assert.is(await session.call(add, 1n, 3n), 4n);
    session.close();
  }),
);

encrypted('closes connections that do not speak TLS 1.3, and those that close early', () =>
  withTls(async ({ backend, port, secure }) => {
    const plain = new RawConnection(port);
    await plain.send(helloMessage());
    await plain.closed();
    await eventually('the log says so', () => /warn: /.test(backend.log));
    const old: TLSSocket = connect({ host: '127.0.0.1', port, ca: secure.ca, maxVersion: 'TLSv1.2' });
    const failure = await new Promise<string>((resolve) => {
      old.once('error', (error) => resolve(String(error)));
      old.once('secureConnect', () => resolve('connected'));
    });
    assert.match(failure, /version|alert/);
    const session = await TestSession.open(port, '', token, secure);
    session.data.close();
    session.close();
    await eventually('the session ends', () => /its client has gone/.test(backend.log));
  }),
);

encrypted('refuses a client without the token', () =>
  withTls(async ({ port, secure }) => {
    const caught = await TestSession.open(port, '', 'wrong', secure).then(
      () => 'no error',
      (error: { code?: string }) => error.code,
    );
    assert.is(caught, 'unauthorized');
    connectRjit(port, secure).close();
  }),
);

encrypted('refuses certificate files that are none, before it listens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-tls-'));
  const backend = new BackendProcess([
    '--tls-cert',
    join(folder, 'none.pem'),
    '--tls-key',
    join(folder, 'none.pem'),
  ]);
  const half = new BackendProcess(['--tls-cert', join(folder, 'none.pem')]);
  try {
    assert.equal(await backend.exited, { code: 1, signal: null });
    assert.match(backend.log, /TLS certificate .*none\.pem can't be read/);
    assert.equal(await half.exited, { code: 2, signal: null });
    assert.match(half.log, /--tls-cert and --tls-key belong together/);
  } finally {
    await backend.dispose();
    await half.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});

encrypted.run();
