import fs from 'node:fs';

// The original: the session's users get one that calls this.
const { writeSync } = fs;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of it before returning. A pipe that a child process of the user's has set to non-blocking mode refuses
 * when its reader is behind; then this waits. (Node's own stream would lose what it still holds at `process.exit`.)
 */
export function writeFully(fileDescriptor: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(fileDescriptor, bytes, offset);
    } catch (error) {
      if (!isTryAgain(error)) throw error;
      Atomics.wait(sleepCell, 0, 0, 1);
    }
  }
}

function isTryAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
