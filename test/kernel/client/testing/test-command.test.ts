import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NotebookOutput } from '../../../../kernel/client/notebook.ts';
import { readNotebook } from '../../../../kernel/client/read-notebook.ts';
import {
  codeCell,
  type EchoFolder,
  error,
  notebookOf,
  result,
  stdout,
  withEchoFolder,
} from '../../../support/echo-notebooks.ts';
import { eventually } from '../../../support/eventually.ts';
import { repositoryRoot } from '../../../support/repository-root.ts';
import { rjitCommand } from '../../../support/rjit-command.ts';

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(folder: EchoFolder, args: readonly string[]): Promise<Finished> {
  const { path: cwd, env } = folder;
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout: out, stderr: err };
}

function rjitTest(folder: EchoFolder, ...args: readonly string[]): Promise<Finished> {
  return run(folder, [rjitCommand, 'test', ...args]);
}

const good = notebookOf(codeCell('result 4', [result('4')]));
const bad = notebookOf(codeCell('result 4', [result('4')]), codeCell('stdout 5', [stdout('4\n')]));

const command = suite('rjit test');

command('status 0 and a line for each notebook when all cells pass', () =>
  withEchoFolder(async (folder) => {
    folder.write('a.ipynb', good);
    folder.write('sub/b.ipynb', good);
    const { status, stdout: out } = await rjitTest(folder, '--jobs', '2');
    assert.is(status, 0, out);
    assert.match(out, /^a\.ipynb ✔ 1 cell, /m);
    assert.match(out, /^sub\/b\.ipynb ✔ 1 cell, /m);
    assert.match(out, /^2 notebooks; 2 cells; /m);
  }),
);

command('status 1 and the cell, the key and the difference when one fails', () =>
  withEchoFolder(async (folder) => {
    folder.write('bad.ipynb', bad);
    const { status, stdout: out } = await rjitTest(folder, 'bad.ipynb');
    assert.is(status, 1, out);
    for (const line of ['✘ bad.ipynb cell 2: stdout 5', '  its output differs: stdout', '  - 4', '  + 5']) {
      assert.ok(out.split('\n').includes(line), `${line}\n${out}`);
    }
  }),
);

command('status 2 when there is nothing to test, an option is wrong, or a notebook has no kernel', () =>
  withEchoFolder(async (folder) => {
    assert.match((await rjitTest(folder, 'none.ipynb')).stderr, 'there is no notebook none.ipynb');
    const wrong = await rjitTest(folder, '--cell-timeout', 'soon');
    assert.is(wrong.status, 2);
    assert.match(wrong.stderr, '--cell-timeout is "soon"; expected a number above 0');
    folder.write('a.ipynb', good);
    const { status, stdout: out } = await rjitTest(folder, '--nbval-kernel-name=nothing-like-it');
    assert.is(status, 2);
    assert.match(out, 'there is no kernelspec "nothing-like-it"');
    writeFileSync(join(folder.path, 'broken.ipynb'), '{');
    const both = await rjitTest(folder);
    assert.is(both.status, 2);
    assert.match(both.stdout, /a\.ipynb ✔/);
    assert.match(both.stdout, 'broken.ipynb is not a Jupyter notebook');
  }),
);

command("nbval's names for options mean the same", () =>
  withEchoFolder(async (folder) => {
    folder.write('lax.ipynb', notebookOf(codeCell('result 1', [result('2')])));
    folder.write('clean.ipynb', notebookOf(codeCell('stdout took 3 ms', [stdout('took 4 ms\n')])));
    writeFileSync(join(folder.path, 'rules.cfg'), 'regex: \\d+ ms\nreplace: TIME\n');
    assert.is((await rjitTest(folder, '--nbval-lax', 'lax.ipynb')).status, 0);
    assert.is((await rjitTest(folder, '--nbval', 'clean.ipynb')).status, 1);
    assert.is((await rjitTest(folder, 'clean.ipynb', '--nbval-sanitize-with', 'rules.cfg')).status, 0);
  }),
);

