import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Subscriber } from 'zeromq';
import { endpointOf, parseConnectionFile } from '../../../kernel/jupyter/connection-file.ts';
import { KernelSockets } from '../../../kernel/jupyter/sockets.ts';
import { eventually } from '../../support/eventually.ts';

const test = suite<{ folder: string }>('sockets');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

test('a subscriber that reads nothing is waited for, then left behind; the others miss nothing', async ({
  folder,
}) => {
  const fields = { transport: 'ipc', ip: join(folder, 'k'), key: '', ...ports };
  const connection = parseConnectionFile(JSON.stringify(fields), 'test');
  const highWaterMark = 20;
  const sockets = KernelSockets.bind(connection, { highWaterMark, stalledMs: 300, droppingMs: 60_000 });
  let subscribers = 0;
  const errors: string[] = [];
  sockets.listen({
    onMessage: () => {},
    onSubscribe: () => {
      subscribers += 1;
    },
    onError: (error) => errors.push(String(error)),
  });
  const subscribe = (receiveHighWaterMark: number) => {
    const subscriber = new Subscriber({ receiveHighWaterMark, linger: 0 });
    subscriber.subscribe();
    subscriber.connect(endpointOf(connection, 'iopub'));
    return subscriber;
  };
  const [reader, sleeper] = [subscribe(0), subscribe(1)];
  try {
    await eventually('both subscriptions', () => subscribers === 2);
    // More than the socket's buffers and both high-water marks take.
    const count = 400;
    const body = 'x'.repeat(64 * 1024);
    for (let index = 0; index < count; index++) sockets.publish(() => [`${index}`, body]);
    await eventually(
      'the queue to stand still',
      () => sockets.unpublished > 0 && sockets.unpublished < count,
    );
    assert.equal(errors, []);
    const waiting = sockets.unpublished;
    for (let index = 0; index < count - waiting - 1; index++) {
      assert.is(String((await reader.receive())[0]), `${index}`);
    }
    await sockets.allPublished();
    assert.is(sockets.unpublished, 0);
    assert.equal(errors, [
      "Error: an iopub subscriber reads nothing; for 60000 ms it loses what it can't take",
    ]);
  } finally {
    for (const socket of [reader, sleeper]) socket.close();
    sockets.close();
  }
});

test.run();
