import koffi from 'koffi';
import { RemoteError } from '../contract/remote-error.ts';
import { loadNativeLibrary } from './native-library.ts';

/** Memory outside V8's heap: its address never moves. */
export interface NativeMemory {
  readonly address: number;
  readonly buffer: ArrayBuffer;
}

export type Posix = ReturnType<typeof bindPosix>;

const REF = 'uintptr_t';
const PROT_READ_WRITE = 0x3;
const MAP_SHARED = 0x1;
const MAP_PRIVATE = 0x2;
const MAP_ANONYMOUS = 0x20;
const MAP_FAILED = 2 ** 64;

let bound: Posix | undefined;

/**
 * The C library's functions that the guard and its memory need.
 *
 * @throws RemoteError `unsupported` where the C library isn't a Linux one
 */
export function openPosix(): Posix {
  bound ??= bindPosix();
  return bound;
}

function bindPosix() {
  if (process.platform !== 'linux') {
    throw new RemoteError(
      'unsupported',
      `compiled functions run on Linux only, and this is ${process.platform}; connect to a server that runs Linux`,
    );
  }
  const libc = loadNativeLibrary('libc.so.6');
  return {
    mmap: libc.func('mmap', REF, [REF, 'size_t', 'int', 'int', 'int', 'int64_t']) as (
      hint: number,
      byteLength: number,
      protection: number,
      flags: number,
      fileDescriptor: number,
      offset: number,
    ) => number | bigint,
    munmap: libc.func('munmap', 'int', [REF, 'size_t']) as (address: number, byteLength: number) => number,
    sigaction: libc.func('sigaction', 'int', ['int', 'void *', 'void *']) as (
      signal: number,
      action: Uint8Array,
      previous: Uint8Array | null,
    ) => number,
    sigaltstack: libc.func('sigaltstack', 'int', ['void *', 'void *']) as (
      stack: Uint8Array | null,
      previous: Uint8Array | null,
    ) => number,
    threadId: libc.func('gettid', 'int', []) as () => number,
  };
}

/** Zeroed pages of this process alone. */
export function mapPrivate(byteLength: number): NativeMemory {
  return map(byteLength, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/** The first `byteLength` bytes of a file, shared with whoever else reads or maps it. */
export function mapFile(fileDescriptor: number, byteLength: number): NativeMemory {
  return map(byteLength, MAP_SHARED, fileDescriptor);
}

/** No view of the memory may be used afterwards. */
export function unmap(memory: NativeMemory): void {
  openPosix().munmap(memory.address, memory.buffer.byteLength);
}

function map(byteLength: number, flags: number, fileDescriptor: number): NativeMemory {
  const address = Number(openPosix().mmap(0, byteLength, PROT_READ_WRITE, flags, fileDescriptor, 0));
  if (address >= MAP_FAILED - 4096) {
    throw new Error(`mmap of ${byteLength} bytes failed with errno ${koffi.errno()}`);
  }
  return { address, buffer: koffi.view(BigInt(address), byteLength) };
}
