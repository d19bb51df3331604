import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Channels, NO_PARENT } from '../../../kernel/jupyter/channels.ts';
import { Iopub } from '../../../kernel/jupyter/iopub.ts';
import { type Frame, MessageSigner } from '../../../kernel/jupyter/signing.ts';

const test = suite('iopub');

function recorder() {
  const published: string[] = [];
  let finish = () => {};
  const transport = {
    unpublished: 0,
    published,
    send: () => {},
    publish: (encode: () => Frame[]) => {
      const [header = '', , , content = ''] = encode().slice(3).map(String);
      published.push(`${JSON.parse(header).msg_type} ${content}`);
    },
    allPublished: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
    finish: () => finish(),
  };
  const held: boolean[] = [];
  const iopub = new Iopub(new Channels(transport, new MessageSigner('')), (hold) => held.push(hold));
  return { transport, published, held, iopub };
}

function stdout(text: string) {
  return { kind: 'stream', name: 'stdout', text } as const;
}

test('the first piece of output goes out at once, what follows is collected', () => {
  const { iopub, published } = recorder();
  for (const text of ['a', 'b', 'c']) iopub.output(stdout(text), NO_PARENT);
  assert.equal(published, ['stream {"name":"stdout","text":"a"}']);
  iopub.status('idle', NO_PARENT);
  assert.equal(published.slice(1), [
    'stream {"name":"stdout","text":"bc"}',
    'status {"execution_state":"idle"}',
  ]);
  iopub.close();
});

test('a collected piece never grows beyond what a front end can digest', () => {
  const { iopub, published } = recorder();
  iopub.output(stdout('first'), NO_PARENT);
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 200; count++) iopub.output(stdout(line), NO_PARENT);
  iopub.close();
  const lengths = published.slice(1).map((message) => message.length);
  assert.is(lengths.length, 4);
  assert.ok(Math.max(...lengths) < 70 * 1024, String(lengths));
});

test('output of different cells is never mixed', () => {
  const { iopub, published } = recorder();
  iopub.output(stdout('x'), NO_PARENT);
  iopub.output(stdout('a'), '{"msg_id":"1"}');
  iopub.output(stdout('b'), '{"msg_id":"2"}');
  iopub.close();
  assert.equal(
    published.map((message) => message.slice(-4)),
    ['"x"}', '"a"}', '"b"}'],
  );
});

test('output is held back while messages pile up, and let go when they are out', async () => {
  const { iopub, transport, held } = recorder();
  iopub.output(stdout('a'), NO_PARENT);
  assert.equal(held, []);
  transport.unpublished = 100;
  iopub.output(stdout('b'), NO_PARENT);
  iopub.output(stdout('c'), NO_PARENT);
  assert.equal(held, [true]);
  transport.finish();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(held, [true, false]);
  iopub.close();
});

test.run();
