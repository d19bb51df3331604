import { createRequire } from 'node:module';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decodeV1,
  encodeV1,
  V1_PROTOCOL,
  WebsocketMessageError,
} from '../../../../kernel/client/gateway/websocket-v1.ts';

/** Jupyter's own reader and writer. */
const jupyterlab: {
  serialize(message: unknown, protocol: string): ArrayBuffer;
  deserialize(data: ArrayBuffer, protocol: string): Record<string, unknown>;
} = createRequire(import.meta.url)('@jupyterlab/services/lib/kernel/serialize.js');

const message = {
  channel: 'shell',
  header: { msg_id: '1', msg_type: 'execute_request' },
  parent_header: {},
  metadata: { cellId: 'ä' },
  content: { code: 'print("☃")' },
};

const websocket = suite('websocket messages');

websocket('what @jupyterlab/services writes is read, buffers too', () => {
  const buffers = [new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0)];
  const { channel, frames } = decodeV1(
    Buffer.from(jupyterlab.serialize({ ...message, buffers }, V1_PROTOCOL)),
  );
  assert.is(channel, 'shell');
  const texts = frames.slice(0, 4).map((frame) => JSON.parse(Buffer.from(frame).toString()));
  assert.equal(texts, [message.header, message.parent_header, message.metadata, message.content]);
  assert.equal(
    frames.slice(4).map((frame) => [...frame]),
    [[1, 2, 3], []],
  );
});

websocket('what is written, @jupyterlab/services reads', () => {
  const { header, parent_header, metadata, content } = message;
  const frames = [header, parent_header, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  const bytes = encodeV1('iopub', [...frames, Buffer.from([7])]);
  const read = jupyterlab.deserialize(new Uint8Array(bytes).buffer, V1_PROTOCOL);
  assert.equal({ ...read, buffers: [] }, { ...message, channel: 'iopub', buffers: [] });
  assert.is(Array.isArray(read.buffers) && read.buffers.length, 1);
});

websocket('damaged messages are refused, whatever their damage', () => {
  const whole = Buffer.from(jupyterlab.serialize({ ...message, buffers: [] }, V1_PROTOCOL));
  const damaged = [
    Buffer.alloc(0),
    Buffer.from('{"channel":"shell"}'),
    Buffer.alloc(16, 0xff),
    whole.subarray(0, 40),
    whole.subarray(0, whole.length - 1),
    Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0]),
  ];
  for (const bytes of damaged) {
    assert.throws(
      () => decodeV1(bytes),
      (error: unknown) => error instanceof WebsocketMessageError,
      bytes.toString('hex'),
    );
  }
});

websocket.run();
