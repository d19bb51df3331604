import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Clang {
  readonly command: string;
  /** Of LLVM; Apple counts its own versions. */
  readonly major: number;
  /** The first line of `clang --version`. */
  readonly version: string;
}

/** Versions under which Linux distributions install clang beside each other, the newest first. */
const VERSIONED = [22, 21, 20, 19, 18, 17, 16, 15, 14].map((major) => `clang-${major}`);
const VERSION_TIMEOUT_MS = 10_000;

/**
 * Finds the clangs of this machine: the one that `RJIT_CLANG` names, alone; else `clang` and `clang-14` … on the path.
 */
export function findClangs(environment: NodeJS.ProcessEnv = process.env): readonly Clang[] {
  const { RJIT_CLANG: wanted, PATH: path = '' } = environment;
  if (wanted !== undefined && wanted !== '') return identify(wanted);
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const commands = ['clang', ...VERSIONED].flatMap((name) => findCommand(name, folders) ?? []);
  return commands.flatMap(identify);
}

/**
 * The clang whose IR a server with LLVM `serverMajor` reads best: of the same version, else the next older, else the
 * next newer one.
 */
export function chooseClang(clangs: readonly Clang[], serverMajor: number): Clang | undefined {
  const distance = ({ major }: Clang) =>
    major <= serverMajor ? serverMajor - major : 100 + major - serverMajor;
  return clangs.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** How to get one on this system. */
export function clangInstallHint(): string {
  if (process.platform === 'darwin') return 'xcode-select --install';
  if (process.platform === 'win32') return 'winget install LLVM.LLVM';
  return 'Debian and Ubuntu: apt-get install clang; Fedora: dnf install clang';
}

function findCommand(name: string, folders: readonly string[]): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Empty for a command that doesn't say that it is clang. */
function identify(command: string): readonly Clang[] {
  const { status, stdout } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    timeout: VERSION_TIMEOUT_MS,
  });
  const [version = ''] = (stdout ?? '').split('\n');
  const [, vendor = '', number] = /^(.*?)clang version (\d+)/.exec(version) ?? [];
  if (status !== 0 || number === undefined) return [];
  return [
    { command, version, major: vendor.startsWith('Apple') ? appleMajor(Number(number)) : Number(number) },
  ];
}

/** Apple's clang 14 is built from LLVM 15, its 15 from 16 and 17, its 16 from 17 and 19: the lower is the safe guess. */
function appleMajor(version: number): number {
  return version + 1;
}
