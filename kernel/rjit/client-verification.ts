import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { VerifyExit } from './verify-exit.ts';

const REFUSED = 'llvm-bindings (LLVM 14) refuses the module';

/**
 * Checks a module's text with the optional package llvm-bindings, in a process of its own (about 0.15 s), so it is done
 * only when asked for; the server verifies every module in any case, and says more.
 *
 * @throws RemoteError `unsupported` without llvm-bindings, `ir-parse` or `ir-verify` for a module that LLVM refuses
 */
export function verifyOnClient(ir: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-verify-'));
  try {
    // The package parses files only.
    const file = join(folder, 'module.ll');
    writeFileSync(file, ir);
    const verifier = fileURLToPath(new URL('./verify-module.js', import.meta.url));
    const { status, signal, stderr } = spawnSync(process.execPath, [verifier, file], { encoding: 'utf8' });
    switch (status) {
      case VerifyExit.sound:
        return;
      case VerifyExit.broken:
        throw new RemoteError('ir-verify', `${REFUSED}: it is not well-formed`);
      case VerifyExit.notInstalled:
        throw new RemoteError(
          'unsupported',
          `--verify needs the package llvm-bindings, which could not be loaded (${firstLine(stderr)}); install it with ` +
            'LLVM 14 (docs/DEPENDENCIES.md says what it needs), or leave --verify out',
        );
      default:
        throw new RemoteError('ir-parse', `${REFUSED}: it can't be parsed (${signal ?? `status ${status}`})`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] || 'no reason given';
}
