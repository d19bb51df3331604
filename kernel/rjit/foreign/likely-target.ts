import type { ForeignTarget } from './foreign-module.ts';

/** What to compile for while no server says it: servers are 64-bit Linux, mostly of the client's own architecture. */
export function likelyTarget(): ForeignTarget {
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return { triple: `${architecture}-unknown-linux-gnu`, llvmMajor: 19 };
}
