// @ts-check
/** The backend's compiler. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { aptInstall, aptUpdate, isDebianLike, isRootOnDebian, offeredLibraries } from './apt.js';
import { commandExists } from './programs.js';
import { root, SetUpError } from './step.js';

/**
 * @param {boolean} clientOnly whether to go on without it
 * @returns {import('./step.js').StepResult}
 */
export function provideLibLLVM(clientOnly) {
  const found = smokeTest();
  if (found.ok) return { changed: false, text: found.text };
  if (clientOnly) return { changed: false, text: 'none; this machine can only use a remote backend' };
  if (!isRootOnDebian()) {
    throw new SetUpError(
      `${found.text}\nThe local backend needs libLLVM 14 to 19. Install it with\n\n    ${installCommand()}\n\n` +
        'and run this again, or add --client-only to go on without a local backend.',
    );
  }
  const installed = installNewest();
  const again = smokeTest();
  if (!again.ok) throw new SetUpError(`${installed} is installed, but it doesn't work:\n${again.text}`);
  return { changed: true, text: `${again.text} (installed ${installed})` };
}

/**
 * Compiles and calls an addition through libLLVM, in a process of its own.
 * @returns {{ readonly ok: boolean, readonly text: string }}
 */
function smokeTest() {
  const path = join(root, 'dist', 'backend', 'llvm', 'smoke-test.js');
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
  if (status !== 0)
    return { ok: false, text: stderr.trim() || stdout.trim() || `the smoke test ended by ${signal}` };
  const { version, libraryPath } = JSON.parse(stdout);
  return { ok: true, text: `${version} (${libraryPath})` };
}

/** @returns {string} the package that was installed */
function installNewest() {
  process.stdout.write('libLLVM    not found; apt-get update …\n');
  aptUpdate();
  const [newest] = offeredLibraries();
  if (newest === undefined) throw new SetUpError('apt offers no libllvm of version 14 to 19 on this system');
  aptInstall('libLLVM', [newest.name]);
  return newest.name;
}

/** The one command for this system. */
function installCommand() {
  if (process.platform === 'darwin') return 'brew install llvm';
  if (isDebianLike()) return `sudo apt-get install ${offeredLibraries()[0]?.name ?? 'libllvm19'}`;
  if (commandExists('dnf')) return 'sudo dnf install llvm-libs';
  return 'sudo apt-get install libllvm19    (Debian, Ubuntu; elsewhere the package that holds libLLVM.so)';
}
