/** The kernel's end of the startup handshake. */
import type { RegistrationInfo } from './connection-file.ts';
import { checkAcknowledgement, encodeRegistration, type Registration } from './registration.ts';
import { MessageSigner } from './signing.ts';
import { zeromq } from './zeromq.ts';

/** Long enough for a launcher on a busy machine; nobody will ever find a kernel that it has not acknowledged. */
const ACKNOWLEDGEMENT_TIMEOUT_MS = 30_000;

/** Tells the launcher the kernel's ports and resolves when it has taken note; rejects when it doesn't, in time. */
export async function register(info: RegistrationInfo, ports: Registration['ports']): Promise<void> {
  const signer = new MessageSigner(info.key, info.signatureScheme);
  const socket = new zeromq.Dealer({ linger: 0, receiveTimeout: ACKNOWLEDGEMENT_TIMEOUT_MS });
  try {
    socket.connect(info.endpoint);
    await socket.send(encodeRegistration({ kernelId: info.kernelId, ports }, signer));
    checkAcknowledgement(await socket.receive(), signer);
  } finally {
    socket.close();
  }
}
