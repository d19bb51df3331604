#!/usr/bin/env node
// @ts-check
/**
 * Sets the project up: packages, build, libLLVM, kernelspec. Every step looks first and acts only where something is
 * missing, so that running it again is quick. Plain JavaScript without dependencies: it runs before anything is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(fileURLToPath(import.meta.url));
const oldestNode = [20, 11];

const usage = `usage: node install.js [OPTION ...]

  --client-only   go on without libLLVM: cells then need a remote backend (%rjit connect)
  --demo          run notebooks/rbc-demo.ipynb afterwards and save what it gives
  --quiet         say nothing when nothing had to be done
  --test-tools    also install what only tests and benchmarks use: clang
  --python-tools  also make .venv, with the Python packages that only tests and benchmarks use
`;

/** Of the Python package index, in .venv: what results and times are compared with. */
const pythonTools = ['deno', 'ipykernel', 'jupyter_kernel_test', 'nbclient', 'nbval', 'numba'];

/** Thrown when the user has to do something; the message says what. */
class SetUpError extends Error {}

/** @typedef {ReturnType<typeof readOptions>} Options */

async function main() {
  const options = readOptions();
  checkNode();
  step(options, 'packages', installPackages());
  step(options, 'build', build());
  step(options, 'libLLVM', provideLibLLVM(options));
  step(options, 'kernelspec', await registerKernelspec());
  if (options.testTools) step(options, 'clang', await provideClang());
  if (options.pythonTools) step(options, 'Python', providePythonTools());
  if (options.demo) runDemo();
}

function readOptions() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const { values } = parseArgs({
    options: {
      'client-only': flag,
      demo: flag,
      quiet: flag,
      'test-tools': flag,
      'python-tools': flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return {
    clientOnly: values['client-only'],
    demo: values.demo,
    quiet: values.quiet,
    testTools: values['test-tools'],
    pythonTools: values['python-tools'],
  };
}

/**
 * @typedef {{ readonly changed: boolean, readonly text: string }} StepResult
 * @param {Options} options
 * @param {string} name
 * @param {StepResult} result
 */
function step(options, name, result) {
  if (result.changed || !options.quiet) process.stdout.write(`${name.padEnd(11)}${result.text}\n`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetUpError(
    `this is Node ${process.versions.node}, rjit needs ${oldestNode.join('.')} or later: https://nodejs.org/en/download`,
  );
}

// ---- packages

/** @returns {StepResult} */
function installPackages() {
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
  const target = join(root, 'dist', 'kernel', 'cli.js');
  const folder = join(root, 'node_modules', '.bin');
  if (process.platform === 'win32') {
    const shim = join(folder, 'rjit.cmd');
    if (existsSync(shim)) return false;
    writeFileSync(shim, `@node "%~dp0\\..\\..\\dist\\kernel\\cli.js" %*\r\n`);
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

// ---- build

/** @returns {StepResult} */
function build() {
  const startMs = Date.now();
  const removed = removeStaleOutput('');
  const newestBefore = newestBuildMs();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc, '-b'], 'the build failed; the compiler’s messages above say where');
  const command = join(root, 'dist', 'kernel', 'cli.js');
  if (process.platform !== 'win32') chmodSync(command, 0o755);
  const changed = removed > 0 || newestBuildMs() > newestBefore;
  return { changed, text: changed ? `built in ${seconds(startMs)}` : 'up to date' };
}

/**
 * Removes what the compiler made of sources that are gone: it never does, and old tests would run for ever.
 * @param {string} folder relative to dist/
 * @returns {number} how many files were removed
 */
function removeStaleOutput(folder) {
  const output = join(root, 'dist', folder);
  if (!existsSync(output)) return 0;
  let removed = 0;
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removed += removeStaleOutput(path);
    } else {
      const source = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
      if (source === undefined || existsSync(join(root, `${source}.ts`))) continue;
      rmSync(join(root, 'dist', path));
      removed += 1;
    }
  }
  if (removed > 0 && readdirSync(output).length === 0) rmSync(output, { recursive: true });
  return removed;
}

/** When the compiler last wrote anything: it touches a project's build info whenever it builds the project. */
function newestBuildMs() {
  const output = join(root, 'dist');
  if (!existsSync(output)) return 0;
  const infos = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.tsbuildinfo'),
  );
  return Math.max(0, ...infos.map((path) => lstatSync(join(output, path)).mtimeMs));
}

