import { setTimeout as delay } from 'node:timers/promises';
import { type HelloReply, HelloRequest } from '#thrift/remotejit_types.js';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Death } from './death.ts';
import { readEndpoint } from './endpoint.ts';
import type { Endpoint, ServerLocation, ServerTarget } from './requests.ts';
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
  readonly location: ServerLocation;
  readonly target: ServerTarget;
  readonly control: ThriftConnection;
  readonly data: ThriftConnection;
  /** How this session's worker died since the session was last opened. */
  readonly death: Death | undefined;
}

/** What is known of the session while it is not answering. */
export interface SessionRemains {
  readonly id: string;
  /** Its connection, still open when only the worker died; absent when the session was another thread's. */
  readonly open?: { readonly control: ThriftConnection; readonly location: ServerLocation };
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
  const reused = remains?.open?.control.isOpen === true ? remains.open : undefined;
  const location = reused?.location ?? (await locate(endpoint));
  const { token } = location;
  signal.throwIfAborted();
  const control = reused?.control ?? (await ThriftConnection.open(location));
  const timeout = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
  const giveUp = AbortSignal.any([signal, timeout]);
  try {
    const hello = await closingOn(location, giveUp, control, (connection) =>
      connection.request((client) =>
        client.hello(new HelloRequest({ clientName: CLIENT_NAME, token, session: remains?.id ?? '' })),
      ),
    );
    const data = await attach(location, hello.session, giveUp);
    const target = targetOf(hello);
    return {
      id: hello.session,
      location,
      target,
      control,
      data,
      death: deathOf(hello),
    };
  } catch (error) {
    control.destroy();
    throw timeout.aborted ? silent(location) : error;
  }
}

function silent({ host, port }: ServerLocation): RemoteError {
  return new RemoteError(
    'unreachable',
    `${host}:${port} took the connection, but did not answer in ${HANDSHAKE_TIMEOUT_MS} ms; is that an rjit server?`,
  );
}

async function locate(endpoint: Endpoint): Promise<ServerLocation> {
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

/** A data connection to the session's worker. @throws RemoteError */
export async function attach(
  location: ServerLocation,
  session: string,
  giveUp: AbortSignal,
): Promise<ThriftConnection> {
  const data = await ThriftConnection.open(location);
  try {
    await closingOn(location, giveUp, data, (connection) =>
      connection.request((client) => client.attach(session, location.token)),
    );
    return data;
  } catch (error) {
    data.destroy();
    throw error;
  }
}

/** Closes the connection when `signal` is aborted before `use` is done: whoever waits there learns it that way. */
async function closingOn<T>(
  location: ServerLocation,
  signal: AbortSignal,
  connection: ThriftConnection,
  use: (connection: ThriftConnection) => Promise<T>,
): Promise<T> {
  // It may have been aborted while the connection was opened: no event tells of that any more.
  signal.throwIfAborted();
  const close = () => connection.destroy();
  signal.addEventListener('abort', close);
  try {
    failUnansweredOnClose(location, connection);
    return await use(connection);
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/** Until the session's owner takes the connection over, whoever waits for an answer learns that none will come. */
function failUnansweredOnClose({ host, port, tls }: ServerLocation, connection: ThriftConnection): void {
  connection.onClosed((unanswered, problem) => {
    const hint = tls ? '' : '; if it speaks TLS, connect with rjits://, --ca FILE or --fingerprint';
    const error =
      problem ??
      new RemoteError('connection-lost', `${host}:${port} closed the connection before it answered${hint}`);
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
