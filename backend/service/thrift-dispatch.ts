import thrift from 'thrift';
import { RemoteFault } from '#thrift/remotejit_types.js';
import type { MessageHeader } from '../contract/binary-protocol.ts';
import { MessageScanner } from '../contract/message-scanner.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { MessageType } from '../contract/thrift-types.ts';

/** What the Thrift compiler generates as `Processor`. */
export interface ThriftProcessor {
  process(input: thrift.TProtocol, output: thrift.TProtocol): void;
}

export interface ThriftService {
  readonly processor: ThriftProcessor;
  readonly methods: ReadonlySet<string>;
}

/** By the name before the colon: "rjit:hello" belongs to "rjit". */
export type ThriftServices = ReadonlyMap<string, ThriftService>;

/**
 * A service of the generated `processor` class. Every handler must return a promise: a synchronous throw would close
 * the connection without a reply. It must name each of its parameters, too: the generated code tells a promise from a
 * callback by their number.
 */
export function thriftService(
  processor: new (handler: object) => ThriftProcessor,
  handler: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>,
): ThriftService {
  return { processor: new processor(handler), methods: new Set(Object.keys(handler)) };
}

const { TBinaryProtocol, TBufferedTransport, Thrift } = thrift;

/**
 * Runs one whole message through the generated processors and resolves to the reply's bytes.
 *
 * The reply's name has no service prefix (`call`, not `remotejit:call`), as RBC's client expects.
 *
 * @throws RemoteError `protocol` when the message isn't one the service can read: the connection is of no more use
 */
export async function dispatch(
  services: ThriftServices,
  header: MessageHeader,
  message: Uint8Array,
): Promise<Uint8Array> {
  checkIsCall(header);
  const [serviceName = '', method = ''] = header.name.split(':');
  const service = services.get(serviceName);
  if (!service?.methods.has(method)) {
    const known = [...services].flatMap(([name, { methods }]) =>
      [...methods].map((each) => `${name}:${each}`),
    );
    return applicationError(
      header,
      `unknown method '${header.name}'; this connection serves ${known.join(', ')}`,
    );
  }
  return new Promise((resolve, reject) => {
    const output = new TBinaryProtocol(
      new TBufferedTransport(undefined, (reply) => resolve(checkedReply(reply, header))),
    );
    const receive = TBufferedTransport.receiver((transport) => {
      const input = new TBinaryProtocol(transport, true);
      const begin = input.readMessageBegin();
      // The processor finds its method by the bare name.
      input.readMessageBegin = () => ({ ...begin, fname: method });
      service.processor.process(input, output);
    }, 0);
    try {
      receive(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    } catch (error) {
      const reason = RemoteError.from(error).detail;
      const text = `the arguments of ${header.name} can't be read: ${reason}`;
      reject(new RemoteError('protocol', text, { cause: error }));
    }
  });
}

/** @throws RemoteError `protocol`: a client that sends replies, or wants none, is not one of ours */
function checkIsCall(header: MessageHeader): void {
  if (header.type === MessageType.call) return;
  throw new RemoteError('protocol', `a message of type ${header.type} arrived; only calls are expected`);
}

/** A RemoteError as the wire's exception; the generated processors know it by its class. */
export function toRemoteFault(caught: unknown): RemoteFault {
  const { code, message, functionName, signalName, address, fileName, line } =
    RemoteError.from(caught).toFault();
  return new RemoteFault({
    code,
    message,
    ...(functionName === undefined ? {} : { functionName }),
    ...(signalName === undefined ? {} : { signalName }),
    ...(address === undefined ? {} : { address: int64(address) }),
    ...(line === undefined ? {} : { line }),
    ...(fileName === undefined ? {} : { fileName }),
  });
}

/** node-thrift corrupts its stream when it is given a bigint and loses bits of a number: bytes are exact. */
export function int64(value: bigint): thrift.Int64 {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return new thrift.Int64(bytes);
}

/** Thrift's own exception, for a message that no service takes. */
export function applicationError(header: MessageHeader, text: string): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  const output = new TBinaryProtocol(
    new TBufferedTransport(undefined, (reply) => {
      bytes = reply ?? bytes;
    }),
  );
  const [, method = header.name] = header.name.split(':');
  output.writeMessageBegin(method, Thrift.MessageType.EXCEPTION, header.sequenceId);
  new Thrift.TApplicationException(Thrift.TApplicationExceptionType.UNKNOWN_METHOD, text).write(output);
  output.writeMessageEnd();
  output.flush();
  return bytes;
}

/**
 * A value of the wrong type makes the generated code write half a reply and an exception behind it, and the client
 * would wait for ever: such a reply is replaced.
 */
function checkedReply(reply: Buffer | undefined, header: MessageHeader): Uint8Array {
  if (reply && isOneMessage(reply)) return reply;
  return applicationError(header, `the reply of ${header.name} could not be encoded`);
}

function isOneMessage(bytes: Uint8Array): boolean {
  try {
    return new MessageScanner(bytes.byteLength).scan(bytes) === bytes.byteLength;
  } catch {
    return false;
  }
}
