import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const STDOUT = 1;
const STDERR = 2;

/**
 * Writes out what the cell has printed before something else writes to the same pipe while this thread waits: a child
 * process with the session's own streams, or a raw write.
 */
export function flushBeforeSyncOutput(flush: () => void): void {
  for (const name of ['execSync', 'execFileSync', 'spawnSync'] as const) {
    Reflect.set(childProcess, name, before(childProcess[name], flush));
  }
  fs.writeSync = before(fs.writeSync, (fileDescriptor: unknown) => {
    if (fileDescriptor === STDOUT || fileDescriptor === STDERR) flush();
  });
  // For those who import the functions by name.
  syncBuiltinESMExports();
}

function before<F extends (...args: never[]) => unknown>(original: F, action: (first: unknown) => void): F {
  return new Proxy(original, {
    apply: (target, self, args: unknown[]) => {
      action(args[0]);
      return Reflect.apply(target, self, args);
    },
  });
}
