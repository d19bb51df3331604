/**
 * The session process: runs the user's cells on its main thread. What is needed to say `ready` is loaded at once; the
 * rest follows while the kernel process has nothing to ask yet.
 */
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { CellExecutor } from './cell-executor.ts';
import { TimeWithinExceeded, WITHIN_MS } from './cell-failure.ts';
import { currentRun, newRun, resumption } from './cell-run.ts';
import { CellSources } from './cell-sources.ts';
import { Comms } from './comms.ts';
import { controlObject, type MainThreadControl } from './control-expressions.ts';
import { Deliveries } from './deliveries.ts';
import { displayFunction } from './display/display.ts';
import { jupyterNamespace } from './display/jupyter.ts';
import { progressFunction } from './display/progress.ts';
import { html, image, md, svg, table } from './display/views.ts';
import { reportError, reportInterrupt } from './error-report.ts';
import type { CommMessage } from './execution.ts';
import { globalMembers } from './global-members.ts';
import { inputFunction } from './input.ts';
import { Interruption } from './interruption.ts';
import { KernelLink } from './kernel-link.ts';
import { reportLateErrors } from './late-errors.ts';
import { LazyParts } from './lazy-parts.ts';
import { readLines } from './line-reader.ts';
import { magicHost } from './magic-host.ts';
import { mainThreadPlace } from './main-thread-place.ts';
import { after, otherwise } from './maybe-promise.ts';
import { MessagePipe } from './message-pipe.ts';
import { cellModuleScope } from './module-loading.ts';
import { OutputChannel } from './output-channel.ts';
import { formatPrinted } from './print.ts';
import { ReplEvaluator } from './repl-evaluator.ts';
import { runtimeNames } from './runtime-names.ts';
import { defineSessionGlobal } from './session-globals.ts';
import { SessionHistory } from './session-history.ts';
import type { SessionRequest, SideRequest, UserMagic } from './session-messages.ts';
import { installStackTraces } from './stack-trace.ts';
import { installStandardStreams } from './standard-streams.ts';
import { Termination } from './termination.ts';
import { threadSignals } from './thread-signals.ts';

const MESSAGES = 3;
const PRACTICE_ROUNDS = 10;

const messages = new MessagePipe(MESSAGES);
const { send } = messages;

// Before the session adds its own, which cells may hide. The rest can't be declared by anyone.
const globalNames = new Set(Object.getOwnPropertyNames(globalThis));
for (const name of ['undefined', 'NaN', 'Infinity']) globalNames.delete(name);

const token = process.env.RJIT_SESSION_TOKEN ?? '';
delete process.env.RJIT_SESSION_TOKEN;
const endpointFile = process.env.RJIT_ENDPOINT_FILE;
const signals = threadSignals();
const channel = new OutputChannel(token, signals, send);
const sources = new CellSources();
const history = new SessionHistory();
const link = new KernelLink(send);
const repl = new ReplEvaluator();
const write = (text: string): void => channel.write('stdout', text);

const display = displayFunction(channel);
const parts = new LazyParts({
  ...{ repl, sources, link, endpointFile, write, globalNames },
  magicHost: magicHost({ channel, display, history, link }),
  flush: channel.flush,
  announce: (declarations) => send({ op: 'declared', declarations }),
});
const executor = new CellExecutor({ evaluator: () => parts.evaluator(), channel, sources, history, send });

installStackTraces(sources);
installStandardStreams(channel);
reportLateErrors(channel, sources);
history.install();

const { importModule, importMeta, ...commonJs } = cellModuleScope(process.cwd());
const announceMagic = (magic: UserMagic): void => send({ op: 'magic', magic });
const input = inputFunction(link);
const comms = new Comms((message) => channel.writeRich({ kind: 'comm', message }));
const globals = {
  print: (...values: unknown[]) => write(`${formatPrinted(values)}\n`),
  display,
  html,
  image,
  jupyter: jupyterNamespace({ display, comms, channel, magics: () => parts.magics, announceMagic }),
  md,
  progress: progressFunction(display),
  svg,
  table,
  input,
  prompt: input,
  ...commonJs,
  [runtimeNames.importModule]: importModule,
  [runtimeNames.importMeta]: importMeta,
  [runtimeNames.resumed]: resumption(() => termination.terminate()),
};
for (const [name, value] of Object.entries(globals)) defineSessionGlobal(name, value);

const socket = new Socket({ fd: MESSAGES, readable: true, writable: false });
readLines(socket, (line) => {
  // From the kernel process, which is of the same version and runs no code of the user's.
  const message = JSON.parse(line) as SessionRequest;
  switch (message.op) {
    case 'execute':
    case 'comm':
      start(message, false);
      break;
    case 'answer':
      link.settle(message.id, message.answer);
      break;
  }
});
socket.on('close', () => {
  process.off('exit', sayGoodbye);
  // Behind the exit handlers of the user's code: what it has started ends with it.
  if (process.platform !== 'win32') process.on('exit', () => process.kill(-process.pid, 'SIGKILL'));
  process.exit();
});
process.on('exit', sayGoodbye);
// Meant for the children of the process group: the control thread interrupts this one in its own way.
process.on('SIGINT', () => {});

function start(request: SideRequest, isWithin: boolean): void {
  if (request.op === 'execute') {
    if (isWithin) executor.executeWithin(request.request);
    else executor.execute(request.request);
    return;
  }
  const { cellId, message } = request;
  currentRun.run(newRun(cellId, message.type, false), () => {
    if (!isWithin) receiveComm(message);
    else if (!repl.call(() => receiveComm(message), WITHIN_MS)) failComm(new TimeWithinExceeded());
  });
}

/** The code at the other end of the comm runs as a cell does: its output, also late, belongs to the message. */
function receiveComm(message: CommMessage): void {
  const accepted = otherwise(() => comms.receive(message), failComm);
  void after(accepted, (isAccepted) => isAccepted !== undefined && finishComm(isAccepted));
}

function failComm(thrown: unknown): undefined {
  channel.writeRich({ kind: 'error', ...reportError(thrown, sources) });
  finishComm(true);
}

function finishComm(isAccepted: boolean): void {
  channel.writeRich({ kind: 'comm-handled', isAccepted });
}

function hold(): void {
  channel.hold();
  messages.hold();
}

function release(): void {
  channel.release();
  messages.release();
}

function sayGoodbye(code: number): void {
  release();
  channel.finish();
  send({ op: 'exit', code, ...executor.takeCoverage() });
}

send({ op: 'ready' });

new Worker(new URL('./control-thread.js', import.meta.url), {
  workerData: { signals },
  execArgv: [],
}).unref();
const termination = new Termination();
const interruption = new Interruption({
  ...{ executor, channel, termination },
  isLoading: () => parts.isLoading,
});
const deliveries = new Deliveries({
  ...{ start, hold, release },
  isBlocked: () => channel.isFlushing || !parts.isReady,
});
const control: MainThreadControl = {
  interrupt: () => interruption.attempt(),
  flush: channel.flush,
  take: (json) => deliveries.take(JSON.parse(json) as SideRequest),
  deliver: () => deliveries.attempt(),
  globals: globalMembers,
};
Object.defineProperty(globalThis, controlObject, { value: control });
setImmediate(() => parts.prepare(() => executor.idleMs, practiseInterrupt));

function practiseInterrupt(): void {
  for (let round = 0; round < PRACTICE_ROUNDS; round++) reportInterrupt(mainThreadPlace().stack(), sources);
}
