/**
 * `npm run test:jupyterlab [-- --screenshots]`: the kernel in JupyterLab and Notebook 7 in a real browser, and through
 * nbconvert and papermill. Needs Python with venv, and Chromium; takes a minute or two. With `--screenshots` the pictures
 * in docs/images are taken again.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { readNotebook } from '../../kernel/client/read-notebook.ts';
import { writeNotebook } from '../../kernel/client/write-notebook.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { NotebookPage, openBrowser } from './front-end.ts';
import { installJupyter, JupyterServer } from './jupyter-server.ts';

const images = join(repositoryRoot, 'docs', 'images');
const takesScreenshots = process.argv.includes('--screenshots');

interface Place {
  readonly browser: Browser;
  readonly server: JupyterServer;
  /** Ends with a slash. */
  readonly address: string;
}

type Step = readonly [name: string, run: (place: Place) => Promise<void>];

const tour = ['let kept = 41', '%%rjit int64(int64, int64)\ndef foo(a, b):\n    return a + b'] as const;

const CHART = `display({
  $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
  data: { values: [{ x: 'a', y: 3 }, { x: 'b', y: 5 }, { x: 'c', y: 4 }] },
  width: 240, height: 100, mark: 'bar',
  encoding: { x: { field: 'y', type: 'quantitative' }, y: { field: 'x' } },
})`;

const steps: readonly Step[] = [
  [
    'the demo runs in JupyterLab',
    (place) =>
      demo(place, `${place.address}lab/workspaces/demo/tree/rbc-demo.ipynb?reset`, 'jupyterlab-demo'),
  ],
  [
    'the demo runs in Notebook 7',
    (place) => demo(place, `${place.address}notebooks/rbc-demo.ipynb`, undefined),
  ],
  ['a tour of JupyterLab', tourOfJupyterLab],
  [
    'nbconvert executes the demo',
    async ({ server }) =>
      converted(
        server,
        ['nbconvert', '--to', 'notebook', '--execute', 'rbc-demo.ipynb', '--output', 'converted.ipynb'],
        'converted.ipynb',
      ),
  ],
  [
    'papermill executes the demo',
    async ({ server }) =>
      converted(server, ['papermill', 'rbc-demo.ipynb', 'papermill.ipynb'], 'papermill.ipynb'),
  ],
];

process.exitCode = await main();

