import { closestName } from '../compiler/closest-name.ts';
import type { ServerChoice, ServerStatus } from '../rjit/remote-jit.ts';
import { completeWord, optionCompletions } from './completion.ts';
import type { MagicContext } from './context.ts';
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';
import { type ParsedOptions, splitWords, takeOptions } from './words.ts';

const usage = `%rjit start_server [--host HOST] [--port PORT]  start the local backend, or restart it there
%rjit stop_server                               stop it
%rjit connect ADDRESS [OPTIONS]                 use a backend that runs elsewhere, at rjit://HOST:PORT,
                                                with TLS at rjits://HOST:PORT, or RBC's own at rbc://HOST:PORT
    --token-file FILE                           holds what the backend asks for
    --ca FILE, --fingerprint SHA256             the certificate to trust (TLS)
%rjit connect --endpoint-file FILE              use the backend that says in this file where it is
%rjit status                                    say which backend is used and what it holds`;

interface Subcommand {
  readonly options: readonly string[];
  readonly flags?: readonly string[];
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
    options: ['host', 'port', 'endpoint-file', 'token-file', 'ca', 'fingerprint'],
    flags: ['tls'],
    run: async (parsed, { jit }) => {
      await jit.connect({ ...parseServer(parsed), ...parseTrust(parsed.values) });
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
    await subcommand.run(takeOptions(`%rjit ${name}`, words, subcommand.options, subcommand.flags), context);
  },
  complete(args, cursor) {
    const [first] = splitWords(args);
    if (first === undefined || cursor <= first.end) {
      const candidates = Object.keys(subcommands).map((text) => ({ text, type: 'command' }));
      return completeWord(args, cursor, candidates);
    }
    const subcommand = Object.hasOwn(subcommands, first.text) ? subcommands[first.text] : undefined;
    const names = [...(subcommand?.options ?? []), ...(subcommand?.flags ?? [])];
    return completeWord(args, cursor, optionCompletions(names));
  },
};

function statusText({ address, target, sessions, workers, uptimeMs, supervisorPid }: ServerStatus): string {
  const where = `${address.host}:${address.port}`;
  // RBC's own server tells no more of itself.
  const isRbc = supervisorPid === 0;
  const lines = [
    ['backend', isRbc ? where : `${where}, process ${supervisorPid}, up ${Math.round(uptimeMs / 1000)} s`],
    ['version', isRbc ? "RBC's own" : `rjit ${target.serverVersion}, LLVM ${target.llvmMajor}`],
    ['target', `${target.triple}, ${target.cpu}`],
    ...(isRbc ? [] : [['holds', `${counted(sessions, 'session')} in ${counted(workers, 'worker')}`]]),
  ];
  return lines.map(([name = '', text]) => `${name.padEnd(8)} ${text}\n`).join('');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
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

/** An address, as a URL or `HOST:PORT`, or `--host HOST --port PORT`, or `--endpoint-file FILE`. */
function parseServer({ values, rest }: ParsedOptions): ServerChoice {
  const [address, extra] = rest;
  const endpointFile = values.get('endpoint-file');
  const host = values.get('host');
  const port = values.get('port');
  const ways = [address, endpointFile, port ?? host].filter((given) => given !== undefined);
  if (extra !== undefined || ways.length !== 1) throw addressError(values, rest);
  if (endpointFile !== undefined) return { endpointFile };
  if (address === undefined) {
    if (port === undefined) throw addressError(values, rest);
    return { host: host ?? 'localhost', port: parsePort(port, 1) };
  }
  if (address.text.includes('://')) return { url: address.text };
  const [, v6, name, addressPort] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(address.text) ?? [];
  const addressHost = v6 ?? name;
  if (addressHost === undefined || addressPort === undefined) throw addressError(values, rest);
  return { host: addressHost, port: parsePort(addressPort, 1) };
}

function addressError(values: ParsedOptions['values'], rest: ParsedOptions['rest']): UsageError {
  const found = [
    ...rest.map(({ text }) => text),
    ...[...values].map(([name, value]) => (value === '' ? `--${name}` : `--${name} ${value}`)),
  ];
  return new UsageError(
    '%rjit connect needs one address, as in rjit://localhost:7890, localhost:7890, --host localhost --port 7890 or ' +
      `--endpoint-file FILE; found ${found.join(' ') || 'none'}`,
  );
}

function parseTrust(values: ParsedOptions['values']): ServerChoice {
  const tokenFile = values.get('token-file');
  const caFile = values.get('ca');
  const fingerprint = values.get('fingerprint');
  return {
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(values.has('tls') ? { tls: true } : {}),
    ...(caFile === undefined ? {} : { caFile }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

/** 0 means any free port, where a server is started. */
function parsePort(text: string, lowest: number): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= lowest && port <= 65_535) return port;
  throw new UsageError(`the port is "${text}"; expected a whole number from ${lowest} to 65535`);
}
