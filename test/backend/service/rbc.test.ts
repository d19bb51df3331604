import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import thrift from 'thrift';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Client as InfoClient } from '#thrift/info.js';
import { Client as RemotejitClient } from '#thrift/remotejit.js';
import { Data, Exception } from '#thrift/remotejit_types.js';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import {
  type PickledObject,
  type WritablePickle,
  writePickle,
} from '../../../backend/contract/pickle-writer.ts';
import { withBackend } from '../../support/backend-process.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';
import { addition, endless, store } from '../../support/ir-functions.ts';
import { startsWorking } from '../../support/process-state.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { connectRjit } from '../../support/rjit-client.ts';

const rbc = suite('RBC clients');

/** What RBC 0.13's client sends, recorded through a proxy. */
const wire = {
  fooOf1And3:
    '80010001 0000000e 72656d6f74656a69743a63616c6c 00000000' +
    '0b0001 00000009 666f6f5f6c616c6c41' +
    '0c0002 080001 00000002 0b0002 00000004 4e6f6e65 0b0003 00000012 80049507000000000000004b014b0386942e 00 00',
  four:
    '80010002 00000004 63616c6c 00000000' +
    '0c0000 080001 00000002 0b0002 00000004 4e6f6e65 0b0003 00000005 80044b042e 00 00',
  compiled: '80010002 00000007 636f6d70696c65 00000000 02 0000 01 00',
};

/** The message remotejit:compile with sequence id 0, as RBC's Thrift library writes it. */
function compileMessage(name: string, signatures: string, ir: string): Buffer {
  const i32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const text = (value: string) => Buffer.concat([i32(Buffer.byteLength(value)), Buffer.from(value)]);
  const field = (id: number, value: string) => Buffer.concat([Buffer.from([11, 0, id]), text(value)]);
  return Buffer.concat([
    bytesOf('80010001'),
    text('remotejit:compile'),
    i32(0),
    field(1, name),
    field(2, signatures),
    field(3, ir),
    Buffer.from([0]),
  ]);
}

function connectRbc(port: number) {
  const connection = thrift.createConnection('127.0.0.1', port, {
    transport: thrift.TBufferedTransport,
    protocol: thrift.TBinaryProtocol,
  });
  connection.on('error', () => undefined);
  const multiplexer = new thrift.Multiplexer();
  return {
    info: multiplexer.createClient('info', InfoClient, connection),
    remotejit: multiplexer.createClient('remotejit', RemotejitClient, connection),
    close: () => connection.connection.destroy(),
  };
}

type Client = RemotejitClient;

async function call(client: Client, fullName: string, ...args: readonly WritablePickle[]) {
  const data = new Data({ kind: 2, info: 'None', data: Buffer.from(writePickle(args)) });
  return readPickle((await client.call(fullName, data)).data);
}

async function messageOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Exception) return error.message;
    throw error;
  }
  throw new Error('the call succeeded where an exception was expected');
}

rbc('are answered byte for byte as by their own server, each call on a connection of its own', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const exchange = async (message: Uint8Array, reply: string) => {
      const connection = new RawConnection(port);
      await connection.send(message);
      const expected = bytesOf(reply);
      assert.is(hexOf(await connection.take(expected.byteLength)), hexOf(expected));
      connection.close();
    };
    await exchange(compileMessage('foo', '_lallA', addition('foo')), wire.compiled);
    for (let round = 0; round < 3; round++) await exchange(bytesOf(wire.fooOf1And3), wire.four);
  }),
);

rbc('get the interface definition, which stands on its own', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const client = connectRbc(port);
    const text = await client.info.thrift_content();
    assert.is(text, readFileSync(join(repositoryRoot, 'backend/contract/remotejit.thrift'), 'utf8'));
    assert.not.match(text, /^include/m);
    assert.match(await messageOf(client.info.nvidia_smi_query()), /^RuntimeError: .*no GPU/);
  }),
);

rbc('get a description of the machine', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const targets = await connectRbc(port).remotejit.targets();
    assert.equal(Object.keys(targets), ['cpu']);
    const cpu = JSON.parse(targets.cpu ?? '');
    assert.match(cpu.name, /cpu/);
    assert.match(cpu.info.triple, /linux/);
    assert.is(cpu.type_sizeof.long, 8);
    assert.equal(cpu.libraries, ['m', 'stdio', 'stdlib']);
    // Its client's LLVM may be as old as 11, and ends the process at names it doesn't know.
    assert.match(cpu.info.name, /^(haswell|x86-64|generic)$/);
    assert.is(cpu.info.features, '');
  }),
);

