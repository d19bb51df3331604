import { parseArgs } from 'node:util';
import { RemoteError } from '../contract/remote-error.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { LogFormat } from './log.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly endpointFile: string | undefined;
  readonly lifeline: boolean;
  readonly tokenFile: string | undefined;
  readonly generateToken: boolean;
  readonly tlsCertificateFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  readonly user: string | undefined;
  readonly insecure: boolean;
  readonly servesRbc: boolean;
  readonly logFormat: LogFormat;
  readonly drainMs: number;
  readonly metricsPort: number | undefined;
  readonly limits: Limits;
  /** What `--object-cache` names; undefined stands for the user's own cache folder. */
  readonly objectCacheFolder: string | undefined;
  readonly usesObjectCache: boolean;
}

/** RBC's own default, which its clients try first. */
const defaultPort = 11532;
const defaultDrainMs = 5000;
const highestPort = 65535;

export const serveUsage = `usage: rjit serve [options]

Compiles and runs functions for rjit's clients over Thrift, and with --rbc for RBC's, too.

  --host HOST            address to listen on (default localhost)
  --port PORT            port to listen on; 0 takes a free one (default ${defaultPort})
  --endpoint-file FILE   once listening, write {"host", "port", "pid"} there as JSON; removed on exit
  --lifeline             end when standard input ends, so that this server never outlives who started it
  --token-file FILE      clients must show the word in this file
  --generate-token       clients must show a new token, which only the endpoint file tells
  --tls-cert FILE        serve TLS 1.3 with this certificate (PEM) and the key of --tls-key
  --tls-key FILE
  --user NAME            run the workers, and so all users' code, as this user (needs root)
  --rbc                  serve RBC's Python client, too; it can't show a token, so this needs none to be asked for
  --insecure             listen beyond this machine without token and TLS
  --call-timeout-ms N    cancel calls that run longer (default: never)
  --compile-timeout-ms N a compilation may take this long (default ${defaultLimits.compileTimeoutMs})
  --drain-ms N           on SIGTERM, let calls in progress run this long (default ${defaultDrainMs})
  --max-connections N    (default ${defaultLimits.maxConnections})
  --max-sessions N       (default ${defaultLimits.maxSessions})
  --memory-limit-mb N    memory of each session's process, from 256 on (default: no limit)
  --object-cache DIR     keep compiled code there (default rjit/objects in the cache folder of the workers' user)
  --no-object-cache      compile everything anew; for clients that must not trust each other's code
  --max-message-bytes N  (default ${defaultLimits.maxMessageByteLength})
  --message-timeout-ms N a message that was begun must be complete after this time (default ${defaultLimits.messageTimeoutMs})
  --metrics-port PORT    serve Prometheus metrics at http://127.0.0.1:PORT/metrics
  --log-format FORMAT    text or json, one record a line on standard error (default text)
  --help
`;

/** @returns undefined when only the usage is wanted. @throws RemoteError `bad-request` saying which option is wrong */
export function parseServeOptions(argv: readonly string[]): ServeOptions | undefined {
  const { values } = parse(argv);
  if (values.help) return undefined;
  const logFormat = values['log-format'] ?? 'text';
  if (logFormat !== 'text' && logFormat !== 'json') {
    throw new RemoteError('bad-request', `--log-format is '${logFormat}'; expected text or json`);
  }
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    throw new RemoteError(
      'bad-request',
      '--tls-cert and --tls-key belong together; only one of them is given',
    );
  }
  if (
    values['generate-token'] &&
    (values['token-file'] !== undefined || values['endpoint-file'] === undefined)
  ) {
    throw new RemoteError(
      'bad-request',
      '--generate-token needs --endpoint-file, and goes without --token-file',
    );
  }
  if (values.rbc && (values['generate-token'] || values['token-file'] !== undefined)) {
    throw new RemoteError(
      'bad-request',
      "RBC's clients can't show a token: --rbc goes without --token-file and --generate-token; " +
        'serve them on a port of their own',
    );
  }
  if (values['no-object-cache'] && values['object-cache'] !== undefined) {
    throw new RemoteError('bad-request', '--object-cache and --no-object-cache contradict each other');
  }
  const number = (name: NumericOption, lowest: number, highest: number) => {
    const text = values[name];
    return text === undefined ? undefined : parseInteger(name, text, lowest, highest);
  };
  return {
    host: values.host ?? 'localhost',
    port: number('port', 0, highestPort) ?? defaultPort,
    endpointFile: values['endpoint-file'],
    lifeline: values.lifeline ?? false,
    tokenFile: values['token-file'],
    generateToken: values['generate-token'] ?? false,
    tlsCertificateFile: values['tls-cert'],
    tlsKeyFile: values['tls-key'],
    user: values.user,
    insecure: values.insecure ?? false,
    servesRbc: values.rbc ?? false,
    objectCacheFolder: values['object-cache'],
    usesObjectCache: !values['no-object-cache'],
    logFormat,
    drainMs: number('drain-ms', 0, 3_600_000) ?? defaultDrainMs,
    metricsPort: number('metrics-port', 0, highestPort),
    limits: {
      ...defaultLimits,
      callTimeoutMs: number('call-timeout-ms', 1, 86_400_000),
      compileTimeoutMs: number('compile-timeout-ms', 1, 86_400_000) ?? defaultLimits.compileTimeoutMs,
      messageTimeoutMs: number('message-timeout-ms', 1, 3_600_000) ?? defaultLimits.messageTimeoutMs,
      sessionMemoryByteLength: mebibytes(number('memory-limit-mb', 256, 2 ** 22)),
      maxConnections: number('max-connections', 2, 1_000_000) ?? defaultLimits.maxConnections,
      maxSessions: number('max-sessions', 1, 100_000) ?? defaultLimits.maxSessions,
      maxMessageByteLength:
        number('max-message-bytes', 1024, 2 ** 31 - 1) ?? defaultLimits.maxMessageByteLength,
    },
  };
}

type NumericOption =
  | 'port'
  | 'drain-ms'
  | 'metrics-port'
  | 'call-timeout-ms'
  | 'compile-timeout-ms'
  | 'message-timeout-ms'
  | 'memory-limit-mb'
  | 'max-connections'
  | 'max-sessions'
  | 'max-message-bytes';

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        'endpoint-file': { type: 'string' },
        lifeline: { type: 'boolean' },
        'token-file': { type: 'string' },
        'generate-token': { type: 'boolean' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        user: { type: 'string' },
        insecure: { type: 'boolean' },
        rbc: { type: 'boolean' },
        'call-timeout-ms': { type: 'string' },
        'compile-timeout-ms': { type: 'string' },
        'metrics-port': { type: 'string' },
        'drain-ms': { type: 'string' },
        'message-timeout-ms': { type: 'string' },
        'memory-limit-mb': { type: 'string' },
        'max-connections': { type: 'string' },
        'max-sessions': { type: 'string' },
        'max-message-bytes': { type: 'string' },
        'object-cache': { type: 'string' },
        'no-object-cache': { type: 'boolean' },
        'log-format': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new RemoteError('bad-request', RemoteError.from(error).detail, { cause: error });
  }
}

function mebibytes(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 2 ** 20;
}

function parseInteger(name: string, text: string, lowest: number, highest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new RemoteError(
    'bad-request',
    `--${name} is '${text}'; expected a number from ${lowest} to ${highest}`,
  );
}
