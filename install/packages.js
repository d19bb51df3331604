// @ts-check
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './programs.js';
import { root, seconds } from './step.js';

/**
 * What package-lock.json asks for.
 * @returns {import('./step.js').StepResult}
 */
export function installPackages() {
  const stampPath = join(root, 'node_modules', '.rjit-install.json');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = { lock, platform: `${process.platform}-${process.arch}` };
  const last = existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : undefined;
  if (last?.lock === stamp.lock && last.platform === stamp.platform) {
    return linkCommand()
      ? { changed: true, text: 'linked npx rjit' }
      : { changed: false, text: 'up to date' };
  }
  const startMs = Date.now();
  const samePlatform = last === undefined || last.platform === stamp.platform;
  const changed = !(samePlatform && fitsLockFile());
  if (changed) {
    process.stdout.write('packages   npm ci …\n');
    run('npm', ['ci', '--no-audit', '--no-fund'], 'npm ci failed; its messages above say why');
  }
  writeFileSync(stampPath, `${JSON.stringify(stamp, null, 2)}\n`);
  linkCommand();
  return { changed, text: changed ? `installed in ${seconds(startMs)}` : 'up to date' };
}

/** Whether node_modules, as npm recorded it, has what the lock file asks for: somebody ran npm before us. */
function fitsLockFile() {
  const recordPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recordPath)) return false;
  const installed = readLock(recordPath);
  const wanted = readLock(join(root, 'package-lock.json'));
  delete wanted[''];
  const fits = Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path];
    // Packages for other platforms are optional and absent.
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
  return fits && Object.keys(installed).every((path) => path in wanted);
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/**
 * Makes `npx rjit` work in the project: npm links the commands of dependencies, but not of the project itself.
 * @returns {boolean} whether the link was missing
 */
function linkCommand() {
  const target = join(root, 'bundle', 'kernel', 'cli.js');
  const folder = join(root, 'node_modules', '.bin');
  if (process.platform === 'win32') {
    const shim = join(folder, 'rjit.cmd');
    if (existsSync(shim)) return false;
    writeFileSync(shim, `@node "%~dp0\\..\\..\\bundle\\kernel\\cli.js" %*\r\n`);
    return true;
  }
  const link = join(folder, 'rjit');
  const content = relative(folder, target);
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === content)
    return false;
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(content, link);
  return true;
}
