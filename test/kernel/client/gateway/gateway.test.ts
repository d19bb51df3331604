import { KernelManager, KernelSpecManager, ServerConnection, SessionManager } from '@jupyterlab/services';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Gateway } from '../../../../kernel/client/gateway/gateway.ts';
import { JupyterServerError } from '../../../../kernel/client/jupyter-server.ts';
import { KernelDiedError } from '../../../../kernel/client/kernel-connection.ts';
import { ServerKernel } from '../../../../kernel/client/server-kernel.ts';
import type { Message } from '../../../../kernel/jupyter/messages.ts';
import { withEchoFolder } from '../../../support/echo-notebooks.ts';
import { eventually } from '../../../support/eventually.ts';
import { quietly } from '../../../support/quietly.ts';

/** Runs `body` with a gateway whose default kernel is the echo kernel. */
function withGateway(body: (gateway: Gateway) => Promise<void>): Promise<void> {
  return withEchoFolder(async ({ env, path }) => {
    const before = process.env.JUPYTER_PATH;
    process.env.JUPYTER_PATH = env.JUPYTER_PATH;
    try {
      const gateway = await Gateway.start({ rootDirectory: path, defaultKernel: 'echo' });
      try {
        await quietly(() => body(gateway));
      } finally {
        await gateway.close();
      }
    } finally {
      if (before === undefined) delete process.env.JUPYTER_PATH;
      else process.env.JUPYTER_PATH = before;
    }
  });
}

function settings({ url, token }: Gateway): ServerConnection.ISettings {
  return ServerConnection.makeSettings({
    baseUrl: url,
    wsUrl: url.replace('http', 'ws'),
    token,
    appendToken: true,
  });
}

function startKernel({ url, token }: Gateway): Promise<ServerKernel> {
  return ServerKernel.start({ server: { url, token }, name: 'echo', path: 'a.ipynb' });
}

