import type { Socket } from 'node:net';
import { Processor } from '#thrift/rjit.js';
import { BinaryReader } from '../contract/binary-protocol.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { dispatch, type ThriftServices, thriftService, toRemoteFault } from './thrift-dispatch.ts';

const refusal = thriftService(Processor, {
  // One answer for both, so that nobody learns which sessions exist.
  attach: async (_session: string, _token: string) => {
    throw toRemoteFault(
      new RemoteError('unknown-session', 'no such session here, or a wrong token; say hello first'),
    );
  },
});
const services: ThriftServices = new Map([['rjit', refusal]]);

/** How long a refused peer may take to close its end. */
const closeTimeoutMs = 2000;

/** Answers an `attach` that names no session of ours, then closes. */
export async function refuseAttach(socket: Socket, message: Uint8Array): Promise<void> {
  const header = new BinaryReader(message).messageBegin();
  const reply = await dispatch(services, header, message);
  // Unread bytes would make the close a reset, which can overtake the reply.
  socket.resume();
  socket.end(reply);
  const timer = setTimeout(() => socket.destroy(), closeTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
}
