/**
 * A thread of the session process that never runs user code and so always answers: it interrupts the main thread,
 * looks at its values, sees that output isn't held back, and ends the process when the kernel process is gone.
 */
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import * as timers from 'node:timers';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { requestCancel } from '../rjit/cancel.ts';
import { WITHIN_MS } from './cell-failure.ts';
import { controlExpression, type MainThreadControl } from './control-expressions.ts';
import { readLines } from './line-reader.ts';
import { LiveValues } from './live-values.ts';
import type {
  ControlReply,
  ControlRequest,
  Delivery,
  InterruptState,
  Look,
  SideRequest,
} from './session-messages.ts';
import {
  CELLS_ENDED,
  signalChange,
  TEXT_WAITS,
  type ThreadSignals,
  waitForChange,
} from './thread-signals.ts';

const CONTROL = 4;
/** Text that the main thread has not written out itself after this time is written out for it. */
const FLUSH_DELAY_MS = 50;
/** How long the exit handlers of the user's code may take when the kernel process is gone. */
const EXIT_TIMEOUT_MS = 500;
/** After this time without an answer to an interrupt, child processes are interrupted, too. */
const NATIVE_PATIENCE_MS = 100;
/** Between two attempts to have something taken up. */
const MAX_PAUSE_MS = 20;
/** Between two attempts, unless the cell is done before. */
const BREATH_MS = 1;
/** The same where its code is being terminated: by then, the cell is done unless it awaits something. */
const UNWINDING_MS = 5;
/** Attempts in direct succession; after them the thread takes breaths between two. */
const BUSY_ATTEMPTS = 100;

const { signals } = workerData as { readonly signals: ThreadSignals };
const session = new Session();
session.connectToMainThread();

/** Runs wherever the main thread is, in the middle of a loop too; undefined when it could not be run. */
function evaluateOnMain(method: keyof MainThreadControl, argument?: string): Promise<unknown> {
  const parameters = { expression: controlExpression(method, argument), returnByValue: true, silent: true };
  return new Promise((resolve) => {
    session.post('Runtime.evaluate', parameters, (error: Error | null, reply?: EvaluateReply) => {
      resolve(error === null ? reply?.result?.value : undefined);
    });
  });
}

/** The main thread answers when native code comes back; what it waits for there may be a child process. */
async function interruptOnMain(): Promise<unknown> {
  const timer = timers.setTimeout(() => {
    // The session itself ignores the signal.
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGINT');
  }, NATIVE_PATIENCE_MS);
  const result = await evaluateOnMain('interrupt');
  clearTimeout(timer);
  return result;
}

interface EvaluateReply {
  readonly result?: { readonly value?: unknown };
}

let isInterrupting = false;

async function interrupt(): Promise<InterruptState> {
  let hasStopped = false;
  let nextCancel = 0;
  for (let attempt = 0; ; attempt++) {
    const cellsEnded = Atomics.load(signals, CELLS_ENDED);
    const reply = interruptOnMain();
    // A remote call that the main thread waits for comes back as cancelled; one that it awaits is of no use any more.
    // It may begin only now, so this is done again, ever more rarely.
    if (attempt === nextCancel) {
      requestCancel();
      nextCancel = 2 * attempt + 1;
    }
    const result = await reply;
    if (result === 'stopped') return 'stopped';
    if (result === 'idle') return hasStopped ? 'stopped' : 'idle';
    const isTerminating = result === 'terminating' || result === 'terminating all';
    hasStopped ||= isTerminating;
    // The next call must not come before the termination has taken effect: it would be what is terminated.
    if (result === 'retry' && attempt < BUSY_ATTEMPTS) await setImmediate();
    else waitForChange(signals, CELLS_ENDED, cellsEnded, isTerminating ? UNWINDING_MS : BREATH_MS);
    if (result === 'terminating all' && Atomics.load(signals, CELLS_ENDED) !== cellsEnded) return 'stopped';
  }
}

let deliveries = 0;
let isDelivering = false;
let lastTaken: Promise<unknown> = Promise.resolve();

/** Takes what a subshell asks for to the main thread, and comes again until it has been taken up there. */
async function deliver(request: SideRequest): Promise<void> {
  lastTaken = lastTaken.then(async () => {
    await calm();
    return await evaluateOnMain('take', JSON.stringify(request));
  });
  await lastTaken;
  deliveries += 1;
  if (isDelivering) return;
  isDelivering = true;
  for (let seen = 0; seen !== deliveries; ) {
    seen = deliveries;
    for (let pauseMs = 1; await attemptDelivery(); pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      await setTimeout(pauseMs);
    }
  }
  isDelivering = false;
}

/** Between an interrupt and its effect, it would be the next call that is terminated. */
async function calm(): Promise<void> {
  while (isInterrupting) await setTimeout(1);
}

/** True: something is left. */
async function attemptDelivery(): Promise<boolean> {
  await calm();
  // What runs in this call can't be interrupted, but the remote call that it may wait for can be cancelled.
  const timer = timers.setTimeout(requestCancel, WITHIN_MS);
  const isLeft = await evaluateOnMain('deliver');
  clearTimeout(timer);
  return isLeft !== false;
}

async function watchOutput(): Promise<never> {
  for (;;) {
    await signalChange(signals, TEXT_WAITS, 0);
    await setTimeout(FLUSH_DELAY_MS);
    // Between an interrupt and its effect, it would be this call that is terminated.
    if (Atomics.load(signals, TEXT_WAITS) === 1 && !isInterrupting) await evaluateOnMain('flush');
  }
}

// Between an interrupt and its effect, it would be the look that is terminated.
const liveValues = new LiveValues(session, () => !isInterrupting);

async function look(id: number, what: Look): Promise<ControlReply> {
  switch (what.kind) {
    case 'members':
      return { id, members: await liveValues.members(what.expression) };
    case 'globals':
      return { id, members: await liveValues.globalNames(what.prefix) };
    case 'preview':
      return { id, preview: (await liveValues.preview(what.expression)) ?? null };
    case 'truth':
      return { id, mayBeTrue: await liveValues.mayBeTrue(what.expression) };
  }
}

async function answer(request: Exclude<ControlRequest, Delivery>): Promise<ControlReply> {
  const { id } = request;
  if (request.op === 'look') return await look(id, request.look);
  isInterrupting = true;
  const state = await interrupt();
  isInterrupting = false;
  return { id, state };
}

const socket = new Socket({ fd: CONTROL, readable: true, writable: true });
readLines(socket, (line) => {
  const request = JSON.parse(line) as ControlRequest;
  if (request.op === 'deliver') {
    void deliver(request.request);
    return;
  }
  void answer(request).then((reply) => socket.write(`${JSON.stringify(reply)}\n`));
});
socket.on('error', () => {});
socket.on('close', async () => {
  await setTimeout(EXIT_TIMEOUT_MS);
  // The main thread spins, or waits in native code. The group takes the children of the user's code along.
  process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
});

await watchOutput();
