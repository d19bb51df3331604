import { RemoteError } from '../contract/remote-error.ts';
import { Jit } from '../llvm/jit.ts';
import { openLlvm } from '../llvm/llvm.ts';
import { limitMemory } from '../llvm/memory-limit.ts';
import { ObjectCache } from '../llvm/object-cache.ts';
import { dieWithParent } from '../llvm/parent-death.ts';
import { WorkerLink } from './worker-link.ts';
import { WorkerRecord } from './worker-record.ts';
import { parseWorkerStart } from './worker-start.ts';

/*
 * A worker process: one session's compiled functions and the data connections that call them. Started by the
 * supervisor with an IPC channel and the record file; ends with the supervisor.
 */
/** Above the limit that the supervisor watches, for what allocates faster than it looks. */
const memoryHeadroom = 256 * 2 ** 20;

const start = parseWorkerStart(process.argv[2]);
const link = new WorkerLink();
process.once('disconnect', () => process.exit(0));
// Ctrl-C in the terminal reaches the whole process group: the supervisor decides what ends when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

try {
  if (!dieWithParent(start.supervisorPid)) process.exit(0);
  const { cache, problem } = openCache(start.objectCacheFolder);
  const jit = Jit.create(openLlvm(), {
    callRecordPath: `/proc/self/fd/${start.recordFileDescriptor}`,
    ...(cache && { objectCache: cache }),
  });
  const { sessionMemoryByteLength } = start.limits;
  if (sessionMemoryByteLength !== undefined) limitMemory(sessionMemoryByteLength + memoryHeadroom);
  const { triple, dataLayout, cpu, features, llvmMajor } = jit.target;
  void link.send({ kind: 'ready', target: { triple, dataLayout, cpu, features, llvmMajor }, problem });
  // node-thrift takes as long to load as libLLVM does: the supervisor needn't wait for it. Until somebody listens,
  // node keeps the messages that come.
  const { Worker } = await import('./worker.ts');
  const worker = new Worker(jit, new WorkerRecord(start.recordFileDescriptor), start.limits, link);
  process.on('message', (message, socket) => worker.receive(message, socket));
} catch (error) {
  const failure = RemoteError.from(error, 'unsupported');
  await link.send({ kind: 'failed', code: failure.code, message: failure.detail });
  process.exit(1);
}

/** A worker serves without its cache, too: it only saves time. */
function openCache(directory: string | undefined): { cache?: ObjectCache; problem: string } {
  if (directory === undefined) return { problem: '' };
  try {
    return { cache: new ObjectCache({ directory }), problem: '' };
  } catch (error) {
    return { problem: `compiled code is not kept: ${RemoteError.from(error).detail}` };
  }
}
