import type { Socket } from 'node:net';

/** Calls back for every line that arrives; long lines come in many chunks and are joined once. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const part = chunk.subarray(start, end);
      const line = parts.length === 0 ? part : Buffer.concat([...parts, part]);
      parts = [];
      start = end + 1;
      onLine(line.toString());
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
}
