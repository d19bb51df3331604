import type { Guard } from './guard.ts';
import type { Lljit } from './lljit.ts';
import type { ModuleCompiler } from './module-compiler.ts';
import { mapPrivate, unmap } from './posix.ts';

const PROBE_SYMBOL = 'rjit_target_probe';
const MEMORY_BYTE_LENGTH = 4096;
const RESULT_OFFSET = 1024;

/**
 * Arithmetic on wide vectors, a fused multiply-add and bit counting: each takes another extension of the instruction
 * set where the target has it.
 */
const PROBE = `
declare <8 x double> @llvm.fma.v8f64(<8 x double>, <8 x double>, <8 x double>)
declare <8 x i64> @llvm.ctpop.v8i64(<8 x i64>)
declare i64 @llvm.cttz.i64(i64, i1)

define void @${PROBE_SYMBOL}(i8* %args, i8* %ret) nounwind {
  %xp = bitcast i8* %args to <8 x double>*
  %x = load <8 x double>, <8 x double>* %xp, align 8
  %y = call <8 x double> @llvm.fma.v8f64(<8 x double> %x, <8 x double> %x, <8 x double> %x)
  %rp = bitcast i8* %ret to <8 x double>*
  store <8 x double> %y, <8 x double>* %rp, align 8
  %np = getelementptr i8, i8* %args, i64 64
  %vp = bitcast i8* %np to <8 x i64>*
  %n = load <8 x i64>, <8 x i64>* %vp, align 8
  %counted = call <8 x i64> @llvm.ctpop.v8i64(<8 x i64> %n)
  %first = extractelement <8 x i64> %n, i32 0
  %zeros = call i64 @llvm.cttz.i64(i64 %first, i1 false)
  %all = insertelement <8 x i64> %counted, i64 %zeros, i32 7
  %mp = getelementptr i8, i8* %ret, i64 64
  %sp = bitcast i8* %mp to <8 x i64>*
  store <8 x i64> %all, <8 x i64>* %sp, align 8
  ret void
}
`;

/**
 * Runs code made for the target. It also warms LLVM up: the first compilation of a process takes twice the time.
 *
 * @returns the guard's outcome: SIGILL's number where the processor lacks an instruction
 */
export function probeTarget(compiler: ModuleCompiler, lljit: Lljit, guard: Guard): number {
  const { object } = compiler.compile({
    ir: '',
    functions: [],
    entryText: PROBE,
    entryNames: new Set([PROBE_SYMBOL]),
  });
  const code = lljit.link(object);
  const memory = mapPrivate(MEMORY_BYTE_LENGTH);
  const outcome = guard.call(code.addressOf(PROBE_SYMBOL), memory.address, memory.address + RESULT_OFFSET);
  unmap(memory);
  code.remove();
  return outcome;
}
