import koffi from 'koffi';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { Jit } from '../../backend/llvm/jit.ts';
import { openLlvm } from '../../backend/llvm/llvm.ts';
import type { JitAnswer, JitQuestion, NamedFunction } from './jit-messages.ts';

/*
 * A Jit in a process of its own, for tests: arguments are the call record's path and, or '', the object cache's
 * directory. Answers each question of its parent in turn, and exits when the parent is gone.
 */
const [, , callRecordPath = '', cacheDirectory = ''] = process.argv;
const llvm = openLlvm();
const jit = Jit.create(llvm, {
  callRecordPath,
  ...(cacheDirectory === '' ? {} : { objectCache: { directory: cacheDirectory } }),
});

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
      return jit.call(question.handle, question.args);
    case 'map':
      return jit.map(question.handle, question.length, question.columns);
    case 'emit':
      return jit.emit(question.handle, question.form);
    case 'drop':
      return jit.drop(question.handles);
    case 'target':
      return jit.target;
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
    case 'fault':
      return koffi.decode(8n, 'int64');
  }
}

function specs(functions: readonly NamedFunction[]) {
  return functions.map(({ symbol, signature }) => ({
    name: symbol,
    symbol,
    signature: parseSignature(signature),
  }));
}

/** Bytes that the process grew by over the second half, when everything that is kept once is there. */
function memoryGrowth(count: number, action: (index: number) => void): number {
  for (let index = 0; index < count / 2; index += 1) action(index);
  const before = process.memoryUsage().rss;
  for (let index = Math.ceil(count / 2); index < count; index += 1) action(index);
  return process.memoryUsage().rss - before;
}
