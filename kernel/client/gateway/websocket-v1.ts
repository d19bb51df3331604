/**
 * Messages on a kernel's websocket, subprotocol `v1.kernel.websocket.jupyter.org`: little-endian 64-bit numbers (how
 * many offsets, then the offsets), the channel's name, the frames of the message.
 * https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */

export const V1_PROTOCOL = 'v1.kernel.websocket.jupyter.org';

/** Header, parent header, metadata, content, then buffers. */
const LEAST_FRAMES = 4;

export interface WebsocketMessage {
  readonly channel: string;
  /** Without signature: header, parent header, metadata, content, buffers. */
  readonly frames: readonly Uint8Array[];
}

/** What came isn't a message of the subprotocol; the text says what was found. */
export class WebsocketMessageError extends Error {
  override readonly name = 'WebsocketMessageError';
}

export function encodeV1(channel: string, frames: readonly Uint8Array[]): Buffer {
  const parts = [Buffer.from(channel), ...frames];
  const head = Buffer.alloc(8 * (parts.length + 2));
  head.writeBigUInt64LE(BigInt(parts.length + 1), 0);
  let offset = head.length;
  for (const [index, part] of parts.entries()) {
    head.writeBigUInt64LE(BigInt(offset), 8 * (index + 1));
    offset += part.byteLength;
  }
  head.writeBigUInt64LE(BigInt(offset), 8 * (parts.length + 1));
  return Buffer.concat([head, ...parts]);
}

/** @throws {WebsocketMessageError} */
export function decodeV1(data: Buffer): WebsocketMessage {
  const offsets = readOffsets(data);
  const parts = offsets.slice(0, -1).map((start, index) => data.subarray(start, offsets[index + 1]));
  const [channel, ...frames] = parts;
  if (channel === undefined || frames.length < LEAST_FRAMES) {
    throw new WebsocketMessageError(
      `${parts.length} parts; expected a channel, header, parent header, metadata and content`,
    );
  }
  return { channel: channel.toString('utf8'), frames };
}

function readOffsets(data: Buffer): readonly number[] {
  const most = Math.floor(data.length / 8) - 1;
  const count = data.length < 8 ? 0n : data.readBigUInt64LE(0);
  if (count < 1n || count > BigInt(Math.max(most, 0))) {
    throw new WebsocketMessageError(`${data.length} bytes that start with ${count} offsets`);
  }
  let least = 8n * (count + 1n);
  return Array.from({ length: Number(count) }, (_, index) => {
    const offset = data.readBigUInt64LE(8 * (index + 1));
    if (offset < least || offset > BigInt(data.length)) {
      throw new WebsocketMessageError(`offset ${index} is ${offset}; expected ${least} to ${data.length}`);
    }
    least = offset;
    return Number(offset);
  });
}
