/**
 * The real kernel under jupyter_kernel_test, the suite that the Jupyter project offers for kernels. Each of its tests is
 * one of ours, and none may be skipped.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MissingPeerError } from '../../../conformance/group.ts';
import { requirePython } from '../../../conformance/python-environment.ts';
import { leaveOut } from '../../../support/left-out.ts';
import { ownEnvironment } from '../../../support/own-environment.ts';
import { repositoryRoot } from '../../../support/repository-root.ts';

interface Outcome {
  readonly test: string;
  readonly outcome: 'passed' | 'skipped' | 'failed';
  readonly reason: string;
}

const names = [
  'test_clear_output',
  'test_completion',
  'test_display_data',
  'test_error',
  'test_execute_result',
  'test_execute_stderr',
  'test_execute_stdout',
  'test_history',
  'test_inspect',
  'test_is_complete',
  'test_kernel_info',
  'test_pager',
  'test_recv_iopub_welcome_msg',
];

const program = join(repositoryRoot, 'test', 'kernel', 'jupyter', 'kernel-test', 'rjit_kernel_test.py');
const tests = suite<{ outcomes: readonly Outcome[] }>('jupyter_kernel_test');

async function runAll(python: string): Promise<readonly Outcome[]> {
  const env = { ...process.env, ...(await ownEnvironment()), PYTHONUTF8: '1' };
  const child = spawn(python, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = (await text(child.stdout)).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Outcome);
}

function pythonOrNothing(): string | undefined {
  try {
    return requirePython('jupyter_kernel_test');
  } catch (error) {
    if (!(error instanceof MissingPeerError)) throw error;
    leaveOut('jupyter_kernel_test', 'it is not installed; node install.js --test-tools installs it');
    return undefined;
  }
}

const python = pythonOrNothing();
if (python !== undefined) {
  tests.before(async (context) => {
    context.outcomes = await runAll(python);
  });
  tests('has the tests that are listed here, and no others', ({ outcomes }) => {
    assert.equal([...new Set(outcomes.map(({ test }) => test))].sort(), names);
  });
  for (const name of names) {
    tests(name, ({ outcomes }) => {
      const found = outcomes.filter(({ test }) => test === name);
      assert.equal(
        found.map(({ outcome, reason }) => `${outcome} ${reason}`.trim()),
        ['passed'],
      );
    });
  }
  tests.run();
}
