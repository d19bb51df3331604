import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { childrenOf } from '../../support/process-state.ts';
import { SessionInTest, until, withSession } from '../../support/session-in-test.ts';

const LOST = 'all variables are lost, the next cell runs in a new session';

const death = suite('the end of a session');

death(
  'by process.exit is explained, and a new session goes on',
  withSession(async (session) => {
    await session.run('let x = 1');
    assert.is(
      await session.show('print("last words"); process.exit(5)'),
      `SessionEnded: the session ended with process.exit(5); ${LOST}`,
    );
    assert.is(session.text(2), 'last words\n');
    assert.is(await session.show('typeof x'), "'undefined'");
  }),
);

death(
  'runs what the user asked for at exit',
  withSession(async (session) => {
    await session.run('process.on("exit", () => print("bye")); process.exit(0)');
    assert.is(session.text(1), 'bye\n');
  }),
);

death(
  'by kill -9 during a cell is explained',
  withSession(async (session) => {
    const outcome = session.show('print("running"); await new Promise(() => {})');
    await session.until(() => session.text(1) === 'running\n', 'the text');
    process.kill(session.session.pid ?? 0, 'SIGKILL');
    assert.match(
      await outcome,
      /^SessionEnded: the session was killed with SIGKILL.*; all variables are lost/u,
    );
    assert.is(await session.show('1 + 1'), '2');
  }),
);

death(
  'by kill -9 between two cells is shown, and the next cell works',
  withSession(async (session) => {
    await session.run('let x = 1');
    const { pid = 0 } = session.session;
    process.kill(pid, 'SIGKILL');
    await session.until(() => session.outputs.some(({ output }) => output.kind === 'error'), 'the report');
    assert.is.not(session.session.pid, pid);
    assert.is(await session.show('typeof x'), "'undefined'");
  }),
);

death(
  'by a crash in native code is explained',
  withSession(async (session) => {
    assert.match(
      await session.show('process.kill(process.pid, "SIGSEGV"); await new Promise(() => {})'),
      /crashed in native code \(SIGSEGV\)/u,
    );
    assert.match(await session.show('process.abort()'), /was aborted \(SIGABRT\)/u);
    assert.is(await session.show('1 + 1'), '2');
  }),
);

death(
  'by running out of memory is explained, without the engine’s dump',
  withSession(
    async (session) => {
      const outcome = await session.show('const all = []; for (;;) all.push(new Array(1000).fill(0))');
      assert.match(
        outcome,
        /^SessionEnded: the session ran out of memory: the JavaScript heap reached its limit/u,
      );
      assert.not.match(session.text(1, 'stderr'), /Last few GCs/u);
      assert.is(await session.show('1 + 1'), '2');
    },
    { execArgv: ['--max-old-space-size=40'] },
  ),
);

death('before it could run a cell is explained, and tried again by the next cell only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-death-'));
  const needed = join(folder, 'needed.cjs');
  const session = new SessionInTest({ execArgv: ['--require', needed] });
  try {
    const reason =
      'the session ended with exit code 1 before it could run a cell; what it wrote to stderr says why';
    for (const cell of [1, 2]) {
      assert.is(await session.show('1 + 1'), `SessionEnded: ${reason}; the next cell tries again`);
      assert.match(session.text(cell, 'stderr'), `Cannot find module '${needed}'`);
      assert.is(sessionsOf(process.pid).length, 0);
    }
    writeFileSync(needed, '');
    assert.is(await session.show('1 + 1'), '2');
  } finally {
    await session.session.shutdown();
    rmSync(folder, { recursive: true });
  }
});

death('that could not begin, for its folder is gone, is explained, too', async () => {
  const session = new SessionInTest({ cwd: join(tmpdir(), 'rjit-there-is-no-such-folder') });
  assert.match(
    await session.show('1 + 1'),
    /^SessionEnded: the session could not be started: spawn .* ENOENT; the next cell tries again$/u,
  );
  await session.session.shutdown();
});

death(
  'leaves a spare process that takes over at once',
  withSession(
    async (session) => {
      const spare = (): number | undefined =>
        sessionsOf(process.pid).find((pid) => pid !== session.session.pid);
      await session.run('1');
      await until(() => spare() !== undefined, 'the spare');
      const spareId = spare();
      await session.run('process.exit(1)');
      assert.is(session.session.pid, spareId);
      assert.is(await session.show('1 + 1'), '2');
    },
    { keepsSpare: true },
  ),
);

death('takes the children of the user’s code along', async () => {
  const session = new SessionInTest();
  const child = await session.show(
    'require("node:child_process").spawn("sleep", ["1000"], { stdio: "inherit" }).pid',
  );
  const { pid = 0 } = session.session;
  await session.session.shutdown();
  await until(() => !isAlive(pid) && !isAlive(Number(child)), 'the end of the session and its children');
});

death('comes with the end of the kernel process, also while code spins', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', orphanMaker], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await until(() => /^\d+ spinning\n/mu.test(text), 'the spinning session');
  const pid = Number.parseInt(text, 10);
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid), 'the end of the session');
});

death('that is asked for answers cells that come later', async () => {
  const session = new SessionInTest();
  await session.run('1');
  await session.session.shutdown();
  assert.is(await session.show('1'), 'SessionEnded: the session was shut down');
});

const sessionModule = new URL('../../../kernel/session/session-process.js', import.meta.url).href;

/** A kernel process of its own, whose session spins. */
const orphanMaker = `
import { SessionProcess } from ${JSON.stringify(sessionModule)};
const session = new SessionProcess({
  keepsSpare: false,
  onInput: async () => '',
  onOutput: ({ text }) => { if (text === 'spinning\\n') console.log(session.pid + ' spinning') },
});
await session.execute({
  cellId: 1, code: 'print("spinning"); while (true) {}', executionCount: 1, silent: false,
  storeHistory: true, allowStdin: false, userExpressions: {},
});`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sessionsOf(parent: number): readonly number[] {
  const main = fileURLToPath(new URL('../../../kernel/session/session-main.js', import.meta.url));
  return childrenOf(parent).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(main));
}

death.run();
