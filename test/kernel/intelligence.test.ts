/** Completion, descriptions and type checks of the real kernel, as a front end asks for them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { Message } from '../../kernel/jupyter/messages.ts';
import { eventually } from '../support/eventually.ts';
import { runCell, withRjitKernel } from '../support/rjit-kernel.ts';

const completion = suite('completion');
const inspection = suite('inspection');
const checks = suite('type checks');

function atCursor(marked: string): { readonly code: string; readonly cursor_pos: number } {
  const cursor = marked.indexOf('|');
  return { code: marked.replace('|', ''), cursor_pos: [...marked.slice(0, cursor)].length };
}

async function complete(kernel: KernelClient, marked: string): Promise<readonly unknown[]> {
  const { matches } = await kernel.request('shell', 'complete_request', atCursor(marked));
  assert.ok(Array.isArray(matches));
  return matches;
}

async function inspect(kernel: KernelClient, marked: string, detailLevel = 0): Promise<string> {
  const question = { ...atCursor(marked), detail_level: detailLevel };
  const { data } = await kernel.request('shell', 'inspect_request', question);
  return typeof data === 'object' && data !== null && 'text/markdown' in data
    ? String(data['text/markdown'])
    : '';
}

/** Before the types are loaded, completion knows live values only. */
async function withTypes(kernel: KernelClient): Promise<void> {
  await eventually('completion by types', async () => (await complete(kernel, 'Math.sqr|')).includes('sqrt'));
  await eventually('the types themselves', async () =>
    (await inspect(kernel, 'Math.sqrt|')).includes('number'),
  );
}

completion('matches come with types and signatures, and their place in code points', () =>
  withRjitKernel(async (kernel) => {
    await withTypes(kernel);
    await runCell(kernel, 'function addAll(a: number, b = 2) { return a + b }');
    const reply = await kernel.request('shell', 'complete_request', atCursor('"🎈🎈"; addA|'));
    assert.equal(reply.matches, ['addAll']);
    assert.equal([reply.cursor_start, reply.cursor_end], [6, 10]);
    const type = {
      start: 6,
      end: 10,
      text: 'addAll',
      type: 'function',
      signature: '(a: number, b?: number): number',
    };
    assert.equal(reply.metadata, { _jupyter_types_experimental: [type] });
  }),
);

completion('magics of the user complete and are described, with their options', () =>
  withRjitKernel(async (kernel) => {
    await runCell(
      kernel,
      `jupyter.addLineMagic({ name: 'shout', summary: 'say it loud', usage: '%shout TEXT', options: ['twice'], run: async () => {} })
      jupyter.addCellMagic({ name: 'shoutall', summary: 'all of it', usage: '%%shoutall', options: ['once'], run: async () => {} })`,
    );
    assert.equal(await complete(kernel, '%sho|'), ['%shout']);
    assert.equal(await complete(kernel, '%%sho|'), ['%%shoutall']);
    assert.equal(await complete(kernel, '%shout --t|'), ['--twice']);
    assert.equal(await complete(kernel, '%%shoutall --|'), ['--once']);
    assert.match(await inspect(kernel, '%shout|'), 'say it loud');
  }),
);

completion('values say what types do not know, without side effects', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, 'let hits = 0; made = { inner: { deep: 1 }, get bad() { hits++; return {} } }');
    assert.equal((await complete(kernel, 'made.inner.d|')).slice(0, 1), ['deep']);
    assert.equal(await complete(kernel, 'made.bad.x|'), []);
    assert.equal(await complete(kernel, 'mad|'), ['made']);
    assert.equal(await runCell(kernel, 'hits'), { status: 'ok', outputs: ['execute_result: 0'] });
  }),
);

completion('and descriptions are there while a cell runs', () =>
  withRjitKernel(async (kernel) => {
    await withTypes(kernel);
    await runCell(kernel, 'const typed = { alpha: 1 }; let untyped: any = { beta: 2 }');
    let started = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const code = 'console.log("go"); while (true) {}';
    const loop = kernel.execute({
      code,
      onMessage: ({ header }) => header.messageType === 'stream' && started(),
    });
    await running;
    assert.equal(await complete(kernel, 'typed.al|'), ['alpha']);
    assert.equal(await complete(kernel, 'untyped.be|'), ['beta']);
    assert.match(await inspect(kernel, 'typed|'), '**Value** `{ alpha: 1 }`');
    await kernel.interrupt();
    assert.is((await loop).ename, 'KeyboardInterrupt');
    assert.equal(await runCell(kernel, 'typed.alpha'), { status: 'ok', outputs: ['execute_result: 1'] });
  }),
);

completion('a new session knows nothing of the names of the one before', () =>
  withRjitKernel(async (kernel) => {
    await withTypes(kernel);
    await runCell(kernel, 'const remembered = 1');
    assert.equal(await complete(kernel, 'remem|'), ['remembered']);
    assert.is((await runCell(kernel, 'process.exit(1)')).status, 'error');
    assert.equal(await complete(kernel, 'remem|'), []);
  }),
);

