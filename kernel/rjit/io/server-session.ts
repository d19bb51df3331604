import { setTimeout as delay } from 'node:timers/promises';
import { type HelloReply, HelloRequest } from '#thrift/remotejit_types.js';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Death } from './death.ts';
import { readEndpoint } from './endpoint.ts';
import type { Endpoint, ServerAddress, ServerTarget } from './requests.ts';
import { ThriftConnection } from './thrift-connection.ts';
import { uint64 } from './thrift-fault.ts';

/** How long a managed backend may take to say where it is, when it starts and when it starts again. */
const START_TIMEOUT_MS = 20_000;
/** How long a server at a fixed address may be away, once it was there. */
const RECONNECT_TIMEOUT_MS = 5_000;
/** How long a server may take to answer `hello` and `attach`; it may have to start a worker first. */
const HANDSHAKE_TIMEOUT_MS = 15_000;
const POLL_MS = 20;
const CLIENT_NAME = 'rjit-kernel';

/** A session that answers: both connections are there. */
export interface LiveSession {
  readonly id: string;
  readonly address: ServerAddress;
  readonly token: string;
  readonly target: ServerTarget;
  readonly control: ThriftConnection;
  readonly data: ThriftConnection;
  /** How this session's worker died since the session was last opened. */
  readonly death: Death | undefined;
}

/** What is known of the session while it is not answering. */
export interface SessionRemains {
  readonly id: string;
  /** Still open when only the worker died. */
  readonly control: ThriftConnection;
  readonly address: ServerAddress;
  readonly token: string;
}

interface Located extends ServerAddress {
  readonly token: string;
}

/**
 * Opens a session, or takes one up again: finds the server, says hello on a control connection and attaches a data
 * connection. Waits for a managed backend that is starting, and for a server that was there before.
 *
 * @throws RemoteError `unreachable`, `server-stopped`, `unauthorized`, `cancelled` or what the server answered
 */
export async function openSession(
  endpoint: Endpoint,
  remains: SessionRemains | undefined,
  signal: AbortSignal,
): Promise<LiveSession> {
  const patienceMs = endpoint.kind === 'file' ? START_TIMEOUT_MS : remains ? RECONNECT_TIMEOUT_MS : 0;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt(endpoint, remains, signal);
    } catch (caught) {
      const error = RemoteError.from(caught);
      if (signal.aborted) throw new RemoteError('cancelled', 'cancelled while waiting for the server');
      if (!isPassing(error) || performance.now() > deadline) throw error;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether the next attempt may do better: the server is starting, or has just gone. */
function isPassing(error: RemoteError): boolean {
  return error.code === 'unreachable' || error.code === 'connection-lost' || error.code === 'unknown-session';
}

async function attempt(
  endpoint: Endpoint,
  remains: SessionRemains | undefined,
  signal: AbortSignal,
): Promise<LiveSession> {
  const reused = remains?.control.isOpen === true ? remains : undefined;
  const { host, port, token } = reused ? { ...reused.address, token: reused.token } : await locate(endpoint);
  signal.throwIfAborted();
  const control = reused?.control ?? (await ThriftConnection.open(host, port));
  const timeout = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
  const giveUp = AbortSignal.any([signal, timeout]);
  try {
    const hello = await closingOn(giveUp, control, (connection) =>
      connection.request((client) =>
        client.hello(new HelloRequest({ clientName: CLIENT_NAME, token, session: remains?.id ?? '' })),
      ),
    );
    const data = await attach(host, port, hello.session, token, giveUp);
    const target = targetOf(hello);
    return {
      id: hello.session,
      address: { host, port },
      token,
      target,
      control,
      data,
      death: deathOf(hello),
    };
  } catch (error) {
    control.destroy();
    throw timeout.aborted ? silent(host, port) : error;
  }
}

function silent(host: string, port: number): RemoteError {
  return new RemoteError(
    'unreachable',
    `${host}:${port} took the connection, but did not answer in ${HANDSHAKE_TIMEOUT_MS} ms; is that an rjit server?`,
  );
}

async function locate(endpoint: Endpoint): Promise<Located> {
  const state = await readEndpoint(endpoint);
  switch (state.kind) {
    case 'address':
      return state;
    case 'failed':
      throw state.error;
    case 'stopped':
      throw new RemoteError(
        'server-stopped',
        'the server was stopped; start it again with startServer() or %rjit start_server',
      );
    case 'missing':
      throw new RemoteError(
        'unreachable',
        `no server has started${endpoint.kind === 'file' ? ` (waited for ${endpoint.path})` : ''}; ` +
          'start one with startServer() or %rjit start_server',
      );
  }
}

async function attach(
  host: string,
  port: number,
  session: string,
  token: string,
  giveUp: AbortSignal,
): Promise<ThriftConnection> {
  const data = await ThriftConnection.open(host, port);
  try {
    await closingOn(giveUp, data, (connection) =>
      connection.request((client) => client.attach(session, token)),
    );
    return data;
  } catch (error) {
    data.destroy();
    throw error;
  }
}

/** Closes the connection when `signal` is aborted before `use` is done: whoever waits there learns it that way. */
async function closingOn<T>(
  signal: AbortSignal,
  connection: ThriftConnection,
  use: (connection: ThriftConnection) => Promise<T>,
): Promise<T> {
  const close = () => connection.destroy();
  signal.addEventListener('abort', close);
  try {
    failUnansweredOnClose(connection);
    return await use(connection);
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/** Until the session's owner takes the connection over, whoever waits for an answer learns that none will come. */
function failUnansweredOnClose(connection: ThriftConnection): void {
  connection.onClosed((unanswered, problem) => {
    const error = problem ?? new RemoteError('connection-lost', 'the server closed the connection');
    for (const receiver of unanswered) receiver.fail(error);
  });
}

function targetOf({ triple, dataLayout, cpu, features, llvmMajor, serverVersion }: HelloReply): ServerTarget {
  return { triple, dataLayout, cpu, features, llvmMajor, serverVersion };
}

function deathOf({ death }: HelloReply): Death | undefined {
  if (!death) return undefined;
  return { reason: death.reason, functionName: death.functionName, address: uint64(death.address) };
}