rbc('call with Python ints, floats and complex numbers', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const { remotejit } = connectRbc(port);
    const twice = 'define double @twice_dadA(double %x) {\n  %y = fadd double %x, %x\n  ret double %y\n}\n';
    assert.is(await remotejit.compile('twice', '_dadA', twice), true);
    assert.is(await call(remotejit, 'twice_dadA', 1.25), 2.5);
    assert.is(await call(remotejit, 'twice_dadA', 3n), 6);
    assert.is(await remotejit.compile('add', '_lallA', addition('add')), true);
    assert.is(await call(remotejit, 'add_lallA', 2n ** 40n, 1n), 2n ** 40n + 1n);
    assert.match(await messageOf(call(remotejit, 'add_lallA', 1.5, 1n)), /^TypeError: .*float.*int64/);
    assert.match(await messageOf(call(remotejit, 'add_lallA', 1n)), /^TypeError: .*2 arguments, 1/);
    assert.match(await messageOf(call(remotejit, 'add_lallA', 2n ** 70n, 1n)), /^TypeError: /);
  }),
);

rbc('replace a function by compiling it again under the same name and signature', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const { remotejit } = connectRbc(port);
    await remotejit.compile('f', '_lallA', addition('f'));
    assert.is(await call(remotejit, 'f_lallA', 1n, 2n), 3n);
    await remotejit.compile('f', '_lallA', addition('f', 100));
    assert.is(await call(remotejit, 'f_lallA', 1n, 2n), 103n);
  }),
);

rbc('are told which functions there are', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const { remotejit } = connectRbc(port);
    await remotejit.compile('one', '_lallA', addition('one'));
    await remotejit.compile('two', '_lallA', addition('two'));
    assert.is(
      await messageOf(call(remotejit, 'three_lallA', 1n, 2n)),
      'RuntimeError: no such compiled function `three_lallA`. Available functions:\n  one_lallA; two_lallA\n.',
    );
  }),
);

rbc('are refused Python statements and pickles that are more than data', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const { remotejit } = connectRbc(port);
    assert.match(await messageOf(remotejit.python('import os')), /^RuntimeError: .*never Python/);
    await remotejit.compile('add', '_lallA', addition('add'));
    const system: PickledObject = { kind: 'global', module: 'posix', name: 'system' };
    const attack: PickledObject = { kind: 'object', ofClass: system, args: ['true'] };
    assert.match(
      await messageOf(call(remotejit, 'add_lallA', attack, 1n)),
      /global 'posix.system' is refused/,
    );
    assert.is(await call(remotejit, 'add_lallA', 1n, 3n), 4n);
  }),
);

rbc('share one session, whose functions outlive a crash, and see the crash as an error', () =>
  withBackend(['--rbc'], async (_backend, port) => {
    const [one, other] = [connectRbc(port), connectRbc(port)];
    await one.remotejit.compile('add', '_lallA', addition('add'));
    await one.remotejit.compile('store', '_lallA', store);
    assert.match(
      await messageOf(call(other.remotejit, 'store_lallA', 0n, 1n)),
      /^RuntimeError: SIGSEGV in store_lallA/,
    );
    assert.is(await call(other.remotejit, 'add_lallA', 1n, 3n), 4n);
    assert.is(await call(one.remotejit, 'add_lallA', 1n, 3n), 4n);
  }),
);

rbc('that give up on an endless call do not block the others', () =>
  withBackend(['--rbc'], async (backend, port) => {
    const [patient, impatient] = [connectRbc(port), connectRbc(port)];
    await patient.remotejit.compile('endless', '_lallA', endless);
    await patient.remotejit.compile('add', '_lallA', addition('add'));
    call(impatient.remotejit, 'endless_lallA', 1n, 1n).catch(() => undefined);
    const { workerPids } = await connectRjit(port).client.status();
    const [pid = 0] = Object.entries(workerPids).flatMap(([name, worker]) =>
      name === 'spare' ? [] : [worker],
    );
    await startsWorking(pid);
    const waiting = call(patient.remotejit, 'add_lallA', 1n, 3n);
    impatient.close();
    assert.is(await waiting, 4n);
    assert.match(backend.log, /whose client has gone/);
  }),
);

rbc.run();
