import { Client as InfoClient } from '#thrift/info.js';
import { Client as RemotejitClient } from '#thrift/remotejit.js';
import { CompileRequest, Data, FunctionSpec, RequestRange } from '#thrift/remotejit_types.js';
import { Client as RjitClient } from '#thrift/rjit.js';
import { int64 } from '../../../backend/service/thrift-dispatch.ts';
import { packInt64s } from '../../support/rjit-client.ts';
import { requestBytes } from '../../support/thrift-bytes.ts';
import { attachMessage, callMessage, emptyMessage, helloMessage } from '../../support/wire-messages.ts';
import { pickleOriginals } from './fuzz-pickles.ts';

/** Real messages, by node-thrift, for others to damage. */

const PICKLED = 2;
/** No module: whoever may compile may end the worker, and that is not at stake here. */
const NO_MODULE = ']';

/** RBC's call of int64 add(int64, int64). */
export function rbcCall(pickle: Uint8Array): Buffer {
  const data = new Data({ kind: PICKLED, info: 'None', data: Buffer.from(pickle) });
  return remotejit((client) => client.call('add_lallA', data));
}

/** RBC's compilation of a module with int64 add(int64, int64). */
export function rbcCompile(ir: string): Buffer {
  return remotejit((client) => client.compile('add', '_lallA', ir));
}

/** What RBC's client sends. */
export const rbcMessages: readonly Buffer[] = [
  rbcCall(pickleOriginals[0] ?? new Uint8Array()),
  rbcCompile(NO_MODULE),
  remotejit((client) => client.python('import os')),
  remotejit((client) => client.targets()),
  Buffer.from(requestBytes('info', InfoClient, (client) => client.thrift_content())),
];

/** What a connection may begin with. Few are hello: one that is good enough starts a worker. */
export function firstMessages(session: string): readonly Buffer[] {
  const range = new RequestRange({ first: 1, last: 2 });
  const others = [
    attachMessage(session),
    emptyMessage('rjit:status'),
    emptyMessage('remotejit:targets'),
    emptyMessage('info:thrift_content'),
    rjit((client) => client.cancel('no such session', range)),
  ];
  return [helloMessage(), ...Array.from({ length: 20 }, () => others).flat()];
}

/** What may follow an attach. */
export function requests(handle: number): readonly Buffer[] {
  const column = packInt64s(1n, 2n, 3n, 4n);
  const functions = [new FunctionSpec({ name: 'f', signature: 'int64(int64)', symbol: 'f_llA' })];
  const module = new CompileRequest({ ir: NO_MODULE, functions, options: { raises: '[]' } });
  return [
    callMessage(handle, 1n, 2n),
    rjit((client) => client.mapColumns(handle, int64(4n), [column, column])),
    rjit((client) => client.compile(module)),
    rjit((client) => client.emit(handle, 'opt')),
    rjit((client) => client.drop([1_000_000])),
  ];
}

function remotejit(send: (client: RemotejitClient) => Promise<unknown>): Buffer {
  return Buffer.from(requestBytes('remotejit', RemotejitClient, send));
}

function rjit(send: (client: RjitClient) => Promise<unknown>): Buffer {
  return Buffer.from(requestBytes('rjit', RjitClient, send));
}
