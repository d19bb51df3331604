import { closestName } from '../compiler/closest-name.ts';
import type { ServerStatus } from '../rjit/remote-jit.ts';
import type { MagicContext } from './context.ts';
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';
import { type ParsedOptions, splitWords, takeOptions } from './words.ts';

const usage = `%rjit start_server [--host HOST] [--port PORT]  start the local backend, or restart it there
%rjit stop_server                               stop it
%rjit connect HOST:PORT                         use a backend that runs elsewhere
%rjit status                                    say which backend is used and what it holds`;

interface Subcommand {
  readonly options: readonly string[];
  run(parsed: ParsedOptions, context: MagicContext): Promise<void>;
}

const subcommands: Readonly<Record<string, Subcommand>> = {
  start_server: {
    options: ['host', 'port'],
    run: async ({ values, rest }, { jit }) => {
      refuseMore('start_server', rest);
      const host = values.get('host');
      const port = values.get('port');
      await jit.startServer({
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port: parsePort(port, 0) }),
      });
    },
  },
  stop_server: {
    options: [],
    run: async ({ rest }, { jit }) => {
      refuseMore('stop_server', rest);
      await jit.stopServer();
    },
  },
  connect: {
    options: ['host', 'port'],
    run: async ({ values, rest }, { jit }) => {
      const { host, port } = parseAddress(values, rest);
      await jit.connect(host, port);
    },
  },
  status: {
    options: [],
    run: async ({ rest }, { jit, write }) => {
      refuseMore('status', rest);
      write(statusText(await jit.status()));
    },
  },
};

/** `%rjit`: the backend's life, and which backend is used. */
export const rjitLineMagic: LineMagic = {
  name: 'rjit',
  summary: 'start, stop, connect to or ask about the backend',
  usage,
  async run(args: string, context: MagicContext): Promise<undefined> {
    const [first, ...words] = splitWords(withoutComment(args));
    if (first === undefined) throw new UsageError(`%rjit needs a subcommand:\n\n${usage}`);
    const name = first.text;
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw unknownSubcommand(name);
    await subcommand.run(takeOptions(`%rjit ${name}`, words, subcommand.options), context);
  },
};

function statusText({ address, target, sessions, workers, uptimeMs, supervisorPid }: ServerStatus): string {
  const lines = [
    [
      'backend',
      `${address.host}:${address.port}, process ${supervisorPid}, up ${Math.round(uptimeMs / 1000)} s`,
    ],
    ['version', `rjit ${target.serverVersion}, LLVM ${target.llvmMajor}`],
    ['target', `${target.triple}, ${target.cpu}`],
    ['holds', `${sessions} sessions in ${workers} workers`],
  ];
  return lines.map(([name = '', text]) => `${name.padEnd(8)} ${text}\n`).join('');
}

function withoutComment(args: string): string {
  return args.replace(/(?<=^|\s)\/\/.*$/, '');
}

function unknownSubcommand(name: string): UsageError {
  const meant = closestName(name, Object.keys(subcommands));
  if (meant !== undefined)
    return new UsageError(`%rjit has no subcommand ${name}; did you mean %rjit ${meant}?`);
  return new UsageError(`%rjit has no subcommand ${name}; it has\n\n${usage}`);
}

function refuseMore(name: string, rest: ParsedOptions['rest']): void {
  const [extra] = rest;
  if (extra === undefined) return;
  throw new UsageError(`%rjit ${name} takes options only; found ${extra.text}. It is used as\n\n${usage}`);
}

/** `HOST:PORT`, `[::1]:PORT`, or `--host HOST --port PORT`. */
function parseAddress(
  values: ParsedOptions['values'],
  rest: ParsedOptions['rest'],
): { readonly host: string; readonly port: number } {
  const [address, extra] = rest;
  const [, v6, plain, addressPort] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(address?.text ?? '') ?? [];
  const host = v6 ?? plain ?? values.get('host') ?? 'localhost';
  const port = addressPort ?? values.get('port');
  const isUnread = address !== undefined && addressPort === undefined;
  const isGivenTwice = address !== undefined && values.size > 0;
  if (port === undefined || isUnread || isGivenTwice || extra !== undefined) {
    const found = [
      ...rest.map(({ text }) => text),
      ...[...values].map(([name, value]) => `--${name} ${value}`),
    ];
    throw new UsageError(
      `%rjit connect needs one address, as in localhost:7890 or --host localhost --port 7890; ` +
        `found ${found.join(' ') || 'none'}`,
    );
  }
  return { host, port: parsePort(port, 1) };
}

/** 0 means any free port, where a server is started. */
function parsePort(text: string, lowest: number): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= lowest && port <= 65_535) return port;
  throw new UsageError(`the port is "${text}"; expected a whole number from ${lowest} to 65535`);
}
