import koffi from 'koffi';

const RLIMIT_DATA = 2;

/**
 * Bounds the memory this process can allocate: beyond it malloc and mmap fail. Can't be undone. What V8 reserves
 * without using it doesn't count.
 */
export function limitMemory(byteLength: number): void {
  const libc = koffi.load('libc.so.6');
  const setrlimit = libc.func('setrlimit', 'int', ['int', 'void *']) as (
    resource: number,
    limit: Uint8Array,
  ) => number;
  const limit = Buffer.alloc(16);
  limit.writeBigUInt64LE(BigInt(byteLength), 0);
  limit.writeBigUInt64LE(BigInt(byteLength), 8);
  if (setrlimit(RLIMIT_DATA, limit) !== 0) {
    throw new Error(`setrlimit(RLIMIT_DATA, ${byteLength}) failed with errno ${koffi.errno()}`);
  }
}
