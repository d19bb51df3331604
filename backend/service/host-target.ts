import { availableParallelism } from 'node:os';
import type { Jit } from '../llvm/jit.ts';

/** Bytes of C's types, by the names RBC's client looks up; the same on every 64-bit Linux. */
const typeSizes = {
  bool: 1,
  size_t: 8,
  ssize_t: 8,
  char: 1,
  uchar: 1,
  schar: 1,
  byte: 1,
  ubyte: 1,
  wchar: 4,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  long: 8,
  ulong: 8,
  longlong: 8,
  ulonglong: 8,
  float: 4,
  double: 8,
  longdouble: 16,
  voidptr: 8,
} as const;

/**
 * What RBC's `targets()` returns: one JSON text a device, with all that its client reads. It says no LLVM version:
 * RBC's client would hand the features of this server's LLVM to its own, older one, which doesn't know them all.
 */
export function hostTargets(target: Jit['target']): Record<string, string> {
  const info = {
    name: 'host_cpu',
    strict: false,
    info: {
      name: target.cpu,
      triple: target.triple,
      features: target.features,
      datalayout: target.dataLayout,
      bits: 64,
      threads: availableParallelism(),
      has_numba: false,
      has_cpython: false,
    },
    type_sizeof: typeSizes,
    libraries: ['m', 'stdio', 'stdlib'],
    externals: [],
  };
  return { cpu: JSON.stringify(info) };
}
