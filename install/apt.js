// @ts-check
/** Packages of Debian and its relatives. */
import { spawnSync } from 'node:child_process';
import { commandExists } from './programs.js';
import { SetUpError } from './step.js';

/** @typedef {{ readonly name: string, readonly version: number }} VersionedPackage */

export function isDebianLike() {
  return commandExists('apt-get') && commandExists('apt-cache');
}

/** Whether packages can be installed without asking anybody. */
export function isRootOnDebian() {
  return isDebianLike() && process.getuid?.() === 0;
}

/** Images of containers often come without: apt then knows no more than what is installed. */
export function hasPackageLists() {
  const args = ['indextargets', '--format', '$(FILENAME)', 'Created-By: Packages'];
  return spawnSync('apt-get', args, { encoding: 'utf8' }).stdout?.trim() !== '';
}

export function aptUpdate() {
  apt(['update', '-q']);
}

/**
 * @param {string} label of the step that needs them
 * @param {readonly string[]} names of packages
 */
export function aptInstall(label, names) {
  process.stdout.write(`${label.padEnd(11)}apt-get install ${names.join(' ')} …\n`);
  apt(['install', '-y', '-q', '--no-install-recommends', ...names]);
}

/** @param {readonly string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', args, { encoding: 'utf8', env });
  if (status !== 0) throw new SetUpError(`apt-get ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** What apt offers of libLLVM 14 to 19, the newest first. Ubuntu adds `t64` to some names. */
export function offeredLibraries() {
  return offered('libllvm', /^libllvm(\d+)(t64)?$/);
}

/** What apt offers of clang 14 to 19, the newest first. */
export function offeredClangs() {
  return offered('clang-', /^clang-(\d+)$/);
}

/**
 * @param {string} prefix
 * @param {RegExp} pattern whose first group is the version
 * @returns {readonly VersionedPackage[]}
 */
function offered(prefix, pattern) {
  const { stdout } = spawnSync('apt-cache', ['pkgnames', prefix], { encoding: 'utf8' });
  const found = (stdout ?? '').split('\n').flatMap((name) => {
    const version = Number(pattern.exec(name)?.[1]);
    return version >= 14 && version <= 19 ? [{ name, version }] : [];
  });
  return found.sort((a, b) => b.version - a.version);
}

/**
 * @param {readonly VersionedPackage[]} packages
 * @returns {readonly VersionedPackage[]} those that are not installed
 */
export function notInstalled(packages) {
  const names = packages.map(({ name }) => name);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg's
  const format = '${db:Status-Status} ${Package}\n';
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat', format, ...names], {
    encoding: 'utf8',
  });
  const installed = new Set((stdout ?? '').split('\n'));
  return packages.filter(({ name }) => !installed.has(`installed ${name}`));
}
