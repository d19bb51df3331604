import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { Message } from '../../kernel/jupyter/messages.ts';
import { rjitKernelspec, runCell } from '../support/rjit-kernel.ts';

const together = suite<{ kernel: KernelClient }>('cells together');

together.before(async (context) => {
  context.kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
});
together.after(({ kernel }) => kernel.kill());

async function shown(kernel: KernelClient, code: string): Promise<string> {
  const { outputs } = await runCell(kernel, code);
  return outputs.join('\n');
}

/** Without colours. */
async function traceback(kernel: KernelClient, code: string): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  const onMessage = ({ header, content }: Message) => {
    if (header.messageType !== 'error' || !Array.isArray(content.traceback)) return;
    lines = content.traceback.map((line) => String(line).replace(/\u001b\[[\d;]*m/gu, ''));
  };
  await kernel.execute({ code, onMessage });
  return lines;
}

together('functions of cells in different languages call each other', async ({ kernel }) => {
  await runCell(kernel, '%%rjit float64(float64)\ndef square(x):\n    return x * x');
  await runCell(
    kernel,
    '%%rjit float64(float64, float64)\nfunction hypotenuse(a, b) { return Math.sqrt(square(a) + square(b)); }',
  );
  assert.is(await shown(kernel, 'hypotenuse(3, 4)'), 'execute_result: 5');
  await runCell(
    kernel,
    '%%rjit float64(int64)\ndef total(n):\n    return sum_to(n, hypotenuse(3, 4))\n\ndef sum_to(n, x):\n    s = 0.0\n    for i in range(n):\n        s += x\n    return s',
  );
  assert.is(await shown(kernel, '[total(3), total.local(2)]'), 'execute_result: [ 15, 10 ]');
});

together('a function of a TypeScript cell takes part', async ({ kernel }) => {
  await runCell(kernel, "const triple = rjit('int64(int64)')(function triple(x) { return x * 3; });");
  await runCell(kernel, '%%rjit int64(int64)\ndef six(x):\n    return triple(x) * 2');
  assert.is(await shown(kernel, 'six(7)'), 'execute_result: 42');
  await runCell(kernel, "const triple = rjit('int64(int64)')(function thrice(x) { return x * 30; });");
  assert.is(await shown(kernel, 'six(7)'), 'execute_result: 420');
});

together('running a cell again changes what its callers do', async ({ kernel }) => {
  await runCell(kernel, '%%rjit int64(int64)\ndef step(x):\n    return x + 1');
  await runCell(kernel, '%%rjit int64(int64)\ndef twice(x):\n    return step(step(x))');
  assert.is(await shown(kernel, 'twice(1)'), 'execute_result: 3');
  await runCell(kernel, '%%rjit int64(int64)\nconst step = (x) => x * 5;');
  assert.is(await shown(kernel, 'twice(1)'), 'execute_result: 25');
  await runCell(kernel, '%%rjit --name increment int64(int64)\ndef other(x):\n    return x + 100');
  await runCell(kernel, 'globalThis.step = increment');
  assert.is(await shown(kernel, 'twice(1)'), 'execute_result: 201');
});

together('constants of earlier cells are part of the code', async ({ kernel }) => {
  await runCell(
    kernel,
    'const RATE = 1.5, STEPS = 3n, WEIGHTS = Float64Array.of(0.25, 0.5), UNIT = complex(0, 1);',
  );
  await runCell(
    kernel,
    '%%rjit float64(float64)\ndef grow(x):\n    for i in range(STEPS):\n        x *= RATE\n    return x + WEIGHTS[1]',
  );
  assert.is(await shown(kernel, 'grow(2)'), 'execute_result: 7.25');
  await runCell(kernel, '%%rjit complex128(float64)\nfunction turn(x) { return UNIT * x; }');
  assert.is(await shown(kernel, 'print(turn(2))'), 'stream stdout: 2j\n');
  await runCell(kernel, 'const RATE = 10;');
  assert.is(await shown(kernel, 'grow(2)'), 'execute_result: 7.25');
});

together('a variable that may change is no constant', async ({ kernel }) => {
  await runCell(kernel, 'let level = 3; function plain(x) { return x; }');
  const refused = await shown(kernel, '%%rjit int64(int64)\ndef f(x):\n    return x + level');
  assert.match(refused, 'level is a variable of the session, which may change after this is compiled');
  assert.match(refused, 'declare it as a constant: const level = …');
  const called = await shown(kernel, '%%rjit int64(int64)\ndef f(x):\n    return plain(x)');
  assert.match(called, 'plain is a function of the session that is not compiled');
  const unknown = await shown(kernel, '%%rjit float64(float64)\ndef f(x):\n    return hypotenus(x, x)');
  assert.match(unknown, /there is no function hypotenus[\s\S]*did you mean hypotenuse\?/);
});

together('a raise shows the line of the cell that raised, and the call', async ({ kernel }) => {
  await runCell(
    kernel,
    '%%rjit int64(int64)\ndef checked(x):\n    if x < 0:\n        raise ValueError("below zero")\n    return x',
  );
  await runCell(kernel, '%%rjit int64(int64)\ndef caller(x):\n    return checked(x - 1)');
  const lines = await traceback(kernel, 'caller(3);\ncaller(0)');
  assert.is(lines[0], 'ValueError: below zero');
  assert.match(lines[1] ?? '', /^ {2}--> In\[\d+\], line 4$/);
  assert.equal(lines.slice(2, 6), [
    '  2 | def checked(x):',
    '  3 |     if x < 0:',
    '> 4 |         raise ValueError("below zero")',
    '  5 |     return x',
  ]);
  assert.match(lines.join('\n'), /--> In\[\d+\]:2:1/);
});

together('a crash names the line, too', async ({ kernel }) => {
  await runCell(
    kernel,
    '%%rjit int64(int64)\ndef deep(n):\n\n    return 0 if n <= 0 else deep(n - 1) ^ (deep(n - 2) >> 1)',
  );
  const lines = await traceback(kernel, 'deep(10 ** 9)');
  assert.match(
    lines[0] ?? '',
    /^RemoteError: \[jit-crash\] stack overflow in deep_lalA .* \(In\[\d+\], line 4\)/,
  );
  assert.match(lines.join('\n'), /\n> 4 \| {5}return 0 if n <= 0 else deep/);
});

together.run();
