import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './support/repository-root.ts';

/**
 * install.js in a project of stand-ins: each tool it calls writes its name and arguments to `calls.log`. The smoke
 * test passes once the file `llvm-is-there` exists; the stand-in for apt-get makes it.
 */
interface Project {
  directory: string;
}

const setUp = suite<Project>('install.js', { directory: '' });

setUp.before.each(async (project) => {
  project.directory = await mkdtemp(join(tmpdir(), 'rjit-install-'));
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(project.directory, path)), { recursive: true });
    await writeFile(join(project.directory, path), text);
  };
  const tool = async (name: string, script: string) => {
    await put(`tools/${name}`, `#!/bin/sh\necho "${name} $*" >> calls.log\n${script}\n`);
    await chmod(join(project.directory, 'tools', name), 0o755);
  };
  for (const name of ['install.js', 'install']) {
    await cp(join(repositoryRoot, name), join(project.directory, name), { recursive: true });
  }
  await put('package.json', '{"type":"module"}');
  const packages = { 'node_modules/a': { version: '1.0.0' } };
  await put('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));
  await put('fake-node_modules/.package-lock.json', JSON.stringify({ packages }));
  await put('fake-node_modules/typescript/bin/tsc', '');
  await put('fake-node_modules/esbuild/package.json', '{"type":"module"}');
  await put(
    'fake-node_modules/esbuild/index.js',
    `import { cpSync, existsSync } from 'node:fs';
     import { join, relative } from 'node:path';
     export const build = async ({ entryPoints, outbase, outdir }) => {
       for (const path of entryPoints.filter((path) => existsSync(path))) {
         cpSync(path, join(outdir, relative(outbase, path)), { recursive: true });
       }
     };`,
  );
  await put('dist/kernel/cli.js', 'console.log("cli", ...process.argv.slice(2));');
  await put('kernel/cli.ts', '');
  await put(
    'dist/kernel/kernelspec.js',
    `export const defaultKernelspec = {};
     export const installKernelspec = async () => ({ directory: '/kernels/rjit', changed: false });`,
  );
  await put('kernel/kernelspec.ts', '');
  await put(
    'dist/backend/llvm/smoke-test.js',
    `import { existsSync } from 'node:fs';
     const ok = existsSync('llvm-is-there');
     console.log(JSON.stringify(ok ? { ok, version: '19.1.7', libraryPath: 'libLLVM.so.19.1' } : { ok, error: 'no libLLVM' }));
     process.exitCode = ok ? 0 : 1;`,
  );
  await put('backend/llvm/smoke-test.ts', '');
  await put(
    'dist/kernel/rjit/foreign/find-clang.js',
    `import { existsSync } from 'node:fs';
     const clang = { command: '/usr/bin/clang-19', major: 19, version: 'clang version 19.1.7' };
     export const findClangs = () => (existsSync('clang-is-there') ? [clang] : []);`,
  );
  await put('kernel/rjit/foreign/find-clang.ts', '');
  await tool('npm', 'cp -r fake-node_modules node_modules');
  await tool(
    'apt-cache',
    'echo libllvm14 libllvm19 libllvm20 libllvm-ocaml-dev clang-14 clang-19 clang-22 clang-19-doc | xargs -n1',
  );
  await tool(
    'apt-get',
    `case "$*" in *install*clang*) : > clang-is-there ;; esac
     case "$*" in *install*libllvm*) : > llvm-is-there ;; esac
     case "$*" in *install*libllvm14*) : > llvm-14-is-there ;; esac
     case "$*" in update*) echo Packages > has-lists ;; indextargets*) cat has-lists ;; esac`,
  );
  await tool(
    'dpkg-query',
    `[ -e llvm-is-there ] && echo installed libllvm19
     [ -e llvm-14-is-there ] && echo installed libllvm14 || echo not-installed libllvm14`,
  );
  await put('has-lists', 'Packages\n');
  await tool('python3', 'mkdir -p .venv/bin; cp tools/python3 .venv/bin/python');
});

