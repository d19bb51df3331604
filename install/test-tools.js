// @ts-check
/** What only tests use: each libLLVM that the backend works with, and a clang. */
import {
  aptInstall,
  aptUpdate,
  hasPackageLists,
  isDebianLike,
  isRootOnDebian,
  notInstalled,
  offeredClangs,
  offeredLibraries,
} from './apt.js';
import { SetUpError } from './step.js';

/** @returns {Promise<import('./step.js').StepResult>} */
export async function provideCompilers() {
  let missing = await missingPackages();
  if (isRootOnDebian() && (missing.length > 0 || !hasPackageLists())) {
    aptUpdate();
    missing = await missingPackages();
    if (missing.length > 0) aptInstall('compilers', missing);
  } else if (missing.length > 0) {
    throw new SetUpError(problem(`sudo apt-get install ${missing.join(' ')}`));
  }
  const clang = await findClang();
  if (clang === undefined) throw new SetUpError(problem(clangCommand()));
  const installed = missing.length > 0 ? ` (installed ${missing.join(', ')})` : '';
  return { changed: missing.length > 0, text: `${clang.version}${installed}` };
}

/** @returns {Promise<readonly string[]>} what apt offers and nobody has installed */
async function missingPackages() {
  if (!isDebianLike()) return [];
  const clangs = (await findClang()) === undefined ? offeredClangs().slice(0, 1) : [];
  return [...notInstalled(offeredLibraries()), ...clangs].map(({ name }) => name);
}

async function findClang() {
  const { findClangs } = await import('../dist/kernel/rjit/foreign/find-clang.js');
  const [clang] = findClangs();
  return clang;
}

function clangCommand() {
  return process.platform === 'darwin' ? 'xcode-select --install' : 'sudo apt-get install clang';
}

/** @param {string} command */
function problem(command) {
  return (
    `tests use a clang and each libLLVM from 14 to 19; not all are here. Install them with\n\n    ${command}\n\n` +
    'or say where a clang is in the variable RJIT_CLANG. Tests of what is missing are left out.'
  );
}
