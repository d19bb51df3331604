/** What makes a ZeroMQ socket speak CurveZMQ, before it is bound or connected. */
import type { ConnectionInfo } from './connection-file.ts';

type Encryption = Pick<ConnectionInfo, 'curve'>;

/** For a socket of the kernel. Whoever doesn't know its public key never gets a message through. */
export function curveServerOptions({ curve }: Encryption) {
  if (curve === undefined) return {};
  return { curveServer: true, curvePublicKey: curve.publicKey, curveSecretKey: curve.secretKey };
}

/** For a socket of a client, which has no key pair of its own: the connection file is what makes it a client. */
export function curveClientOptions({ curve }: Encryption) {
  if (curve === undefined) return {};
  const { publicKey, secretKey } = curve;
  return { curveServerKey: publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
}
