import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import { KernelDiedError } from '../../kernel/client/kernel-connection.ts';
import { eventually } from '../support/eventually.ts';
import { childrenOf, isRunning } from '../support/process-state.ts';
import { processTree, rjitKernelspec, runCell, withRjitKernel } from '../support/rjit-kernel.ts';

const cells = suite('kernel, cells');
const interrupts = suite('kernel, interrupts');
const lives = suite('kernel, processes');

cells('the kernel presents itself as TypeScript', () =>
  withRjitKernel(async ({ info }) => {
    assert.is(info.implementation, 'rjit');
    assert.equal(info.language_info, {
      name: 'typescript',
      version: '6.0',
      mimetype: 'application/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: 'typescript',
      nbconvert_exporter: 'script',
    });
  }),
);

cells('cells share their state, show their results, streams and errors', () =>
  withRjitKernel(async (kernel) => {
    assert.equal(await runCell(kernel, 'let x: number = 41;\nx + 1'), {
      status: 'ok',
      outputs: ['execute_result: 42'],
    });
    assert.equal(await runCell(kernel, 'console.log("x is " + x); console.error("careful"); print(2)'), {
      status: 'ok',
      outputs: ['stream stdout: x is 41\n', 'stream stderr: careful\n', 'stream stdout: 2\n'],
    });
    assert.equal(await runCell(kernel, 'throw new RangeError("too far")'), {
      status: 'error',
      outputs: ['error: RangeError: too far'],
    });
    assert.equal(await runCell(kernel, 'x;'), { status: 'ok', outputs: [] });
  }),
);

cells('output that comes after its cell still belongs to that cell', () =>
  withRjitKernel(async (kernel) => {
    const late: string[] = [];
    await kernel.execute({
      code: 'let go; new Promise((resolve) => { go = resolve }).then(() => console.log("from the first")); 0',
      onMessage: ({ content }) => {
        if (typeof content.text === 'string') late.push(content.text);
      },
    });
    assert.equal(await runCell(kernel, 'go(); console.log("mine")'), {
      status: 'ok',
      outputs: ['stream stdout: mine\n'],
    });
    await eventually('the late output', () => late.join('') === 'from the first\n');
  }),
);

cells('a question of the user’s code is answered by the front end', () =>
  withRjitKernel(async (kernel) => {
    const answered = await runCell(kernel, 'await input("Name? ")', (prompt) => `${prompt}Ada`);
    assert.equal(answered, { status: 'ok', outputs: ["execute_result: 'Name? Ada'"] });
    assert.is((await runCell(kernel, 'await input("Name? ")')).status, 'error');
  }),
);

cells('code that is not finished yet is recognised', () =>
  withRjitKernel(async (kernel) => {
    const ask = (code: string) => kernel.request('shell', 'is_complete_request', { code });
    assert.is((await ask('1 + 1')).status, 'complete');
    assert.is((await ask('function f() {')).status, 'incomplete');
    assert.is((await ask('const = 3')).status, 'invalid');
  }),
);

for (const interruptMode of ['message', 'signal'] as const) {
  interrupts(`an endless loop stops by ${interruptMode}, and variables are kept`, () =>
    withRjitKernel(
      async (kernel) => {
        await runCell(kernel, 'let kept = 7');
        const { promise, onMessage } = firstOutput();
        const loop = kernel.execute({ code: 'console.log("go"); while (true) {}', onMessage });
        await promise;
        await kernel.interrupt();
        assert.is((await loop).ename, 'KeyboardInterrupt');
        assert.equal(await runCell(kernel, 'kept'), { status: 'ok', outputs: ['execute_result: 7'] });
      },
      { kernelspec: { ...rjitKernelspec, interruptMode } },
    ),
  );
}

interrupts('a wait for input stops', () =>
  withRjitKernel(async (kernel) => {
    let asked = () => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const cell = kernel.execute({
      code: 'await input("Name? ")',
      onInput: () => {
        asked();
        return new Promise(() => {});
      },
    });
    await question;
    await kernel.interrupt();
    assert.is((await cell).status, 'error');
    assert.is((await runCell(kernel, '1')).status, 'ok');
  }),
);

