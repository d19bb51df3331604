import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ManagedBackend } from '../../../kernel/rjit/managed-backend.ts';
import { type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf, isRunning } from '../../support/process-state.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const ADD = 'def add(a, b):\n    return a + b\n';

function pidOf(backend: ManagedBackend): number {
  if (backend.pid === undefined) throw new Error('no server runs');
  return backend.pid;
}

const life = suite('the managed backend');

life('it says where it is, and dispose leaves no process and no file', async () => {
  const backend = new ManagedBackend();
  try {
    const { port } = await backend.start(LOOPBACK);
    const { token, ...place } = JSON.parse(readFileSync(backend.endpointFile, 'utf8'));
    assert.equal(place, { host: '127.0.0.1', port, pid: pidOf(backend) });
    assert.match(token, /^[\w-]{32}$/);
    const stranger = new RemoteJIT(place);
    assert.is(((await errorOf(() => stranger.status())) as RemoteError).code, 'unauthorized');
    await stranger.close();
    const pids = await eventually('workers run', () => {
      const workers = childrenOf(pidOf(backend));
      return workers.length > 0 && [pidOf(backend), ...workers];
    });
    await backend.dispose();
    for (const pid of pids) await eventually(`process ${pid} ends`, () => !isRunning(pid));
    assert.not(existsSync(dirname(backend.endpointFile)));
    await backend.ended;
  } finally {
    await backend.dispose();
  }
});

life('after a crash it is started again at its address, and says why it had ended', async () => {
  const reasons: string[] = [];
  const backend = new ManagedBackend({ onCrash: (reason) => reasons.push(reason) });
  try {
    const address = await backend.start(LOOPBACK);
    const pid = pidOf(backend);
    process.kill(pid, 'SIGKILL');
    await eventually('another server listens', () => {
      if (!existsSync(backend.endpointFile)) return false;
      const content = JSON.parse(readFileSync(backend.endpointFile, 'utf8')) as { pid: number; port: number };
      return content.pid !== pid && content.port === address.port;
    });
    assert.equal(reasons, ['SIGKILL']);
  } finally {
    await backend.dispose();
  }
});

life('stopping it tells the clients, and it can be started again', async () => {
  const backend = new ManagedBackend();
  const jit = new RemoteJIT({ backend });
  try {
    await jit.startServer();
    const add = await defineOne(jit, ADD, 'int64(int64, int64)');
    assert.is(add(1, 3), 4);
    await jit.stopServer();
    const error = (await errorOf(() => add(1, 3))) as RemoteError;
    assert.is(error.code, 'server-stopped');
    await jit.startServer();
    assert.is(add(2, 4), 6);
  } finally {
    await jit.close();
    await backend.dispose();
  }
});

life('a server that ends at once again and again is given up, with its reason', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  const serverModule = join(folder, 'server.mjs');
  // Listens as far as its starter can see, then ends.
  writeFileSync(
    serverModule,
    `import { renameSync, writeFileSync } from 'node:fs';
    export async function serve(argv) {
      const file = argv[argv.indexOf('--endpoint-file') + 1];
      writeFileSync(file + '.part', JSON.stringify({ host: '127.0.0.1', port: 9 }));
      renameSync(file + '.part', file);
      return 3;
    }`,
  );
  const reasons: string[] = [];
  const backend = new ManagedBackend({
    serverModule: pathToFileURL(serverModule),
    onCrash: (reason) => reasons.push(reason),
  });
  try {
    await backend.start(LOOPBACK);
    await backend.ended;
    assert.equal(reasons, Array(5).fill('exit status 3'));
    const content = readFileSync(backend.endpointFile, 'utf8');
    assert.match(
      content,
      /"code":"unreachable","message":"the server ended 5 times in a row \(exit status 3\)/,
    );
  } finally {
    await backend.dispose();
    rmSync(folder, { recursive: true });
  }
});

life('it ends with a program that is killed, and its folder goes, too', async () => {
  const main = fileURLToPath(new URL('../../support/managed-backend-main.js', import.meta.url));
  const program = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(program.stdout.setEncoding('utf8'), 'data')) as [string];
    const { pid, endpointFile } = JSON.parse(line) as { pid: number; endpointFile: string };
    assert.ok(isRunning(pid));
    program.kill('SIGKILL');
    await eventually('the server ends', () => !isRunning(pid));
    await eventually('its folder is removed', () => !existsSync(dirname(endpointFile)));
  } finally {
    program.kill('SIGKILL');
  }
});

life('close of a client ends the server it started, with all workers', async () => {
  const jit = new RemoteJIT();
  let pids: number[] = [];
  try {
    await jit.startServer({ port: 0 });
    const add = await defineOne(jit, ADD, 'int64(int64, int64)');
    assert.is(add(1, 3), 4);
    const { supervisorPid, workerPids } = await jit.status();
    pids = [supervisorPid, ...Object.values(workerPids)];
  } finally {
    await jit.close();
  }
  assert.ok(pids.length >= 2);
  for (const pid of pids) await eventually(`process ${pid} ends`, () => !isRunning(pid));
});

life.run();
