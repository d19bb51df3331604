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

/** What an x86 needs to run code for Intel's Haswell. */
const haswellFeatures = ['+avx2', '+bmi', '+bmi2', '+fma', '+f16c', '+lzcnt', '+movbe'];

/**
 * A processor that every LLVM of the last ten years knows and this machine runs code for. RBC's client optimises for
 * what it is told here with its own LLVM, as old as 11, which ends the whole Python process when it doesn't know the
 * name. This server optimises again, for what it really has.
 */
function widelyKnownCpu({ triple, features }: Jit['target']): string {
  if (!triple.startsWith('x86_64')) return 'generic';
  const has = new Set(features.split(','));
  return haswellFeatures.every((feature) => has.has(feature)) ? 'haswell' : 'x86-64';
}

/**
 * What RBC's `targets()` returns: one JSON text a device, with all that its client reads. It says no LLVM version and
 * no features: RBC's client would hand them to its own, older LLVM, which doesn't know them all.
 */
export function hostTargets(target: Jit['target']): Record<string, string> {
  const info = {
    name: 'host_cpu',
    strict: false,
    info: {
      name: widelyKnownCpu(target),
      triple: target.triple,
      features: '',
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
