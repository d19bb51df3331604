import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import { connectionFileText } from '../../kernel/jupyter/connection-file.ts';
import { MissingPeerError } from '../conformance/group.ts';
import { requirePython } from '../conformance/python-environment.ts';
import type { FakeFrontEnd, ReceivedMessage } from '../support/fake-front-end.ts';
import { leaveOut } from '../support/left-out.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { connectFrontEnd, runCell, withRjitKernel } from '../support/rjit-kernel.ts';

interface Context {
  readonly kernel: KernelClient;
  readonly frontEnd: FakeFrontEnd;
  readonly subshell: string;
}

const usageFields = [
  ...['cpu_count', 'host_virtual_memory', 'hostname'],
  ...(process.platform === 'linux' ? ['kernel_cpu', 'kernel_memory'] : []),
  'pid',
];

const test = suite('subshells of the real kernel');

/** A kernel whose main shell is in an endless loop. */
async function whileSpinning(body: (context: Context) => Promise<void>, preparation = ''): Promise<void> {
  await withRjitKernel(async (kernel) => {
    await runCell(kernel, preparation);
    const frontEnd = await connectFrontEnd(kernel);
    try {
      const { subshell_id: subshell } = await frontEnd.ask('control', 'create_subshell_request');
      const cell = runCell(kernel, 'let turns = 0; print("spinning"); while (true) turns++;');
      // When the test fails, the kernel ends under it.
      cell.catch(() => undefined);
      await until(frontEnd, ({ type, content }) => type === 'stream' && content.text === 'spinning\n');
      await body({ kernel, frontEnd, subshell: String(subshell) });
      await kernel.interrupt();
      const { status, outputs } = await cell;
      assert.equal([status, outputs[0]], ['error', 'stream stdout: spinning\n']);
      assert.match(String(outputs[1]), /^error: KeyboardInterrupt/);
      assert.equal(await runCell(kernel, 'turns > 0'), { status: 'ok', outputs: ['execute_result: true'] });
    } finally {
      frontEnd.close();
    }
  });
}

async function until(frontEnd: FakeFrontEnd, isLast: (message: ReceivedMessage) => boolean) {
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const message = await frontEnd.anyIopub();
    messages.push(message);
    if (isLast(message)) return messages;
  }
}

/** Sends a request to the subshell; what came on iopub for it up to its idle, in short. */
async function ask(
  { frontEnd, subshell }: Context,
  type: string,
  content: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const id = await frontEnd.send('shell', type, content, {}, [], { subshell_id: subshell });
  const isOurs = ({ parent }: ReceivedMessage) => parent.msg_id === id;
  const messages = await until(
    frontEnd,
    (message) => isOurs(message) && message.content.execution_state === 'idle',
  );
  if (type === 'execute_request') await frontEnd.reply('shell', 'execute_reply', id);
  return messages.filter((message) => isOurs(message) && message.type !== 'status').map(describe);
}

function describe({ type, content: { text, data, ename } }: ReceivedMessage): string {
  return `${type} ${text ?? ename ?? JSON.stringify(data)}`;
}

test('cells are answered while an endless loop spins in the main shell', () =>
  whileSpinning(async (context) => {
    const run = (code: string) => ask(context, 'execute_request', { code });
    assert.equal(await run('print("here"); const seen = turns; seen > 0'), [
      'execute_input undefined',
      'stream here\n',
      'execute_result {"text/plain":"true"}',
    ]);
    // The loop goes on between.
    assert.equal((await run('turns > seen')).at(-1), 'execute_result {"text/plain":"true"}');
    assert.equal((await run('while (true);')).at(-1), 'error TimeoutError');
    assert.equal((await run('throw new TypeError("no")')).at(-1), 'error TypeError');
  }));

function pythonOrNothing(): string | undefined {
  try {
    return requirePython('jupyter_client');
  } catch (error) {
    if (!(error instanceof MissingPeerError)) throw error;
    leaveOut(
      'subshells with jupyter_client',
      'it is not installed; node install.js --python-tools installs it',
    );
    return undefined;
  }
}

async function runClient(python: string, { connection }: KernelClient): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  try {
    const file = join(directory, 'kernel.json');
    writeFileSync(file, connectionFileText(connection, 'rjit'));
    const program = join(repositoryRoot, 'test', 'kernel', 'subshell_client.py');
    const child = spawn(python, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await text(child.stdout));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a widget hears of its comm while an endless loop spins in the main shell', () =>
  whileSpinning(
    async (context) => {
      const open = { comm_id: 'c', target_name: 'doubler', data: {} };
      assert.equal(await ask(context, 'comm_open', open), ['stream opened\n']);
      assert.equal(await ask(context, 'comm_msg', { comm_id: 'c', data: { n: 21 } }), ['comm_msg {"n":42}']);
    },
    `jupyter.comms.registerTarget('doubler', (comm) => {
        print('opened');
        comm.onMessage = ({ data }) => comm.send({ n: 2 * data.n });
      })`,
  ));

const python = pythonOrNothing();
if (python !== undefined) {
  test("Jupyter's own client uses a subshell while an endless loop spins in the main shell", () =>
    whileSpinning(async ({ kernel, frontEnd, subshell }) => {
      // The client's list is to have its own subshell only.
      await frontEnd.ask('control', 'delete_subshell_request', { subshell_id: subshell });
      assert.equal(await runClient(python, kernel), {
        features: ['kernel subshells'],
        created: 'ok',
        listed: true,
        executed: ['ok', '42'],
        deleted: { status: 'ok' },
        left: [],
        gone: ['error', 'UnknownSubshell'],
        usage: usageFields,
      });
    }));
}

test.run();
