/** Composition root of the kernel process: the user's session and the sockets start side by side. */
import { parseArgs } from 'node:util';
import { historyPath } from './history-path.ts';
import { ConnectionFileError } from './jupyter/connection-file.ts';
import { StartingSession } from './starting-session.ts';
import { typescriptKernelInfo } from './typescript-kernel-info.ts';

const usage = `usage: rjit kernel CONNECTION_FILE

Runs the kernel for a Jupyter client, which wrote CONNECTION_FILE (or a registration file, protocol 5.6). Jupyter
starts it by its kernelspec (rjit install).
`;

/** Runs `rjit kernel ARGV` until the kernel's end, and with it the process. */
export async function main(argv: readonly string[]): Promise<number> {
  let session: StartingSession | undefined;
  try {
    const connectionFile = parseArguments(argv);
    if (connectionFile === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    session = new StartingSession(log);
    await run(connectionFile, session);
  } catch (error) {
    await session?.discard();
    const refusal = await refusalOf(error);
    if (refusal === undefined) throw error;
    log(refusal);
    return 1;
  }
  // Nothing that the session or the user's code left open may keep the kernel alive.
  process.exit(0);
}

/** While the session's process starts, this one loads what it needs for the protocol. */
async function run(connectionFile: string, session: StartingSession): Promise<void> {
  const [{ runKernelProcess }, { SessionInterpreter }] = await Promise.all([
    import('./jupyter/kernel-process.ts'),
    import('./session-interpreter.ts'),
  ]);
  await runKernelProcess({
    connectionFile,
    info: typescriptKernelInfo(),
    createInterpreter: (events) => new SessionInterpreter(events, session),
    historyFile: historyPath(),
    log,
  });
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
async function refusalOf(error: unknown): Promise<string | undefined> {
  if (!(error instanceof Error)) return undefined;
  const [{ BindError }, { RegistrationError }] = await Promise.all([
    import('./jupyter/sockets.ts'),
    import('./jupyter/startup.ts'),
  ]);
  const isUnderstood = [ConnectionFileError, BindError, RegistrationError].some(
    (kind) => error instanceof kind,
  );
  const isArgument = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return isUnderstood || isArgument ? error.message : undefined;
}