async function ask(gateway: Gateway, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(new URL(path, gateway.url), {
    method,
    headers: { authorization: `token ${gateway.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const gateways = suite('gateway');

gateways('@jupyterlab/services executes cells through it, and gets every output before the end', () =>
  withGateway(async (gateway) => {
    const kernel = await startKernel(gateway);
    const messages: Message[] = [];
    const reply = await kernel.execute({
      code: 'stdout a\nresult 4',
      onMessage: (message) => messages.push(message),
    });
    assert.is(reply.status, 'ok');
    assert.is(kernel.info.implementation, 'echo');
    assert.equal(
      messages.map(({ header }) => header.messageType),
      ['status', 'execute_input', 'stream', 'execute_result', 'status'],
    );
    const failed = await kernel.execute({ code: 'fail no' });
    assert.equal([failed.status, failed.ename, failed.evalue], ['error', 'EchoError', 'no']);
    await kernel.shutdown();
  }),
);

gateways('a hundred outputs come in order', () =>
  withGateway(async (gateway) => {
    const kernel = await startKernel(gateway);
    let text = '';
    await kernel.execute({
      code: Array.from({ length: 100 }, (_, line) => `stdout ${line}\nstderr x`).join('\n'),
      onMessage: ({ content }) => {
        if (content.name === 'stdout') text += String(content.text);
      },
    });
    assert.is(text, Array.from({ length: 100 }, (_, line) => `${line}\n`).join(''));
    await kernel.shutdown();
  }),
);

gateways('a cell may ask, and is answered', () =>
  withGateway(async (gateway) => {
    const kernel = await startKernel(gateway);
    let result: unknown;
    await kernel.execute({
      code: 'input name?',
      onInput: (prompt) => `you said ${prompt}`,
      onMessage: ({ header, content }) => {
        if (header.messageType === 'execute_result') result = content.data;
      },
    });
    assert.equal(result, { 'text/plain': 'you said name?' });
    await kernel.shutdown();
  }),
);

gateways('an interrupt ends the cell', () =>
  withGateway(async (gateway) => {
    const kernel = await startKernel(gateway);
    let interrupted: Promise<void> | undefined;
    const reply = await kernel.execute({
      code: 'stdout running\nwait',
      onMessage: ({ header }) => {
        if (header.messageType === 'stream') interrupted ??= kernel.interrupt();
      },
    });
    await interrupted;
    assert.is(reply.ename, 'KeyboardInterrupt');
    await kernel.shutdown();
  }),
);

gateways("a kernel's end is told with its reason, and later cells hear of it too", () =>
  withGateway(async (gateway) => {
    const kernel = await startKernel(gateway);
    for (const code of ['exit 3', 'result 1']) {
      const error: unknown = await kernel.execute({ code }).catch((reason: unknown) => reason);
      assert.instance(error, KernelDiedError);
      assert.match(String(error), 'exit code 3');
    }
    await kernel.shutdown();
  }),
);

gateways('a restarted kernel answers on the same websocket', () =>
  withGateway(async (gateway) => {
    const manager = new KernelManager({ serverSettings: settings(gateway), standby: 'never' });
    const kernel = await manager.startNew({ name: 'echo' });
    assert.is((await kernel.info).implementation, 'echo');
    await kernel.restart();
    const reply = await kernel.requestExecute({ code: 'result 1' }).done;
    assert.is(reply.content.status, 'ok');
    await kernel.shutdown();
    manager.dispose();
  }),
);

gateways('two clients of one kernel see the same outputs, each its own replies', () =>
  withGateway(async (gateway) => {
    const manager = new KernelManager({ serverSettings: settings(gateway), standby: 'never' });
    const first = await manager.startNew({ name: 'echo' });
    const second = manager.connectTo({ model: first.model });
    await Promise.all([first.info, second.info]);
    const seen: string[] = [];
    second.anyMessage.connect((_, { msg, direction }) => {
      if (direction === 'recv') seen.push(msg.header.msg_type);
    });
    await first.requestExecute({ code: 'stdout shared' }).done;
    await eventually('the output at the other client', () => seen.includes('stream'));
    assert.not(seen.includes('execute_reply'));
    await first.shutdown();
    manager.dispose();
  }),
);

gateways('kernelspecs and sessions are as @jupyterlab/services expects them', () =>
  withGateway(async (gateway) => {
    const serverSettings = settings(gateway);
    const specs = new KernelSpecManager({ serverSettings, standby: 'never' });
    await specs.ready;
    assert.is(specs.specs?.default, 'echo');
    assert.is(specs.specs?.kernelspecs.echo?.language, 'echo');
    const kernelManager = new KernelManager({ serverSettings, standby: 'never' });
    const sessions = new SessionManager({ serverSettings, kernelManager, standby: 'never' });
    await sessions.ready;
    const session = await sessions.startNew({
      path: 'sub/a.ipynb',
      name: 'a',
      type: 'notebook',
      kernel: { name: 'echo' },
    });
    assert.is((await session.kernel?.info)?.implementation, 'echo');
    await session.setPath('sub/b.ipynb');
    await sessions.refreshRunning();
    assert.equal(
      [...sessions.running()].map(({ path }) => path),
      ['sub/b.ipynb'],
    );
    const before = session.kernel?.id;
    const after = await session.changeKernel({ name: 'echo' });
    assert.is.not(after?.id, before);
    await kernelManager.refreshRunning();
    assert.equal(
      [...kernelManager.running()].map(({ id }) => id),
      [after?.id],
    );
    await session.shutdown();
    await kernelManager.refreshRunning();
    assert.equal([...kernelManager.running()], []);
    for (const manager of [sessions, kernelManager, specs]) manager.dispose();
  }),
);

gateways('without the token nothing is answered, by REST or websocket', () =>
  withGateway(async (gateway) => {
    assert.is((await fetch(new URL('api/kernels', gateway.url))).status, 403);
    assert.is((await fetch(new URL('api/kernels?token=wrong', gateway.url))).status, 403);
    assert.is((await fetch(new URL(`api/kernels?token=${gateway.token}`, gateway.url))).status, 200);
    const error: unknown = await ServerKernel.start({
      server: { url: gateway.url, token: 'wrong' },
      name: 'echo',
    }).catch((reason: unknown) => reason);
    assert.instance(error, JupyterServerError);
    const upgrade = await fetch(new URL('api/kernels/x/channels', gateway.url));
    assert.is(upgrade.status, 403);
  }),
);

gateways('requests that make no sense get the status that says so', () =>
  withGateway(async (gateway) => {
    const statusOf = async (method: string, path: string, body?: unknown) =>
      (await ask(gateway, method, path, body)).status;
    assert.is(await statusOf('GET', 'api/kernels/none'), 404);
    assert.is(await statusOf('GET', 'api/nothing'), 404);
    assert.is(await statusOf('PUT', 'api/kernels'), 405);
    assert.is(await statusOf('POST', 'api/kernels', { name: 'no-such-kernel' }), 400);
    assert.is(await statusOf('POST', 'api/kernels', [1]), 400);
    assert.is(await statusOf('POST', 'api/sessions', {}), 400);
    assert.is(await statusOf('GET', 'kernelspecs/echo/..%2fkernel.json'), 404);
    assert.is(await statusOf('POST', 'api/kernels', { name: 'x'.repeat(2_000_000) }), 413);
  }),
);

gateways.run();
