import { memoryStart, writeReturnedByteLength } from '../../backend/contract/call-memory.ts';
import { PackedSignature } from '../../backend/contract/packed.ts';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import type { Jit } from '../../backend/llvm/jit.ts';
import { GatheredMemory } from '../../kernel/rjit/gathered-memory.ts';
import type { CodegenKernel } from './codegen-kernel.ts';
import { compileProgram } from './compile-program.ts';

/**
 * A kernel's machine code in this process, as a server makes it: what is measured is the code, not the journey of its
 * arrays.
 */
export function jitKernel(jit: Jit, kernel: CodegenKernel) {
  const { name, python, signature, argument, arrayLengths, errorModel = 'language' } = kernel;
  const program = {
    name,
    source: python,
    language: 'python',
    signatures: [kernelSignature(signature)],
    options: { errorModel },
  } as const;
  const { ir, functions, raises } = compileProgram(program);
  const report = jit.compile({ ir, functions, options: { raises: JSON.stringify(raises) } });
  const handle = report.functions[0]?.handle ?? 0;
  const packed = new PackedSignature(parseSignature(signature));
  const bytes = packedCall(packed, [argument, ...arrayLengths.map((length) => new Float64Array(length))]);
  return (): number => Number(packed.unpackResult(jit.call(handle, bytes).result));
}

/** Of `kernel` alone: the other functions of its cell are private. */
export function kernelSignature(signature: string): string {
  return signature.replace('(', ' kernel(');
}

function packedCall(packed: PackedSignature, args: readonly unknown[]): Uint8Array {
  const memory = new GatheredMemory(args);
  if (memory.isEmpty) return packed.packArguments(args);
  memory.layOut(args.map(() => false));
  const start = memoryStart(packed.layout.argumentsByteLength);
  const bytes = new Uint8Array(start + memory.byteLength);
  const view = new DataView(bytes.buffer);
  packed.write(view, 0, memory.args);
  writeReturnedByteLength(view, start, 0);
  return bytes;
}
