import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { executeCells } from '../../../kernel/client/execute-notebook.ts';
import { Gateway } from '../../../kernel/client/gateway/gateway.ts';
import { type KernelConnection, KernelDiedError } from '../../../kernel/client/kernel-connection.ts';
import { ServerKernel } from '../../../kernel/client/server-kernel.ts';
import { isJsonObject, type JsonObject, type Message } from '../../../kernel/jupyter/messages.ts';
import { BreakableProxy } from '../../support/breakable-proxy.ts';
import { codeCell, notebookOf, withEchoFolder } from '../../support/echo-notebooks.ts';
import { eventually } from '../../support/eventually.ts';
import { quietly } from '../../support/quietly.ts';

const test = suite('a connection to a Jupyter server that breaks');

interface Scene {
  readonly gateway: Gateway;
  readonly proxy: BreakableProxy;
  readonly kernel: ServerKernel;
}

/** An echo kernel behind a gateway, behind a network that breaks. */
function withScene(
  {
    isForgotten = false,
    ...options
  }: { readonly reconnectMs?: number; readonly silenceMs?: number; readonly isForgotten?: boolean },
  body: (scene: Scene) => Promise<void>,
) {
  return withEchoFolder(async ({ env }) => {
    const before = process.env.JUPYTER_PATH;
    process.env.JUPYTER_PATH = env.JUPYTER_PATH;
    const gateway = await Gateway.start({ defaultKernel: 'echo' });
    const proxy = await BreakableProxy.start(gateway.url, { isForgotten });
    try {
      await quietly(async () => {
        const server = { url: proxy.url, token: gateway.token };
        const kernel = await ServerKernel.start({ server, name: 'echo', ...options });
        await body({ gateway, proxy, kernel });
        await kernel.shutdown();
      });
    } finally {
      await proxy.close();
      await gateway.close();
      if (before === undefined) delete process.env.JUPYTER_PATH;
      else process.env.JUPYTER_PATH = before;
    }
  });
}

/** The kernel, with `whenRunning` for whatever cell runs. */
function withTap(kernel: ServerKernel, then: () => void): KernelConnection {
  const tap = whenRunning(then);
  return {
    info: kernel.info,
    execute: (options) =>
      kernel.execute({
        ...options,
        onMessage: (message) => {
          options.onMessage?.(message);
          tap(message);
        },
      }),
    interrupt: () => kernel.interrupt(),
    shutdown: () => kernel.shutdown(),
    kill: () => kernel.kill(),
  };
}

/** Calls `then` when the cell has put out `running`. */
function whenRunning(then: () => void) {
  return ({ content }: Message) => {
    if (content.text === 'running\n') then();
  };
}

/** The kernels of the gateway, as another client sees them. */
async function ask({ gateway }: Scene, method: string, path = ''): Promise<readonly JsonObject[]> {
  const headers = { authorization: `token ${gateway.token}` };
  const response = await fetch(new URL(`api/kernels${path}`, gateway.url), { method, headers });
  const text = await response.text();
  const json: unknown = text === '' ? [] : JSON.parse(text);
  return Array.isArray(json) ? json.filter(isJsonObject) : [];
}

async function interrupt(scene: Scene): Promise<void> {
  const [kernel] = await ask(scene, 'GET');
  await ask(scene, 'POST', `/${String(kernel?.id)}/interrupt`);
}

function isLost(scene: Scene): () => Promise<boolean> {
  return async () => (await ask(scene, 'GET')).every(({ connections }) => connections === 0);
}

const BROKE = /the connection to the Jupyter server broke while this cell ran/;

test('comes back: the cell ends, with a word about what may be missing, and the next one runs', () =>
  withScene({}, async (scene) => {
    const { kernel, proxy } = scene;
    let text = '';
    const reply = await kernel.execute({
      code: 'stdout running\nwait',
      onMessage: (message) => {
        if (message.header.messageType === 'stream') text += String(message.content.text);
        whenRunning(() => proxy.breakConnections())(message);
        if (BROKE.test(String(message.content.text))) void interrupt(scene);
      },
    });
    assert.is(reply.ename, 'KeyboardInterrupt');
    assert.match(text, BROKE);
    assert.is((await kernel.execute({ code: 'result 1' })).status, 'ok');
  }));

test('what a kernel of the gateway sends meanwhile is kept: the cell has ended when the server is there again', () =>
  withScene({}, async (scene) => {
    const { kernel, proxy } = scene;
    const texts: string[] = [];
    const reply = kernel.execute({
      code: 'stdout running\nwait',
      onMessage: (message) => {
        if (message.header.messageType === 'error') texts.push(String(message.content.ename));
        whenRunning(() => void proxy.close())(message);
      },
    });
    await eventually('the break', isLost(scene));
    await interrupt(scene);
    await eventually('the end of the cell', async () => {
      const [model] = await ask(scene, 'GET');
      return model?.execution_state === 'idle';
    });
    await proxy.listen();
    assert.is((await reply).ename, 'KeyboardInterrupt');
    assert.equal(texts, ['KeyboardInterrupt']);
  }));

