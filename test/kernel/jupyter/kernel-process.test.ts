import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../../kernel/client/kernel-client.ts';
import { connectionFileText, parseConnectionFile } from '../../../kernel/jupyter/connection-file.ts';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';

const test = suite<{ folder: string; started: ChildProcess[] }>('kernel process');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  context.started = [];
});
test.after.each(({ folder, started }) => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

function connectionIn(folder: string) {
  const fields = { transport: 'ipc', ip: join(folder, 'k'), key: 'k', ...ports };
  return parseConnectionFile(JSON.stringify(fields), 'test');
}

/** Starts the kernel with its output collected; `env` may name another parent. */
function start(context: { started: ChildProcess[] }, connectionFile: string, env: NodeJS.ProcessEnv = {}) {
  const [command = '', script = ''] = echoKernelspec.argv;
  const child = spawn(command, [script, connectionFile], { env: { ...process.env, ...env } });
  context.started.push(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }));
  return { child, ended };
}

test('SIGINT interrupts the cell, SIGTERM ends the kernel in order', async (context) => {
  const connection = connectionIn(context.folder);
  const file = join(context.folder, 'connection.json');
  writeFileSync(file, connectionFileText(connection, 'echo'));
  const { child, ended } = start(context, file);
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const client = await KernelClient.connect(connection, {
    onIopub: ({ header }) => {
      if (header.messageType === 'stream') started();
    },
  });
  try {
    const cell = client.execute({ code: 'stdout started\nwait' });
    await running;
    child.kill('SIGINT');
    assert.is((await cell).ename, 'KeyboardInterrupt');
    assert.is((await client.execute({ code: 'result 1' })).status, 'ok');
    child.kill('SIGTERM');
    assert.equal(await ended, { code: 0, signal: null, stderr: '' });
  } finally {
    client.close();
  }
});

test('the kernel ends when the process that Jupyter named as its parent is gone', async (context) => {
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  context.started.push(parent);
  const connection = connectionIn(context.folder);
  const file = join(context.folder, 'connection.json');
  writeFileSync(file, connectionFileText(connection, 'echo'));
  const { ended } = start(context, file, { JPY_PARENT_PID: String(parent.pid) });
  const client = await KernelClient.connect(connection);
  client.close();
  parent.kill('SIGKILL');
  assert.equal(await ended, { code: 0, signal: null, stderr: '' });
});

test('a broken connection file ends the kernel at once, with the reason', async (context) => {
  const file = join(context.folder, 'connection.json');
  writeFileSync(file, JSON.stringify({ ...ports, key: '', shell_port: 'x' }));
  const { code, stderr } = await start(context, file).ended;
  assert.is(code, 1);
  assert.match(stderr, 'connection.json is broken: shell_port is the string "x"; expected an integer');
});

test('a port in use ends the kernel at once, naming the channel and the address', async (context) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const file = join(context.folder, 'connection.json');
    writeFileSync(file, JSON.stringify({ ...ports, key: '', shell_port: taken }));
    const { code, stderr } = await start(context, file).ended;
    assert.is(code, 1);
    assert.match(stderr, `cannot bind the shell channel to tcp://127.0.0.1:${taken}: Address already in use`);
  } finally {
    server.close();
  }
});

test.run();
