import { readSync } from 'node:fs';
import type { Socket } from 'node:net';

/**
 * Reads what has arrived at a socket, past its stream.
 *
 * @returns how many bytes there were; 0 also when the socket has ended or failed, which its stream will find as well
 */
export function readAvailable(socket: Socket, memory: Uint8Array): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const descriptor: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof descriptor !== 'number' || descriptor < 0) return 0;
  try {
    return readSync(descriptor, memory, 0, memory.byteLength, null);
  } catch {
    return 0;
  }
}
