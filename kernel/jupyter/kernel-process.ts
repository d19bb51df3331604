/** The life of a kernel process: bind, answer, and end on a client's request, a signal or the parent's death. */
import { PersistentHistory } from './history/persistent-history.ts';
import type { Interpreter, InterpreterEvents } from './interpreter.ts';
import { Kernel } from './kernel.ts';
import type { KernelInfo } from './kernel-info.ts';
import { startUp } from './startup.ts';

const PARENT_POLL_INTERVAL_MS = 1000;

export interface KernelProcessOptions {
  /** A connection file, or a registration file. */
  readonly connectionFile: string;
  readonly info: KernelInfo;
  /** Called once the sockets are bound; must return at once and load what it needs afterwards. */
  readonly createInterpreter: (events: InterpreterEvents) => Interpreter;
  readonly log: (text: string) => void;
  /** The file that keeps the history of all sessions; absent: it ends with the kernel. */
  readonly historyFile?: string | undefined;
}

/**
 * Runs a kernel until its end. The interpreter is shut down and all messages are on their way when this resolves.
 * @throws {ConnectionFileError} @throws {BindError} @throws {RegistrationError} before anything was started.
 */
export async function runKernelProcess(options: KernelProcessOptions): Promise<void> {
  const { log, info, createInterpreter } = options;
  const startup = startUp(options.connectionFile, info.implementation);
  const { sockets, connection } = startup;
  try {
    await startup.announced;
    const { historyFile } = options;
    const history = historyFile === undefined ? undefined : new PersistentHistory(historyFile, log);
    const kernel = new Kernel({ connection, info, transport: sockets, createInterpreter, history, log });
    sockets.listen({
      onMessage: (channel, frames) => kernel.receive(channel, frames),
      onSubscribe: (topic) => kernel.welcome(topic),
      onError: (error) => log(error instanceof Error ? error.message : String(error)),
    });
    kernel.start();
    await untilEnd(kernel);
    await kernel.close();
    await sockets.drained();
  } finally {
    startup.close();
  }
}

async function untilEnd(kernel: Kernel): Promise<void> {
  const interrupt = () => void kernel.interrupt();
  process.on('SIGINT', interrupt);
  await Promise.race([kernel.shutdownRequested, terminationSignal(), parentDeath()]);
  process.off('SIGINT', interrupt);
}

function terminationSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Jupyter passes the id of the process that owns the kernel; without that process nobody would end us. */
function parentDeath(): Promise<void> {
  const parentPid = Number(process.env.JPY_PARENT_PID ?? '');
  return new Promise((resolve) => {
    if (!Number.isInteger(parentPid) || parentPid <= 0) return;
    const firstParent = process.ppid;
    const timer = setInterval(() => {
      // A dead parent that nobody has reaped still has its id, but we have a new parent by then.
      if (process.ppid === firstParent && isAlive(parentPid)) return;
      clearInterval(timer);
      resolve();
    }, PARENT_POLL_INTERVAL_MS).unref();
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, as another user's process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
