/**
 * A program that owns a managed backend and waits, for tests of what happens when it is killed.
 * Prints the server's process id and the endpoint file's path.
 */
import { ManagedBackend } from '../../kernel/rjit/managed-backend.ts';

const backend = new ManagedBackend();
await backend.start({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ pid: backend.pid, endpointFile: backend.endpointFile })}\n`);
process.stdin.resume();