setUp.after.each(async ({ directory }) => {
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs install.js as root or as somebody else, whoever runs the tests. */
function install(project: Project, userId: number, ...args: string[]): Run {
  const asUser = `data:text/javascript,process.getuid=()=>${userId}`;
  return spawnSync(process.execPath, ['--import', asUser, 'install.js', ...args], {
    cwd: project.directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(project.directory, 'tools')}${delimiter}/usr/bin${delimiter}/bin` },
  });
}

async function calls(project: Project): Promise<string[]> {
  const text = await readFile(join(project.directory, 'calls.log'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** What apt-get was asked to change. */
async function aptChanges(project: Project): Promise<string[]> {
  return (await calls(project)).filter((call) => /^apt-get (?:update|install)/.test(call));
}

async function pythonCalls(project: Project): Promise<string[]> {
  return (await calls(project)).filter((call) => call.startsWith('python3'));
}

async function haveLlvm(project: Project): Promise<void> {
  await writeFile(join(project.directory, 'llvm-is-there'), '');
}

async function haveCompilers(project: Project): Promise<void> {
  for (const name of ['llvm-14-is-there', 'clang-is-there']) {
    await writeFile(join(project.directory, name), '');
  }
}

setUp('the first run installs packages, the second does and says nothing', async (project) => {
  await haveLlvm(project);
  const first = install(project, 1000, '--quiet');
  assert.is(first.status, 0, first.stderr);
  assert.match(first.stdout, 'packages   installed');
  assert.equal(await calls(project), ['npm ci --no-audit --no-fund']);
  assert.equal(pick(install(project, 1000, '--quiet')), { status: 0, stdout: '', stderr: '' });
  assert.is((await calls(project)).length, 1);
});

function pick({ status, stdout, stderr }: Run): Run {
  return { status, stdout, stderr };
}

setUp('packages that somebody installed with npm are not installed again', async (project) => {
  await haveLlvm(project);
  spawnSync('cp', ['-r', 'fake-node_modules', 'node_modules'], { cwd: project.directory });
  assert.is(install(project, 1000).status, 0);
  assert.equal(await calls(project), []);
});

setUp('a changed lock file installs packages again', async (project) => {
  await haveLlvm(project);
  install(project, 1000);
  await writeFile(
    join(project.directory, 'package-lock.json'),
    '{"packages":{"node_modules/a":{"version":"2.0.0"}}}',
  );
  install(project, 1000);
  assert.is((await calls(project)).length, 2);
});

setUp('root on Debian gets the package that works best, and is told', async (project) => {
  const run = install(project, 0);
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, 'apt-get install libllvm19');
  assert.match(run.stdout, '19.1.7 (libLLVM.so.19.1)');
  const changes = ['apt-get update -q', 'apt-get install -y -q --no-install-recommends libllvm19'];
  assert.equal(await aptChanges(project), changes);
});

setUp('anybody else is told the one command, and apt-get is not run', async (project) => {
  const run = install(project, 1000);
  assert.is(run.status, 1);
  assert.match(run.stderr, '\n    sudo apt-get install libllvm19\n');
  assert.equal(await aptChanges(project), []);
});

setUp('--client-only goes on without libLLVM', async (project) => {
  const run = install(project, 1000, '--client-only');
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, 'kernelspec /kernels/rjit');
});

setUp('output of a source that is gone is removed, and no other', async (project) => {
  await haveLlvm(project);
  const stale = join(project.directory, 'dist', 'test', 'gone.test.js');
  await mkdir(dirname(stale), { recursive: true });
  await writeFile(stale, '');
  await writeFile(`${stale}.map`, '');
  assert.is(install(project, 1000).status, 0);
  assert.is(await stat(stale).catch(() => 'gone'), 'gone');
  assert.is(await stat(`${stale}.map`).catch(() => 'gone'), 'gone');
  assert.ok(await stat(join(project.directory, 'bundle', 'kernel', 'cli.js')));
});

setUp('npx finds the command after set-up', async (project) => {
  await haveLlvm(project);
  install(project, 1000);
  const link = join(project.directory, 'node_modules', '.bin', 'rjit');
  assert.is((await stat(link)).ino, (await stat(join(project.directory, 'bundle', 'kernel', 'cli.js'))).ino);
});

setUp('--demo runs the demo notebook and saves it', async (project) => {
  await haveLlvm(project);
  const run = install(project, 1000, '--demo');
  assert.match(run.stdout, 'cli run notebooks/rbc-demo.ipynb --show -o notebooks/rbc-demo.executed.ipynb');
});

setUp('--test-tools gives root on Debian a clang and each libLLVM that apt offers, once', async (project) => {
  await haveLlvm(project);
  const run = install(project, 0, '--test-tools');
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, 'clang version 19.1.7 (installed libllvm14, clang-19)');
  const changes = ['apt-get update -q', 'apt-get install -y -q --no-install-recommends libllvm14 clang-19'];
  assert.equal(await aptChanges(project), changes);
  assert.is(install(project, 0, '--test-tools', '--quiet').stdout, '');
  assert.equal(await aptChanges(project), changes);
});

setUp('--test-tools asks for package lists where an image came without', async (project) => {
  await haveLlvm(project);
  await haveCompilers(project);
  await writeFile(join(project.directory, 'has-lists'), '');
  assert.is(install(project, 0, '--test-tools').status, 0);
  assert.equal(await aptChanges(project), ['apt-get update -q']);
});

setUp('--test-tools tells anybody else the one command, and what lacks without it', async (project) => {
  await haveLlvm(project);
  const run = install(project, 1000, '--test-tools');
  assert.is(run.status, 1);
  assert.match(run.stderr, '\n    sudo apt-get install libllvm14 clang-19\n');
  assert.match(run.stderr, 'RJIT_CLANG');
  assert.equal(await aptChanges(project), []);
  assert.match(run.stdout, '.venv got jupyter_kernel_test');
});

setUp('without --test-tools nobody looks for a clang', async (project) => {
  await haveLlvm(project);
  assert.not.match(install(project, 0).stdout, 'clang');
  assert.equal(await aptChanges(project), []);
});

setUp(
  '--test-tools makes .venv with what tests run, --python-tools adds the rest, each once',
  async (project) => {
    await haveLlvm(project);
    await haveCompilers(project);
    assert.is(install(project, 1000, '--test-tools').status, 0);
    assert.equal(await pythonCalls(project), [
      `python3 -m venv --clear ${join(project.directory, '.venv')}`,
      'python3 -m pip install --quiet jupyter_kernel_test',
    ]);
    const run = install(project, 1000, '--python-tools');
    assert.is(run.status, 0, run.stderr);
    const added = (await pythonCalls(project)).slice(2);
    assert.equal(added.slice(0, 1), ['python3 -m pip --version']);
    assert.match(added.slice(1).join('\n'), /^python3 -m pip install --quiet deno .*\bnumba$/);
    assert.is(install(project, 1000, '--test-tools', '--python-tools', '--quiet').stdout, '');
    assert.is((await pythonCalls(project)).length, 4);
  },
);

setUp('an unknown option is refused by name', (project) => {
  const run = install(project, 1000, '--clientonly');
  assert.is(run.status, 1);
  assert.match(run.stderr, "Unknown option '--clientonly'");
});

setUp.run();