// ---- libLLVM

/**
 * @param {Options} options
 * @returns {StepResult}
 */
function provideLibLLVM(options) {
  const found = smokeTest();
  if (found.ok) return { changed: false, text: found.text };
  if (options.clientOnly) return { changed: false, text: 'none; this machine can only use a remote backend' };
  if (!isDebianLike() || process.getuid?.() !== 0) {
    throw new SetUpError(
      `${found.text}\nThe local backend needs libLLVM 14 to 19. Install it with\n\n    ${installCommand()}\n\n` +
        'and run this again, or add --client-only to go on without a local backend.',
    );
  }
  const installed = installDebianPackage();
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

function isDebianLike() {
  return commandExists('apt-get') && commandExists('apt-cache');
}

/** @returns {string} the package that was installed */
function installDebianPackage() {
  process.stdout.write('libLLVM    not found; apt-get update …\n');
  apt(['update', '-q']);
  const name = newestDebianPackage();
  if (name === undefined) throw new SetUpError('apt offers no libllvm of version 14 to 19 on this system');
  aptInstall('libLLVM', name);
  return name;
}

/**
 * @param {string} label
 * @param {string} name of a package
 */
function aptInstall(label, name) {
  process.stdout.write(`${label.padEnd(11)}apt-get install ${name} …\n`);
  apt(['install', '-y', '-q', '--no-install-recommends', name]);
}

/** @param {readonly string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', args, { encoding: 'utf8', env });
  if (status !== 0) throw new SetUpError(`apt-get ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** The newest version that the backend supports. Ubuntu adds `t64` to some names. */
function newestDebianPackage() {
  return packagesNamed('libllvm', /^libllvm(\d+)(t64)?$/)[0]?.name;
}

/**
 * What apt offers of LLVM 14 to 19, the newest first.
 * @param {string} prefix
 * @param {RegExp} pattern whose first group is the version
 */
function packagesNamed(prefix, pattern) {
  const { stdout } = spawnSync('apt-cache', ['pkgnames', prefix], { encoding: 'utf8' });
  const offered = (stdout ?? '').split('\n').flatMap((name) => {
    const version = Number(pattern.exec(name)?.[1]);
    return version >= 14 && version <= 19 ? [{ name, version }] : [];
  });
  return offered.sort((a, b) => b.version - a.version);
}

/** The one command for this system. */
function installCommand() {
  if (process.platform === 'darwin') return 'brew install llvm';
  if (isDebianLike()) return `sudo apt-get install ${newestDebianPackage() ?? 'libllvm19'}`;
  if (commandExists('dnf')) return 'sudo dnf install llvm-libs';
  return 'sudo apt-get install libllvm19    (Debian, Ubuntu; elsewhere the package that holds libLLVM.so)';
}

/** @param {string} name */
function commandExists(name) {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, name)));
}

// ---- tools of tests and benchmarks

