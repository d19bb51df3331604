import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzzWire, wireServerOptions } from '../../fuzz/wire/fuzz-wire.ts';
import { type BackendProcess, withBackend } from '../../support/backend-process.ts';
import { bytesOf } from '../../support/bytes.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { TestSession } from '../../support/rjit-client.ts';
import {
  attachMessage,
  attachReplyByteLength,
  callMessage,
  callReplyByteLength,
  emptyMessage,
  helloMessage,
  resultOfReply,
} from '../../support/wire-messages.ts';

const hostile = suite('bytes that reach a backend');

interface Setting {
  readonly backend: BackendProcess;
  readonly port: number;
  readonly session: TestSession;
  /** The handle of an addition. */
  readonly add: number;
}

/** A server with a session, which must still serve when `body` has done its worst. */
async function withSession(
  options: readonly string[],
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  await withBackend(options, async (backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    const pid = await session.workerPid();
    await body({ backend, port, session, add });
    assert.is(await session.call(add, 1n, 3n), 4n);
    assert.is(await session.workerPid(), pid);
  });
}

async function readSum(connection: RawConnection): Promise<bigint> {
  return resultOfReply(await connection.take(callReplyByteLength));
}

hostile('one at a time all arrive at the worker', () =>
  withSession([], async ({ port, session, add }) => {
    const connection = new RawConnection(port);
    const bytes = Buffer.concat([
      attachMessage(session.id),
      callMessage(add, 2n, 3n),
      callMessage(add, 4n, 5n),
    ]);
    for (const byte of bytes) await connection.send(Uint8Array.of(byte));
    await connection.take(attachReplyByteLength);
    assert.is(await readSum(connection), 5n);
    assert.is(await readSum(connection), 9n);
    connection.close();
  }),
);

hostile('all at once all arrive at the worker', () =>
  withSession([], async ({ port, session, add }) => {
    const connection = new RawConnection(port);
    const count = 5000;
    const calls = Array.from({ length: count }, (_, index) => callMessage(add, BigInt(index), 1n));
    await connection.send(Buffer.concat([attachMessage(session.id), ...calls]));
    await connection.take(attachReplyByteLength);
    for (let index = 0; index < count; index++) assert.is(await readSum(connection), BigInt(index) + 1n);
    connection.close();
  }),
);

hostile('while the connection moves to the worker all arrive there', () =>
  withSession([], async ({ port, session, add }) => {
    const bytes = Buffer.concat([attachMessage(session.id), callMessage(add, 20n, 3n)]);
    for (let size = 40; size < 80; size += 2) {
      const connection = new RawConnection(port);
      for (let at = 0; at < bytes.byteLength; at += size)
        await connection.send(bytes.subarray(at, at + size));
      await connection.take(attachReplyByteLength);
      assert.is(await readSum(connection), 23n);
      connection.close();
    }
  }),
);

const hex = (text: string) => Buffer.from(bytesOf(text));

const refused: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a framed message', Buffer.concat([hex('00000014'), emptyMessage('rjit:status')])],
  ['an unknown service', emptyMessage('other:call')],
  ['a call without attach', callMessage(1, 1n, 1n)],
  ['a name of a gigabyte', hex('80010001 40000000')],
  ['a name of negative length', hex('80010001 ffffffff')],
  ['a reply', hex('80010002 0000000a 726a69743a68656c6c6f 00000000 00')],
  [
    'an attach to a session of a gigabyte',
    Buffer.concat([emptyMessage('rjit:attach').subarray(0, -1), hex('0b0001 40000000')]),
  ],
  [
    'a hello that nests without end',
    Buffer.concat([emptyMessage('rjit:hello').subarray(0, -1), hex('0c0001'.repeat(5000))]),
  ],
  [
    'a hello with an unknown type',
    Buffer.concat([emptyMessage('rjit:hello').subarray(0, -1), hex('630001')]),
  ],
];

for (const [what, bytes] of refused) {
  hostile(`end their connection when they begin with ${what}`, () =>
    withSession([], async ({ backend, port }) => {
      const connection = new RawConnection(port);
      await connection.send(bytes);
      await connection.closed();
      await eventually('the log says so', () => /warn: /.test(backend.log));
    }),
  );
}

hostile('end their data connection, and nothing else, when they are no message', () =>
  withSession([], async ({ port, session, add }) => {
    const call = callMessage(add, 1n, 1n);
    const endings = [
      hex('ffffffff'),
      hex('80010002 00000004 63616c6c 00000000 00'),
      Buffer.concat([call.subarray(0, -1), hex('630003')]),
      Buffer.concat([emptyMessage('rjit:call').subarray(0, -1), hex('0f0001 0b 7fffffff')]),
    ];
    for (const bytes of endings) {
      const connection = new RawConnection(port);
      await connection.send(Buffer.concat([attachMessage(session.id), call, bytes]));
      await connection.take(attachReplyByteLength);
      assert.is(await readSum(connection), 2n);
      await connection.closed();
    }
  }),
);

hostile('larger than the server allows end their connection before they have all come', () =>
  withSession(['--max-message-bytes', '100000'], async ({ backend, port, session, add }) => {
    const connection = new RawConnection(port);
    const head = callMessage(add, 1n, 1n).subarray(0, -1 - 16 - 4);
    await connection.send(Buffer.concat([attachMessage(session.id), head, hex('3b9aca00')]));
    await connection.closed();
    await eventually('the log says so', () => /limit is 100000 bytes/.test(backend.log));
  }),
);

hostile('that begin a message with a name larger than allowed end their data connection only', () =>
  withSession([], async ({ port, session, add }) => {
    const connection = new RawConnection(port);
    const name = hex('80010001 7fffffff 726a69743a');
    await connection.send(Buffer.concat([attachMessage(session.id), callMessage(add, 1n, 1n), name]));
    await connection.take(attachReplyByteLength);
    assert.is(await readSum(connection), 2n);
    await connection.closed();
  }),
);

hostile('that stop in the middle of a message end their connection after a time', () =>
  withSession(['--message-timeout-ms', '200'], async ({ port, session, add }) => {
    const begun = [
      hex('8001'),
      attachMessage(session.id).subarray(0, 20),
      helloMessage().subarray(0, -1),
      Buffer.concat([attachMessage(session.id), callMessage(add, 1n, 1n).subarray(0, -1)]),
    ];
    const connections = begun.map(() => new RawConnection(port));
    await Promise.all(connections.map((connection, index) => connection.send(begun[index] ?? hex(''))));
    for (const connection of connections) await connection.closed();
  }),
);

hostile('on more connections than allowed are not read', () =>
  withSession(['--max-connections', '4'], async ({ port }) => {
    const more = Array.from({ length: 6 }, () => new RawConnection(port));
    await eventually('four are refused', () => more.filter(({ socket }) => socket.closed).length === 4);
    for (const connection of more) connection.close();
  }),
);

hostile('of every kind of attack do no harm', () =>
  withBackend(wireServerOptions, async (backend, port) => {
    const { inputs, problems } = await fuzzWire(backend, port, {
      count: 4000,
      seed: 20240229,
      progress: () => undefined,
    });
    assert.equal(problems, []);
    for (const [name, count] of inputs) assert.ok(count > 0, name);
  }),
);

hostile.run();
