import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { curveKeyPair } from 'zeromq';
import { KernelClient, type LaunchOptions } from '../../../kernel/client/kernel-client.ts';
import { KernelDiedError, KernelTimeoutError } from '../../../kernel/client/kernel-connection.ts';
import { KernelspecNotFoundError } from '../../../kernel/client/kernelspecs.ts';
import { readConnectionFile } from '../../../kernel/jupyter/connection-file.ts';
import { BreakableProxy } from '../../support/breakable-proxy.ts';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';

const client = suite('kernel client');
const failures = suite('kernel client, failures');

async function withClient(
  body: (client: KernelClient) => Promise<void>,
  options: Partial<LaunchOptions> = {},
): Promise<void> {
  const client = await KernelClient.launch({ kernelspec: echoKernelspec, ...options });
  try {
    await body(client);
  } finally {
    await client.kill();
  }
}

/** A kernel that is a Node program given on the command line. */
function programKernel(program: string): LaunchOptions {
  const argv = [process.execPath, '-e', program, '{connection_file}'];
  return { kernelspec: { ...echoKernelspec, argv } };
}

for (const transport of ['tcp', 'ipc'] as const) {
  client(`a cell gives its reply and its output over ${transport}`, () =>
    withClient(
      async (kernel) => {
        assert.is(kernel.info.implementation, 'echo');
        const types: string[] = [];
        const reply = await kernel.execute({
          code: 'stdout a\nresult 4',
          onMessage: ({ header }) => types.push(header.messageType),
        });
        assert.is(reply.status, 'ok');
        assert.is(reply.executionCount, 1);
        assert.equal(types, ['status', 'execute_input', 'stream', 'execute_result', 'status']);
      },
      { transport },
    ),
  );
}

for (const options of [
  {},
  { transport: 'ipc' },
  { kernelspec: { ...echoKernelspec, registers: false } },
] as const) {
  const means =
    'kernelspec' in options ? 'on ports that we choose' : `over ${'transport' in options ? 'ipc' : 'tcp'}`;
  client(`an encrypted kernel answers ${means}, and nobody without its keys`, () =>
    withClient(
      async (kernel) => {
        assert.is((await kernel.execute({ code: 'result 4' })).status, 'ok');
        const { curve, ...open } = readConnectionFile(kernel.connectionFile ?? '');
        assert.is(curve?.publicKey.length, 40);
        const wrongKeys = { ...open, curve: curveKeyPair() };
        for (const connection of [open, wrongKeys]) {
          const stranger = KernelClient.connect(connection, { startupTimeoutMs: 300 });
          await rejects(stranger, KernelTimeoutError, /did not answer within 300 ms/);
        }
        const friend = await KernelClient.connect({ ...open, ...(curve && { curve }) });
        assert.is((await friend.execute({ code: 'result 4' })).status, 'ok');
        friend.close();
      },
      { ...options, encrypted: true },
    ),
  );
}

client(
  'a kernel that takes its own ports writes them down for other clients, and takes that back',
  async () => {
    const kernel = await KernelClient.launch({ kernelspec: echoKernelspec });
    const folder = dirname(kernel.connectionFile ?? '');
    const written = readdirSync(folder).filter((name) => /^kernel-.*\.json$/.test(name));
    assert.is(written.length, 1);
    assert.equal(readConnectionFile(join(folder, written[0] ?? '')), kernel.connection);
    await kernel.shutdown();
    assert.not(existsSync(folder));
  },
);

client('several cells may be under way; each gets its own output', () =>
  withClient(async (kernel) => {
    const texts = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        let text = '';
        await kernel.execute({
          code: `stdout ${name}`,
          onMessage: ({ content }) => {
            if (typeof content.text === 'string') text += content.text;
          },
        });
        return text;
      }),
    );
    assert.equal(texts, ['a\n', 'b\n', 'c\n']);
  }),
);

client('an error is a reply, not an exception', () =>
  withClient(async (kernel) => {
    const reply = await kernel.execute({ code: 'fail badly' });
    assert.is(reply.status, 'error');
    assert.is(reply.ename, 'EchoError');
    assert.is(reply.evalue, 'badly');
    assert.equal(reply.traceback, ['EchoError: badly']);
  }),
);

client('questions of a cell are answered, or refused where nobody answers', () =>
  withClient(async (kernel) => {
    const asked: unknown[] = [];
    const answer = (prompt: string, password: boolean) => {
      asked.push([prompt, password]);
      return 'Ada';
    };
    assert.is((await kernel.execute({ code: 'password Name?', onInput: answer })).status, 'ok');
    assert.equal(asked, [['Name?', true]]);
    assert.is((await kernel.execute({ code: 'input Name?' })).ename, 'InputError');
  }),
);