command('--update changes the outputs that differ, and nothing else', () =>
  withEchoFolder(async (folder) => {
    const path = folder.write(
      'bad.ipynb',
      notebookOf(
        codeCell('result 4', [result('4')], { count: 17 }),
        codeCell('stdout 5', [stdout('4\n')], { count: 18 }),
        codeCell('result new', [], { count: null }),
        codeCell('fail no', [error('no')], { tags: ['raises-exception'] }),
      ),
    );
    const before = readFileSync(path, 'utf8');
    assert.match((await rjitTest(folder, '--update')).stdout, /bad\.ipynb ✔uu✔ 4 cells, 2 updated/);
    const after = readFileSync(path, 'utf8');
    assert.is(after.includes('"4\\n"'), false);
    assert.match(after, '"execution_count": 18');
    assert.match(after, '"new"');
    assert.is((await rjitTest(folder)).status, 0);
    assert.is(after.split('\n').slice(0, 18).join('\n'), before.split('\n').slice(0, 18).join('\n'));
  }),
);

command('--update does not make an unexpected exception right', () =>
  withEchoFolder(async (folder) => {
    const path = folder.write('bad.ipynb', notebookOf(codeCell('fail no')));
    const before = readFileSync(path, 'utf8');
    assert.is((await rjitTest(folder, '--update')).status, 1);
    assert.is(readFileSync(path, 'utf8'), before);
  }),
);

command('--junit writes a test case for each cell', () =>
  withEchoFolder(async (folder) => {
    folder.write('bad.ipynb', bad);
    await rjitTest(folder, '--junit', 'report.xml');
    const report = readFileSync(join(folder.path, 'report.xml'), 'utf8').replaceAll(
      /time="[^"]*"/g,
      'time=""',
    );
    assert.match(
      report,
      '<testsuite name="bad.ipynb" tests="2" failures="1" errors="0" skipped="0" time="">',
    );
    assert.match(report, '<testcase classname="bad.ipynb" name="cell 1: result 4" time=""/>');
    assert.match(report, '<failure message="its output differs: stdout" type="outputs">');
  }),
);

command('an interrupt ends the run with status 130 and what is known so far', () =>
  withEchoFolder(async (folder) => {
    folder.write('wait.ipynb', notebookOf(codeCell('wait'), codeCell('1')));
    folder.write('zero.ipynb', notebookOf(codeCell('0')));
    const module = join(repositoryRoot, 'dist/kernel/client/testing/test-command.js');
    const script = `import { test } from ${JSON.stringify(module)};
      const tested = test(['wait.ipynb', 'zero.ipynb']);
      process.kill(process.pid, 'SIGINT');
      process.exitCode = await tested;`;
    const { status, stdout: out } = await run(folder, ['--input-type=module', '-e', script]);
    assert.is(status, 130, out);
    assert.match(out, /wait\.ipynb --/);
    assert.not.match(out, /zero\.ipynb/);
  }),
);

command('--html shows both outputs of a failing cell, and runs nothing of what notebooks bring', () =>
  withEchoFolder(async (folder) => {
    const html: NotebookOutput = {
      outputType: 'display_data',
      data: { 'text/html': '<script>"x"</script>' },
      metadata: {},
    };
    folder.write('bad.ipynb', notebookOf(codeCell('stdout 5', [stdout('4 & 3\n'), html])));
    await rjitTest(folder, '--html', 'report.html');
    const report = readFileSync(join(folder.path, 'report.html'), 'utf8');
    for (const part of [
      '<details class="failed" open>',
      '4 &amp; 3',
      '<pre>5\n</pre>',
      'its output differs: stdout, text/html',
    ]) {
      assert.ok(report.includes(part), `${part}\n${report}`);
    }
    assert.not(report.includes('<script'));
    assert.match(report, '<iframe sandbox srcdoc="&lt;script&gt;&quot;x&quot;&lt;/script&gt;">');
  }),
);

command('--output-dir keeps the executed notebooks', () =>
  withEchoFolder(async (folder) => {
    folder.write('sub/bad.ipynb', bad);
    await rjitTest(folder, 'sub', '--output-dir', 'executed');
    const [, cell] = readNotebook(join(folder.path, 'executed/sub/bad.ipynb')).cells;
    assert.equal(cell?.cellType === 'code' && cell.outputs, [stdout('5\n')]);
  }),
);

command('parameters are refused where the language is not known', () =>
  withEchoFolder(async (folder) => {
    folder.write('a.ipynb', good);
    const { status, stdout: out } = await rjitTest(folder, '-p', 'n=3');
    assert.is(status, 2);
    assert.match(
      out,
      `the kernel's language is "echo"; parameters can be assigned in python, typescript, javascript`,
    );
    assert.match((await rjitTest(folder, '-p', 'n')).stderr, 'the parameter is "n"; expected NAME=VALUE');
  }),
);

