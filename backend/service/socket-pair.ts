import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SocketPair {
  /** For this process. */
  readonly near: Socket;
  /** For another process: paused, nothing of it has been read. */
  readonly far: Socket;
}

/**
 * Two connected sockets, as socketpair(2) makes them, which Node has no call for: a connection to a socket that
 * listens, for that one moment, in a folder nobody else can enter.
 */
export async function createSocketPair(): Promise<SocketPair> {
  const folder = await mkdtemp(join(tmpdir(), 'rjit-'));
  const server = createServer({ pauseOnConnect: true, highWaterMark: 1 });
  try {
    return await new Promise<SocketPair>((resolve, reject) => {
      server.once('error', reject);
      server.listen(join(folder, 'pair'), () => {
        const near = connect(join(folder, 'pair'));
        near.once('error', reject);
        server.once('connection', (far) => {
          near.off('error', reject);
          resolve({ near, far });
        });
      });
    });
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The end, for another process, of a connection whose bytes only this one can read: what goes in on either side comes
 * out on the other.
 */
export async function plainEnd(socket: Socket): Promise<Socket> {
  const { near, far } = await createSocketPair();
  near.on('error', () => undefined);
  near.once('close', () => socket.destroySoon());
  socket.once('close', () => near.destroy());
  if (socket.destroyed) near.destroy();
  socket.pipe(near).pipe(socket);
  return far;
}
