/** Composition root of the kernel process: sockets first, then the user's session and the managed backend. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { historyPath } from './history-path.ts';
import { ConnectionFileError } from './jupyter/connection-file.ts';
import type { Interpreter, InterpreterEvents } from './jupyter/interpreter.ts';
import { runKernelProcess } from './jupyter/kernel-process.ts';
import { BindError } from './jupyter/sockets.ts';
import { RegistrationError } from './jupyter/startup.ts';
import { typescriptKernelInfo } from './typescript-kernel-info.ts';

/** Clients that wait for the kernel connect, and ask what it is, within this time: with the processor to themselves. */
const CONNECTING_MS = 15;

const usage = `usage: rjit kernel CONNECTION_FILE

Runs the kernel for a Jupyter client, which wrote CONNECTION_FILE (or a registration file, protocol 5.6). Jupyter
starts it by its kernelspec (rjit install).
`;

/** Runs `rjit kernel ARGV` until the kernel's end, and with it the process. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const connectionFile = parseArguments(argv);
    if (connectionFile === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    await runKernelProcess({
      connectionFile,
      info: typescriptKernelInfo(),
      createInterpreter,
      historyFile: historyPath(),
      log,
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    log(refusal);
    return 1;
  }
  // Nothing that the session or the user's code left open may keep the kernel alive.
  process.exit(0);
}

/** The session is started behind the sockets: what comes before it is ready waits for it. */
function createInterpreter(events: InterpreterEvents): Interpreter {
  const session = delay(CONNECTING_MS).then(() => startSession(events));
  return {
    execute: async (request) => (await session).execute(request),
    comm: async (message, cellId, subshell) => (await session).comm(message, cellId, subshell),
    interrupt: async () => (await session).interrupt(),
    isComplete: async (code) => (await session).isComplete(code),
    complete: async (place) => (await session).complete(place),
    inspect: async (request) => (await session).inspect(request),
    holdOutput: async (held) => (await session).holdOutput?.(held),
    shutdown: async () => (await session).shutdown(),
  };
}

async function startSession(events: InterpreterEvents): Promise<Interpreter> {
  const { StartingSession } = await import('./starting-session.ts');
  const starting = new StartingSession();
  const { SessionInterpreter } = await import('./session-interpreter.ts');
  return new SessionInterpreter(events, starting, log);
}

function parseArguments(argv: readonly string[]): string {
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help) return 'help';
  const [connectionFile, extra] = positionals;
  if (connectionFile !== undefined && extra === undefined) return connectionFile;
  const found = connectionFile === undefined ? 'none' : positionals.join(' ');
  throw new ConnectionFileError(`one connection file is needed, found ${found}\n\n${usage}`);
}

/** To the log of whoever started the kernel: Jupyter shows it in the server's terminal. */
function log(text: string): void {
  process.stderr.write(`[rjit kernel] ${text}\n`);
}

/** The text of an error that whoever starts the kernel can do something about; undefined for others. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isUnderstood = [ConnectionFileError, BindError, RegistrationError].some(
    (kind) => error instanceof kind,
  );
  const isArgument = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return isUnderstood || isArgument ? error.message : undefined;
}