completion('magics complete, and so do remote functions', () =>
  withRjitKernel(async (kernel) => {
    assert.equal(await complete(kernel, '%rjit start|'), ['start_server']);
    await withTypes(kernel);
    await runCell(kernel, '%%rjit int64(int64, int64)\ndef foo(a, b):\n    """Adds."""\n    return a + b');
    assert.equal(await complete(kernel, 'foo.sig|'), ['signature', 'signatures']);
    assert.match(
      await inspect(kernel, 'fo|o(1, 2)', 1),
      /int64 foo\(int64 a, int64 b\)[\s\S]*Adds\.[\s\S]*```python\ndef foo/u,
    );
    await runCell(kernel, 'foo.signature("double(double, double)");');
    assert.match(await inspect(kernel, 'foo(|'), 'float64 foo(float64 a, float64 b)');
  }),
);

inspection('shows signature, documentation, value and source', () =>
  withRjitKernel(async (kernel) => {
    await withTypes(kernel);
    await runCell(kernel, '/** How many. */\nconst count = 3');
    assert.is(
      await inspect(kernel, 'count|', 1),
      '```typescript\nconst count: 3\n```\n\nHow many.\n\n**Value** `3`\n\n**Source**\n\n```typescript\nconst count = 3\n```',
    );
    assert.is(await inspect(kernel, 'nothingOfThatName|'), '');
    assert.match(await inspect(kernel, '%rj|it status'), '%rjit start_server');
  }),
);

/** Runs a cell as a front end with a person before it; resolves with what comes to standard error, when it is there. */
async function warningOf(kernel: KernelClient, code: string, following: string): Promise<string> {
  const texts: string[] = [];
  const onMessage = ({ header, content }: Message) => {
    if (header.messageType === 'stream' && content.name === 'stderr') texts.push(String(content.text));
  };
  const onInput = async () => '';
  await kernel.execute({ code, onMessage, onInput });
  // Checks come in order: with the second one's warning, the first one's would have come.
  await kernel.execute({ code: following, onMessage, onInput });
  await eventually('the warning of the second cell', () => texts.join('').includes('sentinel'));
  return texts.join('').replace(/\x1b\[[0-9;]*m/gu, '');
}

const SENTINEL = '({ a: 1 } as { a: number }).sentinel';

checks('a type error is a warning with its place, and the cell runs', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, 'function half(x: number) { return x / 2 }');
    const text = await warningOf(kernel, '1\nhalf("4")', SENTINEL);
    assert.match(
      text,
      "warning[ts2345]: Argument of type 'string' is not assignable to parameter of type 'number'",
    );
    assert.match(text, ' --> In[2]:2:6\n2 | half("4")\n  |      ^^^');
  }),
);

checks('what the session knows better is no warning', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, 'const box = { a: 1 }; Reflect.set(box, "hidden", 2)');
    const text = await warningOf(kernel, 'box.hidden; notThereYet; () => notThereYet', SENTINEL);
    assert.not.match(text, 'hidden');
    assert.not.match(text, 'notThereYet');
  }),
);

checks('nobody is warned where nobody reads: outputs are the same every time', () =>
  withRjitKernel(async (kernel) => {
    const late: Message[] = [];
    const onMessage = (message: Message) => void late.push(message);
    await kernel.execute({ code: SENTINEL, onMessage });
    await warningOf(kernel, '1', SENTINEL);
    assert.equal(
      late.filter(({ header }) => header.messageType === 'stream'),
      [],
    );
  }),
);

checks('%ts strict refuses to run a cell with an error, %ts off looks away', () =>
  withRjitKernel(async (kernel) => {
    await runCell(kernel, 'const n: number = 1; loose = 1; let ran = false\n%ts strict');
    const refused = await runCell(kernel, 'ran = true; n.toUpperCase()');
    assert.is(refused.status, 'error');
    assert.match(
      refused.outputs.join(),
      "error: TypeCheckError: Property 'toUpperCase' does not exist on type 'number'",
    );
    assert.match(
      (await runCell(kernel, 'nowhere + 1')).outputs.join(),
      "TypeCheckError: Cannot find name 'nowhere'",
    );
    assert.equal(await runCell(kernel, 'loose + (ran ? 10 : 1)'), {
      status: 'ok',
      outputs: ['execute_result: 2'],
    });
    await runCell(kernel, '%ts off');
    assert.equal(await runCell(kernel, 'ran = true; n.sentinel'), { status: 'ok', outputs: [] });
    assert.equal(await runCell(kernel, '%ts'), {
      status: 'ok',
      outputs: ['stream stdout: off: types are not checked\n'],
    });
  }),
);

completion.run();
inspection.run();
checks.run();