command('--watch tests a notebook again when it changes, and not for what --update writes', () =>
  withEchoFolder(async (folder) => {
    folder.write('good.ipynb', good);
    folder.write('bad.ipynb', bad);
    const args = [rjitCommand, 'test', '--watch', '--update', 'good.ipynb', 'bad.ipynb'];
    const child = spawn(process.execPath, args, {
      cwd: folder.path,
      env: folder.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    const runs = () => out.split('waiting for changes').length - 1;
    try {
      await eventually('the first run', () => runs() === 1);
      folder.write('bad.ipynb', notebookOf(codeCell('stdout changed')));
      await eventually('the second run', () => runs() === 2);
      folder.write('good.ipynb', notebookOf(codeCell('stdout changed')));
      await eventually('the third run', () => runs() === 3);
    } finally {
      child.kill('SIGINT');
    }
    assert.is(await ended, 130);
    const [first = '', second = '', third = ''] = out.split('waiting for changes');
    assert.match(first, '2 notebooks; 3 cells, 1 updated');
    assert.ok(second.includes('bad.ipynb u') && !second.includes('good.ipynb'), second);
    assert.ok(third.includes('good.ipynb u') && !third.includes('bad.ipynb'), third);
  }),
);

command('notebookSuite registers a uvu test for each cell', () =>
  withEchoFolder(async (folder) => {
    folder.write(
      'n/bad.ipynb',
      notebookOf(...bad.cells.filter((cell) => cell.cellType === 'code'), codeCell('# NBVAL_SKIP')),
    );
    const module = join(repositoryRoot, 'dist/kernel/client/testing/notebook-suite.js');
    const script = `import { notebookSuite } from ${JSON.stringify(module)}; notebookSuite('n/*.ipynb');`;
    writeFileSync(join(folder.path, 'suite.mjs'), script);
    const { status, stdout: out } = await run(folder, ['suite.mjs']);
    assert.is(status, 1, out);
    for (const text of [
      'n/bad.ipynb',
      '(1 / 2)',
      '"cell 2: stdout 5"',
      'its output differs: stdout',
      '+ 5',
      'Skipped:   1',
    ]) {
      assert.match(out, text);
    }
  }),
);

command('--lcov and the lcov of notebookSuite say which lines have run', () =>
  withEchoFolder(async ({ path, env, write }) => {
    // The echo kernel's folder instead of that of the tests' environment: rjit is then the kernel beside the command.
    const folder = { path, write, env: { ...env, JUPYTER_DATA_DIR: path } };
    write('n/a.ipynb', notebookOf(codeCell('if (1 > 2)\n  3;')));
    const { status, stdout: out } = await rjitTest(
      folder,
      'n',
      '--kernel-name',
      'rjit',
      '--lcov',
      'c/l.info',
    );
    assert.is(status, 0, out);
    assert.match(out, /^n\/a\.ipynb +1\/2 {2}50 % +1\/2 {2}50 % .*not run: cell 1: 2$/m);
    const lcov = readFileSync(join(path, 'c/l.info'), 'utf8');
    const text = readFileSync(join(path, 'n/a.ipynb'), 'utf8').split('\n');
    const line = text.findIndex((one) => one.includes('if (1 > 2)')) + 1;
    const arms = `BRDA:${line},0,0,0\nBRDA:${line},0,1,1\n`;
    for (const part of ['SF:n/a.ipynb\n', arms, `DA:${line},1\nDA:${line + 1},0\n`]) {
      assert.ok(lcov.includes(part), `${part} in ${lcov}`);
    }
    const module = join(repositoryRoot, 'dist/kernel/client/testing/notebook-suite.js');
    const options = "{ kernelName: 'rjit', lcov: 'suite.info' }";
    const script = `import { notebookSuite } from ${JSON.stringify(module)}; notebookSuite('n', ${options});`;
    writeFileSync(join(path, 'suite.mjs'), script);
    assert.is((await run(folder, ['suite.mjs'])).status, 0);
    assert.is(readFileSync(join(path, 'suite.info'), 'utf8'), lcov);
  }),
);

command.run();
