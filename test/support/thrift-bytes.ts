import thrift from 'thrift';

const { TBinaryProtocol, TBufferedTransport } = thrift;

/** The bytes that node-thrift writes for what `write` does to its protocol. */
export function protocolBytes(write: (protocol: thrift.TBinaryProtocol) => void): Uint8Array {
  let written: Uint8Array = new Uint8Array();
  const protocol = new TBinaryProtocol(
    new TBufferedTransport(undefined, (bytes) => {
      written = bytes ?? written;
    }),
  );
  write(protocol);
  protocol.flush();
  return Uint8Array.from(written);
}

/** node-thrift's generated client, writing the bytes of one request of `service` instead of sending it. */
export function requestBytes<Client>(
  service: string,
  client: new (
    transport: thrift.TTransport,
    protocol: new (trans: thrift.TTransport) => thrift.TProtocol,
  ) => Client,
  send: (client: Client) => Promise<unknown>,
): Uint8Array {
  let written: Uint8Array = new Uint8Array();
  class Prefixed extends TBinaryProtocol {
    override writeMessageBegin(name: string, type: thrift.Thrift.MessageType, sequenceId: number): void {
      super.writeMessageBegin(`${service}:${name}`, type, sequenceId);
    }
  }
  const transport = new TBufferedTransport(undefined, (bytes) => {
    written = bytes ?? written;
  });
  // No reply will come: the promise is left to itself.
  void send(new client(transport, Prefixed));
  return Uint8Array.from(written);
}

/** What node-thrift's `read` makes of `bytes`. */
export function readByThrift<T>(bytes: Uint8Array, read: (protocol: thrift.TBinaryProtocol) => T): T {
  const results: T[] = [];
  const receive = TBufferedTransport.receiver((transport) => {
    results.push(read(new TBinaryProtocol(transport, true)));
  }, 0);
  receive(Buffer.from(bytes));
  const [result] = results;
  if (results.length !== 1 || result === undefined) throw new Error('node-thrift read no message');
  return result;
}
