/** The startup handshake of protocol 5.6, byte by byte, with a launcher that shares no code with ours. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Router } from 'zeromq';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';
import { FakeFrontEnd } from '../../support/fake-front-end.ts';

const KEY = 'a0436f6c-1916-498b-8eb9-e81ab9368e84';
const DEADLINE_MS = 30_000;

interface Context {
  folder: string;
  launcher: Router;
  end: (() => Promise<void>) | undefined;
}

const test = suite<Context>('registration');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  context.launcher = new Router({ linger: 0, receiveTimeout: DEADLINE_MS });
  context.end = undefined;
});
test.after.each(async ({ folder, launcher, end }) => {
  await end?.();
  launcher.close();
  rmSync(folder, { recursive: true, force: true });
});

function sign(content: string): string {
  return createHmac('sha256', KEY).update(content).digest('hex');
}

/** Starts a kernel with a registration file that names the launcher's socket. */
function start(context: Context, endpoint: Readonly<Record<string, unknown>>) {
  const file = join(context.folder, 'registration.json');
  const fields = { kernel_id: 'k-1', key: KEY, signature_scheme: 'hmac-sha256', ...endpoint };
  writeFileSync(file, JSON.stringify(fields));
  const [command = '', script = ''] = echoKernelspec.argv;
  const child = spawn(command, [script, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stderr }));
  context.end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return ended;
}

/** Takes the kernel's message apart as the specification writes it. */
async function receive(launcher: Router) {
  const [identity, delimiter, signature, content = '', ...rest] = await launcher.receive();
  assert.is(String(delimiter), '<IDS|MSG>');
  assert.is(String(signature), sign(String(content)));
  assert.equal(rest, []);
  return { identity: identity ?? '', content: JSON.parse(String(content)) };
}

function listen(launcher: Router, transport: string, ip: string) {
  if (transport === 'ipc') {
    launcher.bindSync(`ipc://${ip}-1`);
    return { transport, registration_ip: ip, registration_port: 1 };
  }
  launcher.bindSync(`tcp://${ip}:0`);
  const port = Number(launcher.lastEndpoint?.split(':').at(-1));
  return { transport, registration_ip: ip, registration_port: port };
}

for (const transport of ['tcp', 'ipc']) {
  test(`a kernel takes free ports, says which, and answers there, over ${transport}`, async (context) => {
    const { launcher, folder } = context;
    const ip = transport === 'ipc' ? join(folder, 'r') : '127.0.0.1';
    const ended = start(context, listen(launcher, transport, ip));
    const { identity, content } = await receive(launcher);
    assert.is(content.kernel_id, 'k-1');
    const channels = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
    const ports = channels.map((channel) => content[`${channel}_port`]);
    assert.ok(ports.every((port) => typeof port === 'string' && /^[1-9]\d*$/.test(port)));
    assert.is(new Set(ports).size, channels.length);
    await launcher.send([identity, '<IDS|MSG>', sign('ACK'), 'ACK']);
    const separator = transport === 'ipc' ? '-' : ':';
    const frontEnd = await FakeFrontEnd.connect({
      key: KEY,
      endpoint: (channel) => `${transport}://${ip}${separator}${content[`${channel}_port`]}`,
    });
    try {
      assert.is(await frontEnd.heartbeat('ping'), 'ping');
      assert.is((await frontEnd.ask('shell', 'kernel_info_request')).protocol_version, '5.6');
      const file = join(folder, 'kernel-k-1.json');
      assert.is(statSync(file).mode & 0o777, 0o600);
      const written = JSON.parse(readFileSync(file, 'utf8'));
      assert.is(written.key, KEY);
      assert.is(String(written.shell_port), content.shell_port);
      await frontEnd.ask('control', 'shutdown_request', { restart: false });
      assert.equal(await ended, { code: 0, stderr: '' });
      assert.not(existsSync(file));
    } finally {
      frontEnd.close();
    }
  });
}

test('a kernel ends when it is acknowledged by somebody who does not know the key', async (context) => {
  const ended = start(context, listen(context.launcher, 'tcp', '127.0.0.1'));
  const { identity } = await receive(context.launcher);
  await context.launcher.send([identity, '<IDS|MSG>', 'f'.repeat(64), 'ACK']);
  const { code, stderr } = await ended;
  assert.is(code, 1);
  assert.match(stderr, /did not acknowledge the kernel's ports: the signature does not belong/);
});

test.run();
