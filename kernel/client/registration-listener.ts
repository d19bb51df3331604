/** Where a kernel that chooses its own ports tells them (protocol 5.6, "Kernel startup handshake"). */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ConnectionInfo, CurveKeys } from '../jupyter/connection-file.ts';
import { decodeRegistration, encodeAcknowledgement } from '../jupyter/registration.ts';
import { MessageSigner } from '../jupyter/signing.ts';
import { splitEnvelope } from '../jupyter/wire.ts';
import { zeromq } from '../jupyter/zeromq.ts';

const IP = '127.0.0.1';
/** How long the acknowledgement may take to leave after the listener is closed. */
const LINGER_MS = 1000;

/** Listens for one kernel. */
export class RegistrationListener {
  readonly #socket = new zeromq.Router({ linger: LINGER_MS });
  readonly #secrets: Pick<ConnectionInfo, 'key' | 'signatureScheme' | 'curve'>;
  readonly #kernelId = randomUUID();

  constructor(curve: CurveKeys | undefined) {
    const key = randomBytes(32).toString('hex');
    this.#secrets = { key, signatureScheme: 'hmac-sha256', ...(curve !== undefined && { curve }) };
    this.#socket.bindSync(`tcp://${IP}:0`);
  }

  /** The text of the registration file to start the kernel with. */
  get fileText(): string {
    const { key, signatureScheme, curve } = this.#secrets;
    const fields = {
      kernel_id: this.#kernelId,
      transport: 'tcp',
      registration_ip: IP,
      registration_port: Number(/\d+$/.exec(this.#socket.lastEndpoint ?? '')?.[0]),
      signature_scheme: signatureScheme,
      key,
      ...(curve !== undefined && { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey }),
    };
    return `${JSON.stringify(fields, undefined, 2)}\n`;
  }

  /** Resolves with where the kernel listens, once; never after `close`. */
  async connection(): Promise<ConnectionInfo> {
    const signer = new MessageSigner(this.#secrets.key, this.#secrets.signatureScheme);
    for await (const frames of this.#socket) {
      const ports = this.#portsFrom(frames, signer);
      if (ports === undefined) continue;
      await this.#socket.send([...splitEnvelope(frames).identities, ...encodeAcknowledgement(signer)]);
      return { transport: 'tcp', ip: IP, ports, ...this.#secrets };
    }
    return new Promise(() => {});
  }

  close(): void {
    this.#socket.close();
  }

  /** Undefined for what isn't our kernel's: any process of the machine can reach the port. */
  #portsFrom(frames: readonly Uint8Array[], signer: MessageSigner): ConnectionInfo['ports'] | undefined {
    try {
      const { kernelId, ports } = decodeRegistration(frames, 'tcp', signer);
      return kernelId === this.#kernelId ? ports : undefined;
    } catch {
      return undefined;
    }
  }
}
