import thrift from 'thrift';
import {
  CompileRequest,
  FunctionSpec,
  type HelloReply,
  HelloRequest,
  RemoteFault,
  RequestRange,
} from '#thrift/remotejit_types.js';
import { Client as RjitClient } from '#thrift/rjit.js';

export interface ThriftConnection {
  readonly client: RjitClient;
  readonly closed: Promise<void>;
  close(): void;
}

/** Makes a connection TLS; `ca` is the certificate to trust. */
export interface SecureOptions {
  readonly ca: string;
}

/** node-thrift's own client for the `rjit` service: the foreign side of the wire in these tests. */
export function connectRjit(port: number, secure?: SecureOptions): ThriftConnection {
  const options = { transport: thrift.TBufferedTransport, protocol: thrift.TBinaryProtocol };
  const connection = secure
    ? // With its own default, node-thrift would not speak TLS 1.3.
      thrift.createSSLConnection('127.0.0.1', port, { ...options, ...secure, ...{ secureOptions: 0 } })
    : thrift.createConnection('127.0.0.1', port, options);
  const closed = new Promise<void>((resolve) => {
    connection.connection.once('close', () => resolve());
  });
  // Calls in flight get their own error; without a listener the event would end the test run.
  connection.on('error', () => undefined);
  return {
    client: new thrift.Multiplexer().createClient('rjit', RjitClient, connection),
    closed,
    close: () => connection.connection.destroy(),
  };
}

export const anyRequest = new RequestRange({ first: 0, last: 2 ** 31 - 1 });

/** A session with both of its connections. */
export class TestSession {
  readonly port: number;
  readonly control: ThriftConnection;
  readonly hello: HelloReply;
  data: ThriftConnection;

  private constructor(port: number, control: ThriftConnection, hello: HelloReply, data: ThriftConnection) {
    this.port = port;
    this.control = control;
    this.hello = hello;
    this.data = data;
  }

  static async open(port: number, session = '', token = '', secure?: SecureOptions): Promise<TestSession> {
    const control = connectRjit(port, secure);
    const hello = await Promise.race([
      control.client.hello(new HelloRequest({ clientName: 'test', token, session })),
      control.closed.then(() => Promise.reject(new Error('the server closed the control connection'))),
    ]);
    const data = connectRjit(port, secure);
    await data.client.attach(hello.session, token);
    return new TestSession(port, control, hello, data);
  }

  get id(): string {
    return this.hello.session;
  }

  /** The worker's process id, by the session's public name. */
  async workerPid(): Promise<number> {
    const { workerPids } = await this.control.client.status();
    const pid = workerPids[this.id.slice(0, 8)];
    if (pid === undefined) throw new Error(`no worker for ${this.id} in ${JSON.stringify(workerPids)}`);
    return pid;
  }

  /** hello again on the control connection, and a new data connection. */
  async reconnect(): Promise<HelloReply> {
    const reply = await this.control.client.hello(
      new HelloRequest({ clientName: 'test', token: '', session: this.id }),
    );
    this.data.close();
    this.data = connectRjit(this.port);
    await this.data.client.attach(reply.session, '');
    return reply;
  }

  /** Compiles IR whose functions are all int64(int64, int64); returns their handles by name. */
  async compile(ir: string, ...names: readonly string[]): Promise<number[]> {
    const functions = names.map(
      (name) => new FunctionSpec({ name, signature: 'int64(int64, int64)', symbol: `${name}_lallA` }),
    );
    const report = await this.data.client.compile(new CompileRequest({ ir, functions, options: {} }));
    return report.functions.map(({ handle }) => handle);
  }

  async call(handle: number, a: bigint, b: bigint): Promise<bigint> {
    return unpackInt64(await this.data.client.call(handle, packInt64s(a, b)));
  }

  /** Whether a running request in that range was stopped. */
  async cancel(range = anyRequest): Promise<boolean> {
    return this.control.client.cancel(this.id, range);
  }

  close(): void {
    this.data.close();
    this.control.close();
  }
}

export function packInt64s(...values: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigInt64LE(value, 8 * index);
  return bytes;
}

export function unpackInt64(bytes: Buffer): bigint {
  return bytes.readBigInt64LE(0);
}

/** The RemoteFault a call ends with; fails when it doesn't. */
export async function faultOf(call: Promise<unknown>): Promise<RemoteFault> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RemoteFault) return error;
    throw error;
  }
  throw new Error('the call succeeded where a fault was expected');
}
