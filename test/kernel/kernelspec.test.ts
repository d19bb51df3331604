import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  installKernelspec,
  KernelspecError,
  type KernelspecOptions,
  kernelspecDirectory,
  uninstallKernelspec,
} from '../../kernel/kernelspec.ts';

interface Context {
  prefix: string;
}

const kernelspec = suite<Context>('kernelspec', { prefix: '' });

kernelspec.before.each(async (context) => {
  context.prefix = await mkdtemp(join(tmpdir(), 'rjit-kernelspec-'));
});
kernelspec.after.each(async (context) => {
  await rm(context.prefix, { recursive: true, force: true });
});

function inPrefix(prefix: string, name = 'rjit'): KernelspecOptions {
  return { location: { kind: 'prefix', directory: prefix }, name, displayName: 'TypeScript (test)' };
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, Error);
    return error as Error;
  }
  return assert.unreachable('the promise was fulfilled') as never;
}

kernelspec('install writes kernel.json and three logos', async ({ prefix }) => {
  const { directory, changed } = await installKernelspec(inPrefix(prefix));
  assert.is(directory, join(prefix, 'share', 'jupyter', 'kernels', 'rjit'));
  assert.is(changed, true);
  assert.equal((await readdir(directory)).sort(), [
    'kernel.json',
    'logo-32x32.png',
    'logo-64x64.png',
    'logo-svg.svg',
  ]);
});

kernelspec(
  'kernel.json starts this Node on a file that exists and asks for interrupt messages',
  async (context) => {
    const { directory } = await installKernelspec(inPrefix(context.prefix));
    const spec = JSON.parse(await readFile(join(directory, 'kernel.json'), 'utf8'));
    // With an `interpreter`, VS Code would take the kernel for one of its Python environments.
    assert.not('interpreter' in spec.metadata);
    assert.is(spec.argv.at(-1), '{connection_file}');
    assert.is((await stat(spec.argv[0])).ino, (await stat(process.execPath)).ino);
    assert.match(spec.argv[1], /^\/.*\/bundle\/kernel\/cli\.js$/);
    assert.is(spec.language, 'typescript');
    assert.is(spec.display_name, 'TypeScript (test)');
    assert.is(spec.interrupt_mode, 'message');
    assert.match(spec.kernel_protocol_version, /^\d+\.\d+\.\d+$/);
  },
);

kernelspec('logos have the sizes in their names', async ({ prefix }) => {
  const { directory } = await installKernelspec(inPrefix(prefix));
  for (const size of [32, 64]) {
    const png = await readFile(join(directory, `logo-${size}x${size}.png`));
    // The IHDR chunk: width and height at bytes 16 and 20.
    assert.equal([png.readUInt32BE(16), png.readUInt32BE(20)], [size, size]);
  }
});

kernelspec(
  'installing again changes nothing, and with another name for people it does',
  async ({ prefix }) => {
    await installKernelspec(inPrefix(prefix));
    assert.is((await installKernelspec(inPrefix(prefix))).changed, false);
    assert.is((await installKernelspec({ ...inPrefix(prefix), displayName: 'Other' })).changed, true);
  },
);

kernelspec('uninstall removes what install wrote and says so', async ({ prefix }) => {
  const { directory } = await installKernelspec(inPrefix(prefix));
  assert.equal(await uninstallKernelspec(inPrefix(prefix)), { directory, removed: true });
  assert.equal(await uninstallKernelspec(inPrefix(prefix)), { directory, removed: false });
});

kernelspec("another program's kernel is neither overwritten nor removed", async ({ prefix }) => {
  const options = inPrefix(prefix, 'python3');
  const directory = kernelspecDirectory(options.location, options.name);
  const foreign = '{"argv":["python3"],"display_name":"Python 3","language":"python"}';
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'kernel.json'), foreign);
  assert.instance(await rejection(installKernelspec(options)), KernelspecError);
  assert.match((await rejection(uninstallKernelspec(options))).message, 'rjit did not install');
  assert.is(await readFile(join(directory, 'kernel.json'), 'utf8'), foreign);
});

kernelspec('a name that Jupyter would refuse is refused before anything is written', async ({ prefix }) => {
  const error = await rejection(installKernelspec(inPrefix(prefix, '../rjit')));
  assert.match(error.message, '"../rjit"');
  assert.equal(await readdir(prefix), []);
});

kernelspec.run();
