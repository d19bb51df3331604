import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { packArguments, unpackResult } from '../contract/packed.ts';
import { parseSignature } from '../contract/parse-type.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { Jit } from './jit.ts';
import { openLlvm } from './llvm.ts';

export interface SmokeTestResult {
  readonly libraryPath: string;
  /** "19.1.7" */
  readonly version: string;
  readonly cpu: string;
  /** 1 + 3, added by machine code made on the spot. */
  readonly addition: number;
}

const ADDITION = `
define i64 @add(i64 %a, i64 %b) nounwind {
  %sum = add i64 %a, %b
  ret i64 %sum
}
`;

/**
 * Shows that compiled functions run here: finds libLLVM, compiles an addition and calls it. Takes over this process's
 * signals, so run it in a process of its own: `node dist/backend/llvm/smoke-test.js`.
 *
 * @throws RemoteError saying what is missing and how to get it
 */
export function smokeTest(): SmokeTestResult {
  const llvm = openLlvm();
  const jit = Jit.create(llvm);
  try {
    const signature = parseSignature('int64(int64, int64)');
    const { functions } = jit.compile({
      ir: ADDITION,
      functions: [{ name: 'add', symbol: 'add', signature }],
    });
    const handle = functions[0]?.handle ?? 0;
    const sum = unpackResult(signature, jit.call(handle, packArguments(signature, [1, 3])).result);
    if (sum !== 4) {
      throw new RemoteError('compile-failed', `1 + 3 is ${sum} by ${llvm.libraryPath}; try another libLLVM`);
    }
    return { libraryPath: llvm.libraryPath, version: llvm.version, cpu: jit.target.cpu, addition: sum };
  } finally {
    jit.dispose();
  }
}

function main(): void {
  try {
    stdout.write(`${JSON.stringify(smokeTest())}\n`);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) main();
