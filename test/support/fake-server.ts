import { createServer, type Server, type Socket } from 'node:net';
import {
  CompiledFunction,
  CompileReport,
  type CompileRequest,
  HelloReply,
  type HelloRequest,
} from '#thrift/remotejit_types.js';
import { Processor } from '#thrift/rjit.js';
import { BinaryReader } from '../../backend/contract/binary-protocol.ts';
import { MessageStream } from '../../backend/contract/message-stream.ts';
import { dispatch, thriftService } from '../../backend/service/thrift-dispatch.ts';

type Handler = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** A server in this process, by node-thrift, whose methods a test can replace. It compiles and runs nothing. */
export class FakeServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections that were ever made. */
  connectionCount = 0;
  /** Names of the methods that were called, in order. */
  readonly calls: string[] = [];
  port = 0;

  /** @param methods in the place of the polite ones */
  constructor(methods: Handler = {}) {
    const services = new Map([['rjit', thriftService(Processor, { ...politeMethods(), ...methods })]]);
    this.#server = createServer((socket) => {
      const stream = new MessageStream(1 << 20);
      this.#add(socket).on('data', (bytes) => {
        stream.push(bytes);
        for (let message = stream.next(); message; message = stream.next()) {
          const header = new BinaryReader(message).messageBegin();
          this.calls.push(header.name);
          dispatch(services, header, message).then(
            (reply) => socket.write(reply),
            (error: Error) => socket.destroy(error),
          );
        }
      });
    });
  }

  /** A server that answers every connection with what `answer` does to it. */
  static raw(answer: (socket: Socket) => void): FakeServer {
    const server = new FakeServer();
    server.#server.removeAllListeners('connection');
    server.#server.on('connection', (socket) => answer(server.#add(socket)));
    return server;
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        this.port = typeof address === 'object' && address ? address.port : 0;
        resolve(this.port);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #add(socket: Socket): Socket {
    this.#sockets.add(socket);
    this.connectionCount += 1;
    return socket.on('error', () => undefined);
  }
}

/** Handles count up from 1; a call of any of them is answered with the int64 42. */
function politeMethods(): Handler {
  let handle = 0;
  const result = Buffer.alloc(16);
  result.writeBigInt64LE(42n);
  return {
    hello: async (_request: HelloRequest) =>
      new HelloReply({
        session: 'fake',
        serverVersion: '0',
        llvmMajor: 19,
        triple: 'x86_64-pc-linux-gnu',
        dataLayout: '',
        cpu: 'fake',
        features: '',
      }),
    attach: async (_session: string, _token: string) => true,
    compile: async (request: CompileRequest) => {
      const functions = request.functions.map(({ symbol }) => {
        handle += 1;
        return new CompiledFunction({ handle, symbol });
      });
      return new CompileReport({ functions, phaseMicroseconds: { total: 1 }, cached: false });
    },
    call: async (_handle: number, _packed: Buffer) => result,
    cancel: async (_session: string, _range: unknown) => false,
    drop: async (_handles: readonly number[]) => true,
  };
}
