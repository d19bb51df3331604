import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selfSignedCertificate } from '../../backend/service/self-signed-certificate.ts';
import { RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../support/backend-process.ts';
import { leaveOut } from '../support/left-out.ts';
import { defineOne } from '../support/remote-jit.ts';
import { rjitCommand } from '../support/rjit-command.ts';

async function inFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-certificate-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function certificate(folder: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [rjitCommand, 'certificate', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
}

test('a server with the files that it wrote serves whoever has the token and the printed fingerprint', () =>
  inFolder(async (folder) => {
    const { status, stdout, stderr } = certificate(folder, '127.0.0.1', 'team.example');
    assert.is(status, 0, stderr);
    assert.equal(readdirSync(folder).sort(), ['cert.pem', 'key.pem', 'token']);
    for (const name of readdirSync(folder)) assert.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    const [, fingerprint = ''] = /^fingerprint: (\S+)$/m.exec(stdout) ?? [];
    const [certFile, keyFile, tokenFile] = [
      join(folder, 'cert.pem'),
      join(folder, 'key.pem'),
      join(folder, 'token'),
    ];
    const options = ['--tls-cert', certFile, '--tls-key', keyFile, '--token-file', tokenFile];
    await withBackend(options, async (_backend, port) => {
      const url = `rjits://127.0.0.1:${port}`;
      for (const trust of [{ fingerprint }, { caFile: certFile }]) {
        const jit = new RemoteJIT({ url, tokenFile, ...trust });
        try {
          const add = await defineOne(jit, 'def add(a, b):\n    return a + b\n', 'int64(int64, int64)');
          assert.is(add(1, 3), 4);
        } finally {
          await jit.close();
        }
      }
    });
  }));

test('what exists is neither overwritten nor written through, and then nothing is written', () =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'token'), 'mine');
    const refused = certificate(folder, '127.0.0.1');
    assert.is(refused.status, 1);
    assert.match(refused.stderr, /^rjit certificate: token is not written: it exists; move it away/);
    assert.equal(readdirSync(folder), ['token']);
    assert.is(readFileSync(join(folder, 'token'), 'utf8'), 'mine');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'key.pem'));
    assert.is(certificate(folder, '127.0.0.1', '--token', 'other').status, 1);
    assert.equal(readdirSync(folder).sort(), ['key.pem', 'token']);
  }));

test('what is no name, no address or no number of days is refused with the reason', () =>
  inFolder((folder) => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /expected the host name or address/],
      [['team_1.example'], /'team_1\.example' is no host name or address; expected one such as/],
      [['fe80::1%eth0'], /is no host name or address/],
      [['::1', '--days', '0'], /--days is '0'; expected a number from 1 to 36500/],
      [['::1', '--fast'], /--fast/],
    ];
    for (const [args, reason] of cases) {
      const { status, stderr } = certificate(folder, ...args);
      assert.is(status, 2, args.join(' '));
      assert.match(stderr, reason);
    }
    assert.equal(readdirSync(folder), []);
  }));

test('it is for each name and address, from before now until after the given days', () => {
  const names = ['team.example', '192.0.2.1', '::1', '2001:db8::5:0:7', '::ffff:192.0.2.9'] as const;
  const read = new X509Certificate(selfSignedCertificate([...names], 10_000).cert);
  assert.is(read.checkHost('team.example'), 'team.example');
  assert.is(read.checkHost('other.example'), undefined);
  for (const address of names.slice(1)) assert.is(read.checkIP(address), address);
  assert.is(read.checkIP('192.0.2.2'), undefined);
  assert.ok(Date.parse(read.validFrom) < Date.now());
  // After 2049, where X.509 writes years in another form.
  const days = (Date.parse(read.validTo) - Date.now()) / 86_400_000;
  assert.ok(Math.abs(days - 10_000) < 1, read.validTo);
  assert.not.equal(read.serialNumber, new X509Certificate(selfSignedCertificate(['a'], 1).cert).serialNumber);
});

if (spawnSync('openssl', ['version']).status === 0) {
  test('openssl verifies it as the certificate of a server of its names, and of its key', () =>
    inFolder((folder) => {
      const { status, stderr } = certificate(folder, 'team.example', '::1');
      assert.is(status, 0, stderr);
      const openssl = (...args: readonly string[]) =>
        spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
      for (const name of [
        ['-verify_hostname', 'team.example'],
        ['-verify_ip', '::1'],
      ]) {
        const verified = openssl(
          'verify',
          '-purpose',
          'sslserver',
          '-CAfile',
          'cert.pem',
          ...name,
          'cert.pem',
        );
        assert.is(verified.status, 0, verified.stderr);
      }
      const other = openssl('verify', '-CAfile', 'cert.pem', '-verify_hostname', 'other.example', 'cert.pem');
      assert.is.not(other.status, 0);
      const [ofCertificate, ofKey] = [
        openssl('x509', '-in', 'cert.pem', '-noout', '-pubkey'),
        openssl('pkey', '-in', 'key.pem', '-pubout'),
      ];
      assert.is(ofCertificate.stdout, ofKey.stdout);
    }));
} else {
  leaveOut('openssl reads our certificates', 'there is no openssl');
}

test.run();