/** @returns {Promise<StepResult>} */
async function provideClang() {
  const { findClangs } = await import('./dist/kernel/rjit/foreign/find-clang.js');
  const [found] = findClangs();
  if (found !== undefined) return { changed: false, text: `${found.version} (${found.command})` };
  if (!isDebianLike() || process.getuid?.() !== 0) {
    const name = debianClang() ?? 'clang';
    const command = process.platform === 'darwin' ? 'xcode-select --install' : `sudo apt-get install ${name}`;
    throw new SetUpError(
      `there is no clang of version 14 or later on the path. Install it with\n\n    ${command}\n\n` +
        'or say where it is in the variable RJIT_CLANG. Without it, tests of C and C++ cells are left out.',
    );
  }
  process.stdout.write('clang      not found; apt-get update …\n');
  apt(['update', '-q']);
  const name = debianClang();
  if (name === undefined) throw new SetUpError('apt offers no clang of version 14 to 19 on this system');
  aptInstall('clang', name);
  const [installed] = findClangs();
  if (installed === undefined) throw new SetUpError(`${name} is installed, but it doesn't say its version`);
  return { changed: true, text: `${installed.version} (installed ${name})` };
}

/** The one for our libLLVM, which is most of its size and is there already; else the newest that libLLVM can follow. */
function debianClang() {
  const major = Number(/^\d+/.exec(smokeTest().text)?.[0] ?? 19);
  const offered = packagesNamed('clang-', /^clang-(\d+)$/);
  return (offered.find(({ version }) => version <= major) ?? offered[0])?.name;
}

/** @returns {StepResult} */
function providePythonTools() {
  const folder = join(root, '.venv');
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const stampPath = join(folder, '.rjit-tools.json');
  const stamp = JSON.stringify(pythonTools);
  if (existsSync(python) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) {
    return { changed: false, text: `.venv has ${pythonTools.join(', ')}` };
  }
  const startMs = Date.now();
  if (!existsSync(python) || !succeeds(python, ['-m', 'pip', '--version'])) makePythonEnvironment(folder);
  process.stdout.write(`Python     pip install ${pythonTools.join(' ')} …\n`);
  run(python, ['-m', 'pip', 'install', '--quiet', ...pythonTools], 'pip failed; its messages above say why');
  writeFileSync(stampPath, stamp);
  return { changed: true, text: `.venv made in ${seconds(startMs)}` };
}

/** @param {string} folder */
function makePythonEnvironment(folder) {
  const command = process.platform === 'win32' ? 'python' : 'python3';
  const made = () => succeeds(command, ['-m', 'venv', '--clear', folder]);
  if (made()) return;
  if (isDebianLike() && process.getuid?.() === 0) {
    apt(['update', '-q']);
    aptInstall('Python', 'python3-venv');
    if (made()) return;
  }
  throw new SetUpError(
    `${command} -m venv failed. Install Python 3 with its venv module` +
      `${isDebianLike() ? ' (sudo apt-get install python3-venv)' : ''} and run this again.`,
  );
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function succeeds(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore' }).status === 0;
}

// ---- kernelspec and demo

/** @returns {Promise<StepResult>} */
async function registerKernelspec() {
  const { defaultKernelspec, installKernelspec } = await import('./dist/kernel/kernelspec.js');
  const { directory, changed } = await installKernelspec(defaultKernelspec);
  return { changed, text: directory.replace(homedir(), '~') };
}

function runDemo() {
  const notebook = join('notebooks', 'rbc-demo.ipynb');
  const saved = join('notebooks', 'rbc-demo.executed.ipynb');
  const command = join(root, 'dist', 'kernel', 'cli.js');
  process.stdout.write('\n');
  const { status } = spawnSync(process.execPath, [command, 'run', notebook, '--show', '-o', saved], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
}

// ----

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} problem said when it fails
 */
function run(command, args, problem) {
  // A shell finds npm.cmd on Windows; no argument here needs quoting.
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (error !== undefined) throw new SetUpError(`${command} can't be started: ${error.message}`);
  if (status !== 0) throw new SetUpError(problem);
}

/** @param {number} startMs */
function seconds(startMs) {
  return `${((Date.now() - startMs) / 1000).toFixed(1)} s`;
}

try {
  await main();
} catch (error) {
  const expected = error instanceof SetUpError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${expected ? `install.js: ${error.message}` : /** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}
