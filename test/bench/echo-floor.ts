import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { median, timesMs } from './statistics.ts';

/** As long as the messages of a call of `foo(1, 3)`. */
const MESSAGE = Buffer.alloc(64, 1);

const server = `
require('node:net').createServer({ noDelay: true }, (socket) => socket.pipe(socket))
  .listen(0, '127.0.0.1', function () { process.stdout.write(String(this.address().port)) });
process.stdin.resume().once('close', () => process.exit());
`;

/**
 * What the machine itself takes for a round trip between two processes: no call can be faster. On a virtual machine it
 * swings with how deeply its idle processors sleep.
 */
export async function echoMicroseconds(calls: number): Promise<number> {
  const child = spawn(process.execPath, ['-e', server], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(child.stdout, 'data');
    const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const echo = (): Promise<unknown> => {
      socket.write(MESSAGE);
      return once(socket, 'data');
    };
    const times = await timesMs(calls, calls, echo);
    socket.destroy();
    return 1000 * median(times);
  } finally {
    child.kill();
  }
}
