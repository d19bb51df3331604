import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import { startsWorking } from '../support/process-state.ts';
import { runCell, withRjitKernel } from '../support/rjit-kernel.ts';

const cells = suite('remote cells');
const faults = suite('remote cells, faults');
const mistakes = suite('remote cells, mistakes');

const addCell = '%%rjit int64(int64, int64)\ndef foo(a, b):\n    return a + b';
const spinCell =
  '%%rjit int64(int64)\ndef spin(a):\n    while a >= 0:\n        a = (a + 1) % 1000\n    return a';

async function shown(kernel: KernelClient, code: string): Promise<string> {
  const { outputs } = await runCell(kernel, code);
  return outputs.join('\n');
}

async function workerPid(kernel: KernelClient): Promise<number> {
  const code =
    'Object.entries((await rjit.status()).workerPids).find(([name]) => name !== "spare")?.[1].toString()';
  return Number((await shown(kernel, code)).replace(/\D/g, ''));
}

async function supervisorPid(kernel: KernelClient): Promise<number> {
  return Number((await shown(kernel, '(await rjit.status()).supervisorPid')).replace(/\D/g, ''));
}

cells('a function in Python and one in TypeScript are called like any other function', () =>
  withRjitKernel(async (kernel) => {
    assert.equal(await runCell(kernel, addCell), { status: 'ok', outputs: [] });
    assert.is(await shown(kernel, 'foo(1, 3) + 1'), 'execute_result: 5');
    await runCell(
      kernel,
      '%%rjit float64(float64)\nfunction half(x: float64): float64 {\n  return x / 2;\n}',
    );
    assert.is(
      await shown(kernel, '[half(3), half.local(3), await half.async(5)]'),
      'execute_result: [ 1.5, 1.5, 2.5 ]',
    );
    assert.is(await shown(kernel, 'foo.map([1, 2], 10)'), 'execute_result: BigInt64Array(2) [ 11n, 12n ]');
  }),
);

cells('running a cell again redefines its function', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, addCell);
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: 4');
    await runCell(kernel, addCell.replace('a + b', 'a - b'));
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: -2');
  }),
);

cells('functions of one cell call each other', () =>
  withRjitKernel(async (kernel) => {
    const source = 'def square(x):\n    return x * x\n\ndef norm(a, b):\n    return square(a) + square(b)';
    await runCell(kernel, `%%rjit float64(float64, float64)\n${source}`);
    assert.is(await shown(kernel, 'norm(3, 4)'), 'execute_result: 25');
  }),
);

faults('a division by zero is an exception of that call, with its line, and nothing else', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, '%%rjit int64(int64, int64)\ndef div(a, b):\n    return a // b');
    assert.is(
      await shown(kernel, 'div(1, 0)'),
      'error: ZeroDivisionError: integer division or modulo by zero',
    );
    assert.is(await shown(kernel, 'div(7, 2)'), 'execute_result: 3');
  }),
);

faults('a stack overflow is an error of that call, and the function still works', () =>
  withRjitKernel(async (kernel) => {
    const source = 'def deep(n):\n    return 0 if n <= 0 else deep(n - 1) ^ (deep(n - 2) >> 1)';
    await runCell(kernel, `%%rjit int64(int64)\n${source}`);
    assert.match(
      await shown(kernel, 'deep(10 ** 9)'),
      /^error: RemoteError: \[jit-crash\] .*stack overflow/i,
    );
    assert.is(await shown(kernel, 'deep(0)'), 'execute_result: 0');
  }),
);

faults('an interrupt stops an endless remote call and keeps the state', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, spinCell);
    await runCell(kernel, 'let kept = 7');
    assert.match(await shown(kernel, 'spin(-1)'), /execute_result/);
    const pid = await workerPid(kernel);
    const call = runCell(kernel, 'spin(1)');
    await startsWorking(pid);
    await kernel.interrupt();
    assert.match((await call).outputs.join(), /KeyboardInterrupt|cancelled/);
    assert.is(await shown(kernel, 'kept + spin(-1)'), 'execute_result: 6');
  }),
);

