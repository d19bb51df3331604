#!/usr/bin/env node
// @ts-check
/**
 * Sets the project up: packages, build, libLLVM, kernelspec. Every step looks first and acts only where something is
 * missing, so that running it again is quick. Plain JavaScript without dependencies: it runs before anything is there.
 * The steps are in install/.
 */
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build } from './install/build.js';
import { provideLibLLVM } from './install/lib-llvm.js';
import { readOptions } from './install/options.js';
import { installPackages } from './install/packages.js';
import { peerPackages, providePythonPackages, testPackages } from './install/python.js';
import { root, SetUpError } from './install/step.js';
import { provideCompilers } from './install/test-tools.js';

const oldestNode = [20, 11];

/** @typedef {import('./install/step.js').StepResult} StepResult */
/** @typedef {(name: string, result: StepResult) => void} Say */

async function main() {
  const options = readOptions();
  /** @type {Say} */
  const say = (name, { changed, text }) => {
    if (changed || !options.quiet) process.stdout.write(`${name.padEnd(11)}${text}\n`);
  };
  checkNode();
  say('packages', installPackages());
  say('build', await build());
  say('libLLVM', provideLibLLVM(options.clientOnly));
  say('kernelspec', await registerKernelspec());
  if (options.testTools) await provideTestTools(say);
  if (options.pythonTools) say('Python', providePythonPackages([...testPackages, ...peerPackages]));
  if (options.demo) runDemo();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetUpError(
    `this is Node ${process.versions.node}, rjit needs ${oldestNode.join('.')} or later: https://nodejs.org/en/download`,
  );
}

/** @returns {Promise<StepResult>} */
async function registerKernelspec() {
  const { defaultKernelspec, installKernelspec } = await import('./dist/kernel/kernelspec.js');
  const { directory, changed } = await installKernelspec(defaultKernelspec);
  return { changed, text: directory.replace(homedir(), '~') };
}

/**
 * Each by itself: what the machine can't get keeps nothing else away from the tests.
 * @param {Say} say
 */
async function provideTestTools(say) {
  /** @type {readonly [string, () => StepResult | Promise<StepResult>][]} */
  const tools = [
    ['compilers', provideCompilers],
    ['Python', () => providePythonPackages(testPackages)],
  ];
  const problems = [];
  for (const [name, provide] of tools) {
    try {
      say(name, await provide());
    } catch (error) {
      if (!(error instanceof SetUpError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new SetUpError(problems.join('\n'));
}

function runDemo() {
  const notebook = join('notebooks', 'rbc-demo.ipynb');
  const saved = join('notebooks', 'rbc-demo.executed.ipynb');
  const command = join(root, 'bundle', 'kernel', 'cli.js');
  process.stdout.write('\n');
  const { status } = spawnSync(process.execPath, [command, 'run', notebook, '--show', '-o', saved], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
}

try {
  await main();
} catch (error) {
  const expected = error instanceof SetUpError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${expected ? `install.js: ${error.message}` : /** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}