test('does not come back: the cell and the run end soon, and say why', () =>
  withScene({ reconnectMs: 300 }, async ({ kernel, proxy }) => {
    const cells = notebookOf(codeCell('stdout running\nwait'), codeCell('result 1'));
    const { results, failure } = await executeCells(cells, {
      kernel: withTap(kernel, () => void proxy.close()),
      allowErrors: true,
    });
    assert.is(results.length, 1);
    assert.ok(failure?.outcome.status === 'died');
    assert.match(failure.outcome.error.evalue, /the connection broke and did not come back within 0\.3 s/);
  }));

test('loses the reply to a cell: that cell fails, and those behind it run', () =>
  withScene({ isForgotten: true }, async (scene) => {
    const { kernel, proxy } = scene;
    const cells = notebookOf(codeCell('stdout running\nwait'), codeCell('result 1'));
    const tap = withTap(kernel, () => {
      void proxy
        .close()
        .then(() => eventually('the break', isLost(scene)))
        .then(() => interrupt(scene))
        .then(() =>
          eventually(
            'the end of the cell',
            async () => (await ask(scene, 'GET'))[0]?.execution_state === 'idle',
          ),
        )
        .then(() => proxy.listen());
    });
    const { results, failure } = await executeCells(cells, { kernel: tap, allowErrors: true });
    assert.is(failure, undefined);
    const [lost, next] = results;
    assert.ok(lost?.outcome.status === 'lost');
    assert.is(lost.outcome.error.ename, 'ReplyLost');
    assert.match(lost.outcome.error.evalue, /broke while the cell ran, and the reply of the kernel was lost/);
    assert.is(next?.outcome.status, 'ok');
  }));

test('falls silent: the cell and the run end, and say for how long nothing came', () =>
  withScene({ silenceMs: 1000, reconnectMs: 300 }, async ({ kernel, proxy }) => {
    const cells = notebookOf(codeCell('stdout running\nwait'), codeCell('result 1'));
    const { results, failure } = await executeCells(cells, {
      kernel: withTap(kernel, () => proxy.fallSilent()),
      allowErrors: true,
    });
    assert.is(results.length, 1);
    assert.ok(failure?.outcome.status === 'died');
    assert.match(
      failure.outcome.error.evalue,
      /nothing came from the server for 1 s, and the connection did not come back within 0\.3 s/,
    );
  }));

test('falls silent and speaks again: the cell ends, with a word about what may be missing', () =>
  withScene({ silenceMs: 1000 }, async (scene) => {
    const { kernel, proxy } = scene;
    let text = '';
    const reply = await kernel.execute({
      code: 'stdout running\nwait',
      onMessage: (message) => {
        text += String(message.content.text ?? '');
        whenRunning(() => {
          proxy.fallSilent();
          void eventually('the silence is noticed', () => kernel.isBroken).then(() => proxy.speak());
        })(message);
        if (BROKE.test(String(message.content.text))) void interrupt(scene);
      },
    });
    assert.is(reply.ename, 'KeyboardInterrupt');
    assert.match(text, BROKE);
    assert.is((await kernel.execute({ code: 'result 1' })).status, 'ok');
  }));

test('is closed by a server that ends: so does the run', () =>
  withScene({ reconnectMs: 300 }, async ({ kernel, proxy, gateway }) => {
    const error: unknown = await kernel
      .execute({
        code: 'stdout running\nwait',
        onMessage: whenRunning(() => void proxy.close().then(() => gateway.close())),
      })
      .catch((reason: unknown) => reason);
    assert.instance(error, KernelDiedError);
    const next: unknown = await kernel.execute({ code: 'result 1' }).catch((reason: unknown) => reason);
    assert.instance(next, KernelDiedError);
  }));

test('is closed with its kernel, by another client: the cell ends at once', () =>
  withScene({}, async (scene) => {
    const error: unknown = await scene.kernel
      .execute({
        code: 'stdout running\nwait',
        onMessage: whenRunning(() => {
          void ask(scene, 'GET').then(([kernel]) => ask(scene, 'DELETE', `/${String(kernel?.id)}`));
        }),
      })
      .catch((reason: unknown) => reason);
    assert.instance(error, KernelDiedError);
    assert.match(String(error), /the server has closed the connection and ended the kernel|Kernel died/);
  }));

test.run();
