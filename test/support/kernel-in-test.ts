/** A kernel with the echo interpreter in this process, on real sockets, and a front end connected to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { endpointOf, parseConnectionFile } from '../../kernel/jupyter/connection-file.ts';
import { Kernel } from '../../kernel/jupyter/kernel.ts';
import { KernelSockets } from '../../kernel/jupyter/sockets.ts';
import { EchoInterpreter } from './echo-interpreter.ts';
import { echoKernelInfo } from './echo-kernel-info.ts';
import { FakeFrontEnd, type ReceivedMessage } from './fake-front-end.ts';

export interface KernelUnderTest {
  readonly kernel: Kernel;
  readonly frontEnd: FakeFrontEnd;
  /** Another client of the same kernel. */
  connect(): Promise<FakeFrontEnd>;
  readonly log: readonly string[];
}

/** Runs `body` with a fresh kernel; fails when anything is left on iopub that `body` did not take. */
export async function withKernel(body: (test: KernelUnderTest) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
  const fields = { transport: 'ipc', ip: join(directory, 'k'), key: 'the-key', ...ports };
  const connection = parseConnectionFile(JSON.stringify(fields), 'test');
  const sockets = KernelSockets.bind(connection);
  const log: string[] = [];
  const kernel = new Kernel({
    connection,
    info: echoKernelInfo,
    transport: sockets,
    createInterpreter: (events) => new EchoInterpreter(events),
    log: (text) => log.push(text),
  });
  sockets.listen({
    onMessage: (channel, frames) => kernel.receive(channel, frames),
    onSubscribe: (topic) => kernel.welcome(topic),
    onError: (error) => log.push(String(error)),
  });
  kernel.start();
  const frontEnds: FakeFrontEnd[] = [];
  const connect = async () => {
    const frontEnd = await FakeFrontEnd.connect({
      key: connection.key,
      endpoint: (channel) => endpointOf(connection, channel),
    });
    frontEnds.push(frontEnd);
    return frontEnd;
  };
  try {
    const frontEnd = await connect();
    await body({ kernel, frontEnd, connect, log });
    // Whatever else was published comes before this request's busy, and fails here.
    assert.is((await frontEnd.ask('control', 'kernel_info_request')).status, 'ok');
  } finally {
    await kernel.close();
    for (const frontEnd of frontEnds) frontEnd.close();
    sockets.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Adds a test with a kernel of its own. */
export function onKernel(
  tests: Test,
  name: string,
  body: (frontEnd: FakeFrontEnd, test: KernelUnderTest) => Promise<void>,
): void {
  tests(name, () => withKernel((test) => body(test.frontEnd, test)));
}

/** Takes a whole cell with its busy, input and idle; `outputs` takes what is between. */
export async function runCell(
  frontEnd: FakeFrontEnd,
  content: Readonly<Record<string, unknown>>,
  outputs: (id: string) => Promise<void> = async () => {},
): Promise<ReceivedMessage> {
  const id = await frontEnd.send('shell', 'execute_request', content);
  await frontEnd.busy(id);
  if (content.silent !== true)
    assert.is((await frontEnd.iopub('execute_input', id)).content.code, content.code);
  await outputs(id);
  const reply = await frontEnd.reply('shell', 'execute_reply', id);
  await frontEnd.idle(id);
  return reply;
}

/** The next message on iopub in short, for tests where requests run side by side. */
export async function nextLine(frontEnd: FakeFrontEnd): Promise<string> {
  const message = await frontEnd.anyIopub();
  return `${message.content.execution_state ?? message.type} ${message.parent.msg_id}`;
}
