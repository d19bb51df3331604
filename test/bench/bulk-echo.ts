import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { median, timesMs } from './statistics.ts';

const CHUNK_BYTES = 1 << 20;

/** Takes two bytes for each that it sends, as a map of pairs does, and computes nothing. */
const server = `
require('node:net').createServer((socket) => {
  const reply = Buffer.alloc(${CHUNK_BYTES / 2}, 1);
  let pending = 0;
  socket.on('data', (chunk) => {
    for (pending += chunk.length; pending >= ${CHUNK_BYTES}; pending -= ${CHUNK_BYTES}) socket.write(reply);
  });
}).listen(0, '127.0.0.1', function () { process.stdout.write(String(this.address().port)) });
process.stdin.resume().once('close', () => process.exit());
`;

/** What the wire itself takes to bring `byteLength` bytes to another process and half of them back. */
export async function bulkEchoMs(byteLength: number, runs: number): Promise<number> {
  const child = spawn(process.execPath, ['-e', server], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(child.stdout, 'data');
    return median(await timesMs(runs, 1, () => roundTrip(Number(port), byteLength)));
  } finally {
    child.kill();
  }
}

async function roundTrip(port: number, byteLength: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const chunk = Buffer.alloc(CHUNK_BYTES, 1);
  const chunks = Math.ceil(byteLength / CHUNK_BYTES);
  let received = 0;
  const done = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      received += bytes.length;
      if (received >= (chunks * CHUNK_BYTES) / 2) resolve();
    });
  });
  for (let sent = 0; sent < chunks; sent += 1) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  await done;
  socket.destroy();
}
