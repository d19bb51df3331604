import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OutputValve } from '../../../../kernel/client/gateway/output-valve.ts';

const message = (type: string) =>
  [`{"msg_type": "${type}"}`, '{"msg_id":"cell"}', '{}', '{}'].map((text) => Buffer.from(text));
const texts = (frames: readonly Uint8Array[] | undefined) => frames?.map((frame) => String(frame));

const test = suite('output for a slow client');

test('passes all as long as the client reads', () => {
  const valve = new OutputValve(() => 1e6);
  const stream = message('stream');
  assert.is(valve.pass(stream), stream);
});

test('is left out when too much waits, once with a word to its cell; status and replies come', () => {
  let waiting = 1e9;
  const valve = new OutputValve(() => waiting);
  const [header = '', parent, , content = ''] = texts(valve.pass(message('stream'))) ?? [];
  assert.is(JSON.parse(header).msg_type, 'stream');
  assert.is(parent, '{"msg_id":"cell"}');
  assert.match(content, /output is left out here/);
  assert.is(valve.pass(message('display_data')), undefined);
  const status = message('status');
  assert.is(valve.pass(status), status);
  waiting = 0;
  const stream = message('stream');
  assert.is(valve.pass(stream), stream);
});

test.run();
