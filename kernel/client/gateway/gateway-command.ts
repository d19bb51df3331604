/** `rjit gateway`: the gateway by itself. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Gateway, type GatewayOptions } from './gateway.ts';

const usage = `usage: rjit gateway [--host H] [--port P] [--token T] [--root-dir DIR] [--kernel NAME] [--insecure]

A small Jupyter server for kernels (kernelspecs, kernels, sessions, websockets), without Python. Clients such as
@jupyterlab/services, or rjit test --server URL --token T, use it as they use Jupyter Server.

  --host H        listen on this address (127.0.0.1)
  --port P        listen on this port (8888; 0: any that is free)
  --token T       what clients must show; also from RJIT_GATEWAY_TOKEN, which other users can't see; a random one
                  when neither is given
  --root-dir DIR  kernels run below it, in the folders of their notebooks (the current folder)
  --kernel NAME   the default kernel (rjit)
  --insecure      allow an address that other machines reach: the token and all messages travel in plain text

It prints its URL, and ends with its kernels on SIGINT or SIGTERM. Exit status: 0, or 2 for wrong usage or when it
can't listen.
`;

const options = {
  host: { type: 'string' },
  port: { type: 'string' },
  token: { type: 'string' },
  'root-dir': { type: 'string' },
  kernel: { type: 'string' },
  insecure: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs `rjit gateway ARGV` until a signal ends it; returns the exit status. */
export async function gateway(argv: readonly string[]): Promise<number> {
  try {
    const parsed = parseArguments(argv);
    if (parsed === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    await serve(parsed);
    return 0;
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`rjit gateway: ${error.message}\n`);
    return 2;
  }
}

async function serve(gatewayOptions: GatewayOptions): Promise<void> {
  const running = await Gateway.start(gatewayOptions);
  process.stdout.write(`${running.url}?token=${running.token}\n`);
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end()).once('SIGTERM', () => end());
  });
  await running.close();
}

function parseArguments(argv: readonly string[]): GatewayOptions | 'help' {
  const { values } = parseArgs({ args: [...argv], options });
  if (values.help) return 'help';
  const { host = '127.0.0.1', token = process.env.RJIT_GATEWAY_TOKEN || undefined } = values;
  if (!isLoopback(host) && !values.insecure) {
    throw new UsageError(
      `--host is "${host}", which other machines may reach, and nothing is encrypted: use 127.0.0.1 with an SSH tunnel, or add --insecure`,
    );
  }
  if (token !== undefined && token.length < 16) {
    throw new UsageError(`the token has ${token.length} characters; expected at least 16`);
  }
  return {
    host,
    port: parsePort(values.port),
    rootDirectory: resolve(values['root-dir'] ?? '.'),
    ...(token === undefined ? {} : { token }),
    ...(values.kernel === undefined ? {} : { defaultKernel: values.kernel }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function parsePort(text = '8888'): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new UsageError(`--port is "${text}"; expected a number from 0 to 65535`);
}

/** Wrong options, and a port that is taken: the message says it all. */
function isUserError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