lives('a session that is killed is explained, and the next cell runs', () =>
  withRjitKernel(async (kernel) => {
    const pid = await sessionPid(kernel);
    const { promise, onMessage } = firstOutput();
    const loop = kernel.execute({ code: 'console.log("go"); while (true) {}', onMessage });
    await promise;
    process.kill(pid, 'SIGKILL');
    const reply = await loop;
    assert.is(reply.status, 'error');
    assert.match(reply.evalue, /SIGKILL/);
    assert.equal(await runCell(kernel, '6 * 7'), { status: 'ok', outputs: ['execute_result: 42'] });
  }),
);

lives('nothing is left behind after a shutdown', () =>
  withRjitKernel(async (kernel) => {
    const processes = await wholeTree(kernel);
    await kernel.shutdown();
    assert.is((await kernel.died).reason, 'exit code 0');
    await allEnd(processes);
  }),
);

lives('nothing is left behind after a shutdown in the middle of a loop', () =>
  withRjitKernel(async (kernel) => {
    const processes = await wholeTree(kernel);
    const { promise, onMessage } = firstOutput();
    const loop = kernel.execute({ code: 'console.log("go"); while (true) {}', onMessage }).catch(() => {});
    await promise;
    await kernel.shutdown();
    await allEnd(processes);
    await loop;
  }),
);

lives('nothing is left behind after a kill -9 of the kernel in the middle of a loop', () =>
  withRjitKernel(async (kernel) => {
    const processes = await wholeTree(kernel);
    const { promise, onMessage } = firstOutput();
    const loop = kernel.execute({ code: 'console.log("go"); while (true) {}', onMessage });
    await promise;
    process.kill(kernel.pid ?? 0, 'SIGKILL');
    const error = await loop.catch((reason: unknown) => reason);
    assert.instance(error, KernelDiedError);
    await allEnd(processes);
  }),
);

lives('what the user’s code has started ends with the kernel, however that ends', () =>
  withRjitKernel(async (kernel) => {
    const sleeper = 'require("node:child_process").spawn("sleep", ["600"]).pid';
    const { outputs } = await runCell(kernel, sleeper);
    const pid = Number(outputs[0]?.replace('execute_result: ', ''));
    assert.ok(isRunning(pid));
    process.kill(kernel.pid ?? 0, 'SIGKILL');
    await allEnd([pid]);
  }),
);

lives('a broken connection file ends the kernel with status 1 and the reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  try {
    const file = join(folder, 'connection.json');
    writeFileSync(file, '{"transport": "tcp"');
    const [node = '', cli = ''] = rjitKernelspec.argv;
    const run = (...args: string[]) => spawnSync(node, [cli, 'kernel', ...args], { encoding: 'utf8' });
    const broken = run(file);
    assert.is(broken.status, 1);
    assert.match(broken.stderr, /^\[rjit kernel\] the connection file .* is broken: the file is not JSON/);
    const missing = run();
    assert.is(missing.status, 1);
    assert.match(missing.stderr, /one connection file is needed, found none/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function sessionPid(kernel: KernelClient): Promise<number> {
  const { outputs } = await runCell(kernel, 'process.pid');
  return Number(outputs[0]?.replace('execute_result: ', ''));
}

/** All processes of a kernel whose session and managed backend, with its worker, have started. */
async function wholeTree(kernel: KernelClient): Promise<readonly number[]> {
  const session = await sessionPid(kernel);
  const pid = kernel.pid ?? 0;
  const backendWorker = () =>
    childrenOf(pid).some((child) => child !== session && childrenOf(child).length > 0);
  await eventually('the backend and its worker', backendWorker);
  return processTree(pid);
}

function allEnd(processes: readonly number[]): Promise<boolean> {
  return eventually('all processes to end', () => !processes.some(isRunning));
}

function firstOutput() {
  let onMessage: (message: { readonly header: { readonly messageType: string } }) => void = () => {};
  const promise = new Promise<void>((resolve) => {
    onMessage = ({ header }) => {
      if (header.messageType === 'stream') resolve();
    };
  });
  return { promise, onMessage };
}

for (const tests of [cells, interrupts, lives]) tests.run();
