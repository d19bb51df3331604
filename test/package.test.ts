import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './support/repository-root.ts';

/** A folder of a user who has installed the package. */
interface Project {
  directory: string;
}

const published = suite<Project>('the published package', { directory: '' });

published.before.each((project) => {
  project.directory = mkdtempSync(join(tmpdir(), 'rjit-package-'));
  mkdirSync(join(project.directory, 'node_modules'));
  symlinkSync(repositoryRoot, join(project.directory, 'node_modules', 'rjit-kernel'), 'junction');
});
published.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

/** What `tsc` says of a program; nothing when its types are right. All declarations it reaches are checked, too. */
function typeErrors({ directory }: Project, program: string): string {
  writeFileSync(join(directory, 'program.mts'), program);
  const tsc = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, 'program.mts'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return stdout;
}

published('types a program that compiles functions, also one without the types of Node', (project) => {
  const program = `
    import { RemoteJIT } from 'rjit-kernel';
    const rjit = new RemoteJIT({ host: 'localhost', port: 7890 });
    await rjit.startServer({ background: true });
    const foo = rjit('int64(int64, int64)')(function foo(a, b) { return a + b; });
    const four = await foo.async(1, 3);
    const many = foo.map(new BigInt64Array(2), 1);
    await rjit.stopServer();`;
  assert.is(typeErrors(project, program), '');
});

published('types programs that run and test notebooks', (project) => {
  const program = `
    import { executeNotebook } from 'rjit-kernel/notebooks';
    import { notebookSuite } from 'rjit-kernel/testing';
    const { failure, notebook } = await executeNotebook('a.ipynb', { parameters: { year: 2026 } });
    if (failure?.outcome.status === 'error') throw new Error(failure.outcome.error.evalue);
    const sources: string[] = notebook.cells.map(({ source }) => source);
    notebookSuite('notebooks/*.ipynb', { lax: true });`;
  assert.is(typeErrors(project, program), '');
});

published('refuses options that do not exist', (project) => {
  const program = `import { RemoteJIT } from 'rjit-kernel'; new RemoteJIT({ hots: 'localhost' });`;
  assert.match(typeErrors(project, program), `'hots' does not exist`);
});

published.run();