faults('kill -9 of the worker in a call is explained, and functions are there again', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, addCell);
    await runCell(kernel, spinCell);
    await runCell(kernel, 'foo(1, 3); spin(-1)');
    const pid = await workerPid(kernel);
    const call = runCell(kernel, 'spin(1)');
    await startsWorking(pid);
    process.kill(pid, 'SIGKILL');
    const { status, outputs } = await call;
    assert.is(status, 'error');
    assert.match(outputs.join(), /\[worker-died\].*SIGKILL.*spin/);
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: 4');
  }),
);

faults('kill -9 of the supervisor in a call is explained, and functions are there again', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, addCell);
    await runCell(kernel, spinCell);
    await runCell(kernel, 'foo(1, 3); spin(-1)');
    const [worker, supervisor] = [await workerPid(kernel), await supervisorPid(kernel)];
    const call = runCell(kernel, 'spin(1)');
    await startsWorking(worker);
    process.kill(supervisor, 'SIGKILL');
    const { status, outputs } = await call;
    assert.is(status, 'error');
    assert.match(outputs.join(), /\[connection-lost\].*ended during the call/);
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: 4');
  }),
);

faults('kill -9 of the session in a remote call is explained, and the next cells work', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, spinCell);
    await runCell(kernel, 'spin(-1)');
    const worker = await workerPid(kernel);
    const session = Number((await shown(kernel, 'process.pid')).replace(/\D/g, ''));
    const call = runCell(kernel, 'spin(1)');
    await startsWorking(worker);
    process.kill(session, 'SIGKILL');
    const { status, outputs } = await call;
    assert.is(status, 'error');
    assert.match(outputs.join(), /SIGKILL/);
    await runCell(kernel, addCell);
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: 4');
  }),
);

mistakes('a type error in a function is shown with its place and the fix, and no variable is lost', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, 'const kept = 1');
    const { status, outputs } = await runCell(kernel, '%%rjit int64(int64)\ndef bad(a):\n    return a / 2');
    assert.is(status, 'error');
    assert.match(
      outputs.join(),
      /error\[type-mismatch\]: returned value of type float64 where int64 is needed/,
    );
    assert.match(outputs.join(), /--> In\[2\]:3:12/);
    assert.match(outputs.join(), /hint: write int64\(a \/ 2\)/);
    assert.is(await shown(kernel, 'kept'), 'execute_result: 1');
  }),
);

mistakes('values that would be changed on their way are refused', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, addCell);
    assert.match(
      await shown(kernel, 'foo(2 ** 70, 1)'),
      /\[bad-argument\] argument 1 of foo: .* out of range for int64/,
    );
    assert.match(await shown(kernel, 'foo("a", 1)'), /argument 1 of foo is "a"; expected a number/);
    assert.match(await shown(kernel, 'foo(1)'), /TypeError: found no matching function signature/);
    assert.is(await shown(kernel, 'foo(2n ** 62n, 1)'), 'execute_result: 4611686018427387905n');
  }),
);

mistakes('a stopped, an unreachable and a misaddressed server are told apart', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, addCell);
    await runCell(kernel, '%rjit stop_server');
    assert.match(await shown(kernel, 'foo(1, 3)'), /\[server-stopped\].*%rjit start_server/);
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    assert.match(await shown(kernel, `%rjit start_server --port ${port}`), /\[port-in-use\]/);
    taken.close();
    assert.match(await shown(kernel, '%rjit connect localhost:1'), /\[unreachable\]/);
    await runCell(kernel, '%rjit start_server');
    assert.is(await shown(kernel, 'foo(1, 3)'), 'execute_result: 4');
  }),
);

for (const tests of [cells, faults, mistakes]) tests.run();