for (const interruptMode of ['message', 'signal'] as const) {
  client(`an interrupt by ${interruptMode} stops a cell and keeps the kernel`, () =>
    withClient(
      async (kernel) => {
        let started = () => {};
        const running = new Promise<void>((resolve) => {
          started = resolve;
        });
        const cell = kernel.execute({
          code: 'stdout started\nwait',
          onMessage: ({ header }) => {
            if (header.messageType === 'stream') started();
          },
        });
        await running;
        await kernel.interrupt();
        assert.is((await cell).ename, 'KeyboardInterrupt');
        assert.is((await kernel.execute({ code: 'result 1' })).status, 'ok');
      },
      { kernelspec: { ...echoKernelspec, interruptMode } },
    ),
  );
}

client('a shutdown ends the process by itself and removes the connection file', async () => {
  const kernel = await KernelClient.launch({ kernelspec: echoKernelspec });
  const file = kernel.connectionFile ?? '';
  assert.ok(existsSync(file));
  await kernel.shutdown();
  assert.is((await kernel.died).reason, 'exit code 0');
  assert.not(existsSync(dirname(file)));
});

client('a second client joins by the connection file and leaves the kernel running', () =>
  withClient(async (kernel) => {
    const connection = readConnectionFile(kernel.connectionFile ?? '');
    const second = await KernelClient.connect(connection);
    assert.is((await second.execute({ code: 'result 1' })).executionCount, 1);
    second.close();
    assert.is((await kernel.execute({ code: 'result 1' })).executionCount, 2);
  }),
);

failures('a kernel that dies under a cell fails that cell, and all later ones, saying how', () =>
  withClient(async (kernel) => {
    const cell = kernel.execute({ code: 'stderr-raw last words\nexit 3' });
    await rejects(cell, KernelDiedError, /^the kernel ended \(exit code 3\); .*last words/s);
    await rejects(kernel.execute({ code: 'result 1' }), KernelDiedError, /exit code 3/);
  }),
);

failures('a killed kernel is noticed', () =>
  withClient(async (kernel) => {
    const cell = kernel.execute({ code: 'wait' });
    process.kill(kernel.pid ?? 0, 'SIGKILL');
    await rejects(cell, KernelDiedError, /the kernel ended \(signal SIGKILL\)/);
  }),
);

failures('a kernel behind a network that falls silent is given up, and why is said', () =>
  withClient(async (kernel) => {
    const connection = readConnectionFile(kernel.connectionFile ?? '');
    const proxy = await BreakableProxy.start(`http://127.0.0.1:${connection.ports.hb}/`);
    try {
      const ports = { ...connection.ports, hb: Number(new URL(proxy.url).port) };
      const joined = await KernelClient.connect({ ...connection, ports }, { heartbeatTimeoutMs: 1000 });
      const cell = joined.execute({ code: 'wait' });
      proxy.fallSilent();
      await rejects(cell, KernelDiedError, /the kernel ended \(no heartbeat for 1 s\)/);
      joined.close();
    } finally {
      await proxy.close();
    }
  }),
);

failures('a kernel that ends at its start says so with its stderr', async () => {
  const kernel = programKernel('console.error("no libfoo"); process.exit(9)');
  await rejects(KernelClient.launch(kernel), KernelDiedError, /exit code 9.*no libfoo/s);
});

failures('a kernel is not spoken to openly where that was not asked for', async () => {
  const kernelspec = { ...echoKernelspec, metadata: {} };
  const start = KernelClient.launch({ kernelspec, encrypted: true });
  await rejects(start, KernelspecNotFoundError, /its kernelspec lacks metadata.supported_encryption/);
});

failures('a command that is not there says so', async () => {
  const kernelspec = { ...echoKernelspec, argv: ['/no/such/kernel', '{connection_file}'] };
  await rejects(KernelClient.launch({ kernelspec }), KernelDiedError, /cannot be started: .*ENOENT/);
});

failures('a kernel that never answers is given up and ended', async () => {
  const kernel = programKernel('setInterval(() => {}, 1000)');
  const start = KernelClient.launch({ ...kernel, startupTimeoutMs: 300 });
  await rejects(start, KernelTimeoutError, /did not answer within 300 ms/);
});

async function rejects(
  promise: Promise<unknown>,
  type: new (message: string) => Error,
  message: RegExp,
): Promise<void> {
  const outcome = await promise.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  assert.instance(outcome, type);
  assert.match(String(outcome instanceof Error ? outcome.message : outcome), message);
}

client.run();
failures.run();
