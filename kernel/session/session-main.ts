/**
 * The session process: runs the user's cells on its main thread. What is needed to say `ready` is loaded at once; the
 * rest follows while the kernel process has nothing to ask yet.
 */
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { CellExecutor, runtimeNames } from './cell-executor.ts';
import { resumption } from './cell-run.ts';
import { CellSources } from './cell-sources.ts';
import { controlObject, type MainThreadControl } from './control-expressions.ts';
import { Interruption } from './interruption.ts';
import { readLines } from './line-reader.ts';
import { cellModuleScope } from './module-loading.ts';
import { OutputChannel } from './output-channel.ts';
import { formatPrinted } from './print.ts';
import { ReplEvaluator } from './repl-evaluator.ts';
import { defineSessionGlobal } from './session-globals.ts';
import { SessionHistory } from './session-history.ts';
import type { SessionMessage, SessionRequest } from './session-messages.ts';
import { installStackTraces } from './stack-trace.ts';
import { installStandardStreams } from './standard-streams.ts';
import { Termination } from './termination.ts';
import { writeFully } from './write-fully.ts';

const MESSAGES = 3;

const send = (message: SessionMessage): void => writeFully(MESSAGES, `${JSON.stringify(message)}\n`);

async function loadLanguage() {
  const [transform, names] = await Promise.all([
    import('../language/transform-cell.ts'),
    import('../language/declared-names.ts'),
  ]);
  return { ...transform, ...names };
}

let language: ReturnType<typeof loadLanguage> | undefined;

const token = process.env.RJIT_SESSION_TOKEN ?? '';
delete process.env.RJIT_SESSION_TOKEN;
const waiting = new Int32Array(new SharedArrayBuffer(4));
const channel = new OutputChannel(token, waiting, send);
const sources = new CellSources();
const history = new SessionHistory();
const executor = new CellExecutor({
  evaluator: new ReplEvaluator(),
  channel,
  sources,
  history,
  language: () => {
    language ??= loadLanguage();
    return language;
  },
  send,
});

installStackTraces(sources);
installStandardStreams(channel);
history.install();
defineSessionGlobal('print', (...values: unknown[]) => channel.write('stdout', `${formatPrinted(values)}\n`));
const { importModule, importMeta, ...commonJs } = cellModuleScope(process.cwd());
defineSessionGlobal(runtimeNames.importModule, importModule);
defineSessionGlobal(runtimeNames.importMeta, importMeta);
defineSessionGlobal(
  runtimeNames.resumed,
  resumption(() => termination.terminate()),
);
for (const [name, value] of Object.entries(commonJs)) defineSessionGlobal(name, value);

const socket = new Socket({ fd: MESSAGES, readable: true, writable: false });
readLines(socket, (line) => {
  const message = JSON.parse(line) as SessionRequest;
  if (message.op === 'execute') executor.execute(message.request);
});
socket.on('close', () => process.exit());

send({ op: 'ready' });
new Worker(new URL('./control-thread.js', import.meta.url), {
  workerData: { waiting },
  execArgv: [],
}).unref();
setImmediate(() => {
  language ??= loadLanguage();
});
const termination = new Termination();
const interruption = new Interruption({
  executor,
  channel,
  termination,
  cancelRemoteCall: () => false,
});
const control: MainThreadControl = { interrupt: () => interruption.attempt(), flush: channel.flush };
Object.defineProperty(globalThis, controlObject, { value: control });
