/**
 * How a kernel tells its launcher which ports it has taken (protocol 5.6, "Kernel startup handshake"): one signed frame
 * each way, `<IDS|MSG>`, signature, content.
 */
import { type ConnectionInfo, parsePorts, type RegistrationInfo } from './connection-file.ts';
import { type JsonObject, MessageError, parseJsonObject } from './messages.ts';
import type { Frame, MessageSigner } from './signing.ts';
import { DELIMITER, splitEnvelope } from './wire.ts';

export interface Registration {
  readonly kernelId: string;
  readonly ports: ConnectionInfo['ports'];
}

export function encodeRegistration({ kernelId, ports }: Registration, signer: MessageSigner): Frame[] {
  const content = {
    kernel_id: kernelId,
    control_port: String(ports.control),
    shell_port: String(ports.shell),
    stdin_port: String(ports.stdin),
    iopub_port: String(ports.iopub),
    hb_port: String(ports.hb),
  };
  return encodeFrame(JSON.stringify(content), signer);
}

/** @throws {MessageError} @throws {SignatureError} */
export function decodeRegistration(
  frames: readonly Uint8Array[],
  transport: RegistrationInfo['transport'],
  signer: MessageSigner,
): Registration {
  const fields = parseJsonObject(decodeFrame(frames, signer), 'the registration');
  if (typeof fields.kernel_id !== 'string') throw new MessageError('the registration has no kernel_id');
  return { kernelId: fields.kernel_id, ports: parsePorts(withNumbers(fields), transport) };
}

/** Here, ports are strings. */
function withNumbers(fields: JsonObject): JsonObject {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** What the launcher answers; the protocol leaves its content open. */
export function encodeAcknowledgement(signer: MessageSigner): Frame[] {
  return encodeFrame(JSON.stringify({ status: 'ok' }), signer);
}

/** @throws {MessageError} @throws {SignatureError} when the answer isn't one of somebody who knows the key. */
export function checkAcknowledgement(frames: readonly Uint8Array[], signer: MessageSigner): void {
  decodeFrame(frames, signer);
}

function encodeFrame(content: string, signer: MessageSigner): Frame[] {
  return [DELIMITER, signer.sign([content]), content];
}

function decodeFrame(frames: readonly Uint8Array[], signer: MessageSigner): string {
  const { signature = '', rest } = splitEnvelope(frames);
  const [content] = rest;
  if (content === undefined) throw new MessageError(`nothing follows the signature; expected the content`);
  signer.verify(signature, [content]);
  return Buffer.from(content).toString('utf8');
}
