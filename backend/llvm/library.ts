import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryHandle } from 'koffi';
import { RemoteError } from '../contract/remote-error.ts';
import { loadNativeLibrary } from './native-library.ts';

/** Preferred first: 19 compiles loops fastest and reads every older form of IR that rjit sends. */
export const SUPPORTED_MAJORS = [19, 18, 17, 16, 15, 14] as const;

export interface LoadedLibrary {
  /** As it was given to dlopen: a path or a bare soname. */
  readonly path: string;
  readonly handle: LibraryHandle;
}

/**
 * Finds and loads libLLVM: `RJIT_LLVM` alone when it is set (a file, or a folder that holds the library), else the
 * dynamic linker's own search by soname, then the folders where distributions and Homebrew put it.
 *
 * @throws RemoteError `unsupported`, listing what was tried and how to install the library.
 */
export function findLibrary(environment: NodeJS.ProcessEnv = process.env): LoadedLibrary {
  const failures: string[] = [];
  const override = environment.RJIT_LLVM;
  const candidates = override ? overrideCandidates(override) : defaultCandidates();
  for (const path of candidates) {
    try {
      return { path, handle: loadNativeLibrary(path) };
    } catch (error) {
      failures.push(`${path}: ${loadFailure(error)}`);
    }
  }
  throw new RemoteError('unsupported', notFoundText(override, failures));
}

/** File names of the library for one major version, as Debian, Fedora and upstream's own packages name it. */
export function libraryNames(major: number): readonly string[] {
  if (process.platform === 'darwin') return ['libLLVM.dylib'];
  const unversioned = major >= 18 ? [`libLLVM.so.${major}.1`] : [];
  return [...unversioned, `libLLVM-${major}.so.1`, `libLLVM-${major}.so`];
}

function overrideCandidates(override: string): readonly string[] {
  const inFolder = librariesIn(override);
  return inFolder.length > 0 ? inFolder : [override];
}

function defaultCandidates(): readonly string[] {
  const sonames =
    process.platform === 'darwin' ? [] : SUPPORTED_MAJORS.flatMap((major) => libraryNames(major));
  return [...sonames, ...folders().flatMap(librariesIn)];
}

/** Newest supported version first. */
function folders(): readonly string[] {
  const perVersion = SUPPORTED_MAJORS.flatMap((major) => [
    `/usr/lib/llvm-${major}/lib`,
    `/usr/lib64/llvm${major}/lib`,
    `/usr/lib/llvm${major}/lib`,
    `/opt/homebrew/opt/llvm@${major}/lib`,
    `/usr/local/opt/llvm@${major}/lib`,
    `/home/linuxbrew/.linuxbrew/opt/llvm@${major}/lib`,
  ]);
  return [
    ...perVersion,
    '/usr/lib64',
    '/opt/homebrew/opt/llvm/lib',
    '/usr/local/opt/llvm/lib',
    '/home/linuxbrew/.linuxbrew/opt/llvm/lib',
  ];
}

function librariesIn(folder: string): readonly string[] {
  let entries: readonly string[];
  try {
    entries = readdirSync(folder);
  } catch {
    return []; // Not a folder here: most of the list does not exist on any one system.
  }
  const present = new Set(entries);
  const names = SUPPORTED_MAJORS.flatMap((major) => libraryNames(major));
  return [...new Set(names)].filter((name) => present.has(name)).map((name) => join(folder, name));
}

function loadFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Failed to load shared library: /, '');
}

function notFoundText(override: string | undefined, failures: readonly string[]): string {
  const tried =
    failures.length === 0 ? '' : `\n  tried:\n${failures.map((line) => `    ${line}`).join('\n')}`;
  if (override) {
    return (
      `RJIT_LLVM is '${override}', which is not a loadable libLLVM (14 to 19) nor a folder with one; ` +
      `correct it, or unset it to let rjit search${tried}`
    );
  }
  return (
    'no libLLVM (14 to 19) found; install one: Debian or Ubuntu: sudo apt install libllvm19 (or the newest ' +
    'libllvm of 14 or later); Fedora: sudo dnf install llvm-libs; Homebrew: brew install llvm@19; ' +
    `or set RJIT_LLVM to the library's path${tried}`
  );
}