async function main(): Promise<number> {
  installJupyter();
  mkdirSync(images, { recursive: true });
  const server = await JupyterServer.start();
  const browser = await openBrowser();
  let failed = 0;
  try {
    writeNotebooks(server.folder);
    const place = { browser, server, address: await server.address() };
    for (const [name, run] of steps) {
      const start = performance.now();
      const failure = await run(place).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (failure !== undefined) failed += 1;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stdout.write(
        `${failure === undefined ? '✓' : '✘'} ${name} (${seconds} s)\n${failure === undefined ? '' : `${failure}\n`}`,
      );
    }
  } finally {
    await browser.close();
    server.stop();
  }
  process.stdout.write(`\n${steps.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** The demo without what it gave before, and an empty notebook. */
function writeNotebooks(folder: string): void {
  const demo = readNotebook(join(repositoryRoot, 'notebooks', 'rbc-demo.ipynb'));
  const cells = demo.cells.map((each) =>
    each.cellType === 'code' ? { ...each, outputs: [], executionCount: null } : each,
  );
  writeNotebook({ ...demo, cells }, join(folder, 'rbc-demo.ipynb'));
  const metadata = {
    kernelspec: { name: 'rjit', display_name: 'TypeScript (rjit)', language: 'typescript' },
  };
  const cell = {
    cell_type: 'code',
    id: 'first',
    source: '',
    metadata: {},
    outputs: [],
    execution_count: null,
  };
  writeFileSync(
    join(folder, 'tour.ipynb'),
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] }),
  );
}

async function demo({ browser }: Place, url: string, picture: string | undefined): Promise<void> {
  const notebook = await NotebookPage.open(browser, url);
  await notebook.command('runmenu:run-all');
  for (const text of [
    'found no matching function signature',
    '(1+3.4j)',
    '4.2',
    'rpc.thrift server stopped',
  ]) {
    await notebook.page
      .locator('.jp-OutputArea-output')
      .filter({ hasText: text })
      .first()
      .waitFor({ state: 'attached' });
  }
  if (picture !== undefined) await screenshot(notebook, picture);
  await notebook.close();
}

async function tourOfJupyterLab({ browser, address }: Place): Promise<void> {
  const notebook = await NotebookPage.open(browser, `${address}lab/workspaces/tour/tree/tour.ipynb?reset`);
  const { page } = notebook;
  // The files that a new JupyterLab shows beside the notebook.
  await notebook.command('application:toggle-left-area');
  for (const code of tour) await notebook.run(code);
  await notebook.outputHas(await notebook.run('foo(kept, 1)'), '42');
  // Completion and Shift-Tab, of a function of the server and of one of the language.
  await completes(notebook, 'Math.ma', 'max');
  await backToTyping(notebook);
  await completes(notebook, 'foo.', 'signature');
  await screenshot(notebook, 'completion');
  await backToTyping(notebook);
  await explains(notebook, 'Math.max(', /larger|numeric/);
  await backToTyping(notebook);
  await explains(notebook, 'foo(', /int64/);
  await screenshot(notebook, 'shift-tab');
  await backToTyping(notebook);
  // An endless loop, and the variable that outlives it.
  const endless = await notebook.run('while (true) {}');
  await notebook.kernelIs('busy');
  await notebook.command('kernelmenu:interrupt');
  await notebook.outputHas(endless, 'KeyboardInterrupt');
  await notebook.outputHas(await notebook.run('kept + 1'), '42');
  // What is shown.
  const bar = await notebook.run(
    'for (const i of progress(20)) await new Promise((done) => setTimeout(done, 20))',
  );
  await notebook.output(bar).locator('progress[value="20"]').waitFor({ state: 'attached' });
  const records = await notebook.run("[{ city: 'Rome', year: -753 }, { city: 'Bonn', year: -11 }]");
  await notebook
    .output(records)
    .locator('table td')
    .filter({ hasText: 'Bonn' })
    .waitFor({ state: 'attached' });
  const chart = await notebook.run(CHART);
  await notebook
    .output(chart)
    .locator('.vega-embed svg, .vega-embed canvas')
    .first()
    .waitFor({ state: 'attached' });
  await notebook.output(chart).evaluate((element) => element.scrollIntoView({ block: 'end' }));
  await screenshot(notebook, 'display');
  const report = await notebook.run('display(foo.report)');
  await notebook
    .output(report)
    .locator('summary')
    .filter({ hasText: 'assembly' })
    .waitFor({ state: 'attached' });
  await notebook.output(report).evaluate((element) => element.scrollIntoView({ block: 'start' }));
  await screenshot(notebook, 'report');
  // A question to the user.
  const question = await notebook.run("'hello ' + (await input('name? '))");
  await page.locator('.jp-Stdin-input').fill('Ada');
  await page.keyboard.press('Enter');
  await notebook.outputHas(question, 'hello Ada');
  await notebook.focus();
  // A crash, and a restart.
  await notebook.outputHas(await notebook.run('process.abort()'), /session|SIGABRT/);
  await notebook.outputHas(await notebook.run('typeof kept'), 'undefined');
  await notebook.run('let again = 1');
  await notebook.command('kernelmenu:restart');
  await page.locator('.jp-Dialog .jp-mod-accept').click();
  await notebook.kernelIs('idle');
  await notebook.focus();
  await notebook.outputHas(await notebook.run('typeof again'), 'undefined');
  await notebook.close();
}

async function completes(notebook: NotebookPage, code: string, item: string): Promise<void> {
  await notebook.type(code);
  await notebook.askFor('Tab', notebook.page.locator('.jp-Completer-item').filter({ hasText: item }));
}

async function explains(notebook: NotebookPage, code: string, text: RegExp): Promise<void> {
  await notebook.type(code);
  await notebook.askFor('Shift+Tab', notebook.page.locator('.jp-Tooltip').filter({ hasText: text }));
}

async function converted(server: JupyterServer, args: readonly string[], written: string): Promise<void> {
  const [program = '', ...rest] = args;
  const command =
    program === 'papermill' ? ['-m', 'papermill', ...rest] : ['-m', 'jupyter', program, ...rest];
  execFileSync('python', command, { cwd: server.folder, env: server.env, stdio: 'pipe' });
  const text = readFileSync(join(server.folder, written), 'utf8');
  if (!text.includes('(1+3.4j)')) throw new Error(`${written} lacks the result (1+3.4j)`);
}

async function screenshot(notebook: NotebookPage, name: string): Promise<void> {
  if (!takesScreenshots) return;
  // What lies under the mouse looks different.
  await notebook.page.mouse.move(0, 0);
  await notebook.page.screenshot({ path: join(images, `${name}.png`) });
}

/** Escape closes what has opened over the cell, or leaves the cell when nothing has; Enter goes back into it. */
async function backToTyping({ page }: NotebookPage): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}
