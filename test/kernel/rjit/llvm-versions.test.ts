import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libraryNames, SUPPORTED_MAJORS } from '../../../backend/llvm/library.ts';
import { Complex, RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { BackendProcess } from '../../support/backend-process.ts';
import { leaveOut } from '../../support/left-out.ts';
import { defineOne, errorOf, SPIN } from '../../support/remote-jit.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

/** What every libLLVM must do, with each that this machine has; all the other tests use the newest. */
const versions = suite('each libLLVM that is installed');

const MEAN = `function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.sqrt(values[i]);
  return sum / values.length;
}`;
const POKE = 'def poke(p, x):\n    p[0] = x\n    return x\n';

/** The name under which the linker finds it; undefined where it doesn't. What is there but doesn't work is a failure. */
function installedLibrary(major: number): string | undefined {
  const smokeTest = join(repositoryRoot, 'dist/backend/llvm/smoke-test.js');
  return libraryNames(major).find((name) => {
    const env = { ...process.env, RJIT_LLVM: name };
    const { status, stdout, stderr } = spawnSync(process.execPath, [smokeTest], { env, encoding: 'utf8' });
    if (status !== 0 && /cannot open shared object file/.test(stderr)) return false;
    assert.is(status, 0, `${name}: ${stderr}`);
    assert.match(stdout, `"version":"${major}.`);
    return true;
  });
}

async function withLibrary(library: string, body: (jit: RemoteJIT) => Promise<void>): Promise<void> {
  const backend = new BackendProcess(['--call-timeout-ms', '2000'], ['env', `RJIT_LLVM=${library}`]);
  const jit = new RemoteJIT({ host: '127.0.0.1', port: await backend.port() });
  try {
    await body(jit);
  } finally {
    await jit.close();
    await backend.dispose();
  }
}

async function computes(jit: RemoteJIT): Promise<void> {
  const add = await defineOne(
    jit,
    'def add(a, b):\n    return a + b\n',
    'int64(int64, int64)',
    'float64(float64, float64)',
    'complex128(complex128, complex128)',
  );
  assert.is(add(1, 3), 4);
  assert.is(add(2n ** 62n, 2n ** 62n - 1n), 2n ** 63n - 1n);
  assert.is(add(1.5, 2), 3.5);
  assert.equal(add(1, new Complex(1, 3.4)), new Complex(2, 3.4));
  assert.equal(add.map(Float64Array.of(1, 2, 3), 0.5), Float64Array.of(1.5, 2.5, 3.5));
  const mean = await defineOne(jit, MEAN, 'float64(float64[])');
  assert.is(mean(Float64Array.from({ length: 1000 }, (_, index) => index ** 2)), 499.5);
}

async function keepsFaultsInTheirCall(jit: RemoteJIT): Promise<void> {
  const divide = await defineOne(jit, 'def divide(a, b):\n    return a // b\n', 'int64(int64, int64)');
  assert.is((await errorOf(() => divide(1, 0))).name, 'ZeroDivisionError');
  const spin = await defineOne(jit, SPIN, 'int64(int64)');
  await refusedWith('timeout', () => spin.async(1));
  const poke = await defineOne(jit, POKE, 'int64(int64*, int64)');
  await refusedWith('jit-crash', () => poke.async(0n, 1));
  assert.is(divide(7, 2), 3);
}

async function refusedWith(code: string, call: () => unknown): Promise<void> {
  const error = await errorOf(call);
  assert.instance(error, RemoteError);
  assert.is((error as RemoteError).code, code, error.message);
}

for (const major of SUPPORTED_MAJORS) {
  const library = installedLibrary(major);
  if (library === undefined) {
    leaveOut(`LLVM ${major}`, 'it is not installed');
    continue;
  }
  versions(`LLVM ${major} compiles, calls and maps, and faults stay in their call`, () =>
    withLibrary(library, async (jit) => {
      await computes(jit);
      await keepsFaultsInTheirCall(jit);
    }),
  );
}

versions.run();
