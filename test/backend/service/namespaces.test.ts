import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { selfSignedCertificate } from '../../../backend/service/self-signed-certificate.ts';
import { BackendProcess } from '../../support/backend-process.ts';
import { leaveOut } from '../../support/left-out.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

const networks = suite('two machines, made of network namespaces');

/** Addresses that RFC 5737 keeps for examples. */
const SERVER = '192.0.2.1';
const CLIENT = '192.0.2.2';
const TOKEN = 'correct-horse-battery-staple';
const [serverSide, clientSide] = [`rjit-s${process.pid}`, `rjit-c${process.pid}`];

const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: 'pipe' });
const inside = (name: string) => ['ip', 'netns', 'exec', name];

/** Whether two namespaces with a cable between them are there. */
function connectNamespaces(): boolean {
  try {
    for (const name of [serverSide, clientSide]) ip('netns', 'add', name);
    const peer = ['peer', 'name', 'eth0', 'netns', clientSide];
    ip('link', 'add', 'eth0', 'netns', serverSide, 'type', 'veth', ...peer);
    for (const [name, address] of [
      [serverSide, SERVER],
      [clientSide, CLIENT],
    ] as const) {
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    return true;
  } catch {
    removeNamespaces();
    return false;
  }
}

function removeNamespaces(): void {
  for (const name of [serverSide, clientSide]) {
    try {
      ip('netns', 'del', name);
    } catch {
      // It was never made.
    }
  }
}

if (connectNamespaces()) {
  networks.after(removeNamespaces);

  networks('with TLS and a token, the demo runs from one at a server in the other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rjit-network-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const { cert, key } = selfSignedCertificate([SERVER], 1);
    const [certFile, tokenFile] = [file('cert.pem', cert), file('token', TOKEN)];
    const secrets = ['--tls-cert', certFile, '--tls-key', file('key.pem', key), '--token-file', tokenFile];
    const backend = new BackendProcess(['--host', SERVER, ...secrets], inside(serverSide));
    try {
      const url = `rjits://${SERVER}:${await backend.port()}`;
      const client = join(repositoryRoot, 'dist/test/support/demo-calls-main.js');
      const [command = '', ...args] = [
        ...inside(clientSide),
        process.execPath,
        client,
        url,
        tokenFile,
        certFile,
      ];
      const { stdout } = await promisify(execFile)(command, args);
      assert.equal(stdout.trim().split('\n'), [
        '4',
        '6',
        'found no matching function signature to given argument types:',
        '(1+3.4j)',
        '4.2',
      ]);
    } finally {
      await backend.dispose();
      rmSync(folder, { recursive: true });
    }
  });

  networks('without either, a server does not even start there', async () => {
    const backend = new BackendProcess(['--host', SERVER], inside(serverSide));
    try {
      assert.is((await backend.exited).code, 1);
      assert.match(
        backend.log,
        /refusing to listen on 192\.0\.2\.1: whoever reaches this port can run machine code/,
      );
    } finally {
      await backend.dispose();
    }
  });
} else {
  leaveOut('the demo between two network namespaces', 'it needs root and the command ip (iproute2)');
}

networks.run();
