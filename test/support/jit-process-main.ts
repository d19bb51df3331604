import { closeSync, openSync, readFileSync } from 'node:fs';
import koffi from 'koffi';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { readCallRecord } from '../../backend/llvm/call-record.ts';
import { Context, Module } from '../../backend/llvm/handles.ts';
import { type CallReply, Jit } from '../../backend/llvm/jit.ts';
import { openLlvm } from '../../backend/llvm/llvm.ts';
import { ObjectCache } from '../../backend/llvm/object-cache.ts';
import type { TargetDescription } from '../../backend/llvm/target.ts';
import type {
  CallAnswer,
  CallQuestion,
  JitAnswer,
  JitQuestion,
  MemoryGrowth,
  NamedFunction,
} from './jit-messages.ts';

/*
 * A Jit in a process of its own, for tests: arguments are the call record's path and, or '', the object cache's
 * directory. Answers each question of its parent in turn, and exits when the parent is gone.
 */
const [, , callRecordPath = '', cacheDirectory = ''] = process.argv;
const llvm = openLlvm();
const jit = Jit.create(llvm, {
  callRecordPath,
  ...(cacheDirectory === '' ? {} : { objectCache: new ObjectCache({ directory: cacheDirectory }) }),
});

const MALLINFO2 = koffi.struct({
  arena: 'size_t',
  ordblks: 'size_t',
  smblks: 'size_t',
  hblks: 'size_t',
  hblkhd: 'size_t',
  usmblks: 'size_t',
  fsmblks: 'size_t',
  uordblks: 'size_t',
  fordblks: 'size_t',
  keepcost: 'size_t',
});
const mallinfo2: () => { uordblks: number } = koffi.load('libc.so.6').func('mallinfo2', MALLINFO2, []);

const libc = koffi.load('libc.so.6');
const allocate: (byteLength: number) => bigint = libc.func('malloc', 'uint64', ['size_t']);
const release: (address: bigint) => void = libc.func('free', 'void', ['uint64']);
const copyIn: (to: bigint, from: Uint8Array, byteLength: number) => void = libc.func('memcpy', 'void', [
  'uint64',
  'void *',
  'size_t',
]);
const copyOut: (to: Uint8Array, from: bigint, byteLength: number) => void = libc.func('memcpy', 'void', [
  'void *',
  'uint64',
  'size_t',
]);

process.on('message', (question: JitQuestion) => process.send?.(answer(question)));
process.on('disconnect', () => process.exit());
process.send?.({ value: llvm.version } satisfies JitAnswer);

function answer(question: JitQuestion): JitAnswer {
  try {
    return { value: resultOf(question) };
  } catch (error) {
    if (error instanceof RemoteError) return { fault: error.toFault() };
    throw error;
  }
}

function resultOf(question: JitQuestion): unknown {
  switch (question.kind) {
    case 'compile':
      return jit.compile({ ...question, functions: specs(question.functions) });
    case 'call':
      return replyBytes(jit.call(question.handle, question.args));
    case 'map':
      return jit.map(question.handle, question.length, question.columns);
    case 'calls':
      return question.calls.map(callOver);
    case 'verify':
      return verify(question.ir);
    case 'emit':
      return jit.emit(question.handle, question.form);
    case 'drop':
      return jit.drop(question.handles);
    case 'target':
      return jit.target;
    case 'retarget':
      return retarget(question.features);
    case 'crash':
      return memoryGrowth(question.count, () => {
        try {
          jit.call(question.handle, question.args);
        } catch (error) {
          if (error instanceof RemoteError && error.code === 'jit-crash') return;
          throw error;
        }
        throw new Error('the call returned');
      });
    case 'recompile':
      return memoryGrowth(question.count, (index) => {
        const ir = `; version ${index}\n${question.ir}`;
        jit.drop(
          jit.compile({ ir, functions: specs(question.functions) }).functions.map(({ handle }) => handle),
        );
      });
    case 'endure':
      return cancelledCalls(question.handle, question.args, question.count);
    case 'fault':
      return koffi.decode(8n, 'int64');
  }
}

function replyBytes({ result, memory }: CallReply): Uint8Array {
  return Buffer.concat([result, memory]);
}

function callOver({ handle, args, memory }: CallQuestion): CallAnswer {
  const view = new DataView(args.buffer, args.byteOffset, args.byteLength);
  const placed = memory.map(({ offset, bytes }) => {
    const address = BigInt(allocate(bytes.byteLength + 1));
    copyIn(address, bytes, bytes.byteLength);
    view.setBigUint64(offset, address, true);
    return { address, bytes: new Uint8Array(bytes.byteLength) };
  });
  const outcome = outcomeOf(() => jit.call(handle, args).result);
  for (const { address, bytes } of placed) {
    copyOut(bytes, address, bytes.byteLength);
    release(address);
  }
  return { ...outcome, memory: placed.map(({ bytes }) => bytes) };
}

function outcomeOf(
  call: () => Uint8Array,
): { result: Uint8Array } | { fault: ReturnType<RemoteError['toFault']> } {
  try {
    return { result: call() };
  } catch (error) {
    if (error instanceof RemoteError) return { fault: error.toFault() };
    throw error;
  }
}

function verify(ir: string): void {
  const context = new Context(llvm.api);
  try {
    const module = Module.parse(llvm.api, context, ir, '<ir>');
    try {
      module.verify();
    } finally {
      module.dispose();
    }
  } finally {
    context.dispose();
  }
}

function retarget(features: string): TargetDescription {
  const other = Jit.create(llvm, { features });
  try {
    const { handle = 0 } =
      other.compile({ ir: ONE, functions: specs([{ symbol: 'one', signature: 'int64(void)' }]) })
        .functions[0] ?? {};
    if (other.call(handle, new Uint8Array(0)).result[0] !== 1)
      throw new Error('the function does not answer 1');
    return other.target;
  } finally {
    other.dispose();
  }
}

const ONE = 'define i64 @one() {\n  ret i64 1\n}\n';

function cancelledCalls(handle: number, args: Uint8Array, count: number): readonly number[] {
  const fileDescriptor = openSync(callRecordPath, 'r');
  const cancelled: number[] = [];
  for (let index = 0; index < count; index += 1) {
    try {
      jit.call(handle, args);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'cancelled') throw error;
      cancelled.push(readCallRecord(fileDescriptor)?.sequence ?? 0);
    }
  }
  closeSync(fileDescriptor);
  return cancelled;
}

function specs(functions: readonly NamedFunction[]) {
  return functions.map(({ symbol, signature }) => ({
    name: symbol,
    symbol,
    signature: parseSignature(signature),
  }));
}

/** What the process grew by over the second half, when everything that is kept once is there. */
function memoryGrowth(count: number, action: (index: number) => void): MemoryGrowth {
  for (let index = 0; index < count / 2; index += 1) action(index);
  const before = nativeMemory();
  for (let index = Math.ceil(count / 2); index < count; index += 1) action(index);
  const after = nativeMemory();
  return {
    allocatedBytes: after.allocatedBytes - before.allocatedBytes,
    mappings: after.mappings - before.mappings,
  };
}

/** malloc's bytes in use and the mappings (of code, mostly): unlike the resident size, free of V8's own ups and downs. */
function nativeMemory(): MemoryGrowth {
  return {
    allocatedBytes: Number(mallinfo2().uordblks),
    mappings: readFileSync('/proc/self/maps', 'latin1').split('\n').length,
  };
}
