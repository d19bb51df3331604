import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HelloRequest } from '#thrift/remotejit_types.js';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { childrenOf, isRunning } from '../../support/process-state.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { anyRequest, connectRjit, faultOf, TestSession } from '../../support/rjit-client.ts';

const starts = suite('starting and ending rjit serve');

/** Runs a server that is expected not to start; returns its exit status and what it said. */
async function failToStart(options: readonly string[], prepare?: (backend: BackendProcess) => void) {
  const backend = new BackendProcess(options);
  try {
    prepare?.(backend);
    const { code } = await backend.exited;
    const endpoint = existsSync(backend.endpointFile)
      ? readFileSync(backend.endpointFile, 'utf8')
      : undefined;
    return { code, log: backend.log, endpoint: endpoint === undefined ? undefined : JSON.parse(endpoint) };
  } finally {
    await backend.dispose();
  }
}

starts('a server tells where it listens in a file that only its user can read', () =>
  withBackend([], async (backend, port) => {
    const endpoint = JSON.parse(readFileSync(backend.endpointFile, 'utf8'));
    assert.equal(endpoint, { host: '127.0.0.1', port, pid: backend.pid });
    assert.is(statSync(backend.endpointFile).mode & 0o777, 0o600);
    assert.equal(readdirSync(backend.folder), ['endpoint.json']);
  }),
);

starts('a port in use is an error that says so, in the endpoint file, too', async () => {
  const occupant = createServer();
  const port = await new Promise<number>((resolve) => {
    occupant.listen(0, '127.0.0.1', () => {
      const address = occupant.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  try {
    const { code, log, endpoint } = await failToStart(['--port', String(port)]);
    assert.is(code, 1);
    assert.is(endpoint.error.code, 'port-in-use');
    assert.match(endpoint.error.message, new RegExp(`port ${port} on 127.0.0.1 is in use; .*--port`));
    assert.match(log, /is in use/);
  } finally {
    occupant.close();
  }
});

const wrongOptions: readonly (readonly [options: readonly string[], message: RegExp])[] = [
  [['--port', '70000'], /--port is '70000'; expected a number from 0 to 65535/],
  [['--port', 'abc'], /--port is 'abc'/],
  [['--log-format', 'xml'], /--log-format is 'xml'; expected text or json/],
  [['--no-such-option'], /--no-such-option/],
  [['extra'], /extra/],
];

for (const [options, message] of wrongOptions) {
  starts(`the options ${options.join(' ')} are refused with the usage and status 2`, async () => {
    const { code, log } = await failToStart(options);
    assert.is(code, 2);
    assert.match(log, message);
    assert.match(log, /usage: rjit serve/);
  });
}

starts('an address that others can reach is refused without token and TLS', async () => {
  const { code, log, endpoint } = await failToStart(['--host', '0.0.0.0']);
  assert.is(code, 1);
  assert.match(log, /refusing to listen on 0\.0\.0\.0: whoever reaches this port can run machine code/);
  assert.match(endpoint.error.message, /--token-file FILE and --tls-cert FILE --tls-key FILE/);
});

starts('an address that others can reach is allowed when the user insists', () =>
  withBackend(['--host', '0.0.0.0', '--insecure'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

starts('an address this machine has not is an error that names it', async () => {
  const { code, endpoint } = await failToStart(['--host', '192.0.2.1', '--insecure']);
  assert.is(code, 1);
  assert.match(endpoint.error.message, /can't listen on 192\.0\.2\.1/);
});

starts('a server without libLLVM says what it looked for, and ends', async () => {
  process.env.RJIT_LLVM = '/nonexistent/libLLVM.so';
  try {
    const { code, log, endpoint } = await failToStart([]);
    assert.is(code, 1);
    assert.is(endpoint.error.code, 'unsupported');
    assert.match(endpoint.error.message, /\/nonexistent\/libLLVM\.so/);
    assert.match(log, /\/nonexistent\/libLLVM\.so/);
  } finally {
    delete process.env.RJIT_LLVM;
  }
});

starts('a server with a token serves those who show it, and nobody else', async () => {
  const token = 'correct-horse-battery-staple';
  const folder = new BackendProcess();
  const tokenFile = join(folder.folder, 'token');
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  try {
    await withBackend(['--token-file', tokenFile], async (backend, port) => {
      const session = await TestSession.open(port, '', token);
      const [add = 0] = await session.compile(addition('add'), 'add');
      assert.is(await session.call(add, 1n, 3n), 4n);

      const stranger = connectRjit(port);
      const hello = (shown: string) =>
        faultOf(
          stranger.client.hello(new HelloRequest({ clientName: 'stranger', token: shown, session: '' })),
        );
      assert.is((await hello('')).code, 'unauthorized');
      assert.is((await hello(`${token} `)).code, 'unauthorized');
      assert.is((await faultOf(stranger.client.status())).code, 'unauthorized');
      assert.is((await faultOf(stranger.client.cancel(session.id, anyRequest))).code, 'unauthorized');
      const attached = await faultOf(connectRjit(port).client.attach(session.id, 'wrong'));
      assert.is(attached.code, 'unknown-session');

      const rbc = new RawConnection(port);
      await rbc.send(Buffer.from('800100010000001172656d6f74656a69743a74617267657473000000000000', 'hex'));
      await rbc.closed();
      assert.not.match(backend.log, new RegExp(token));
    });
  } finally {
    await folder.dispose();
  }
});

starts('a generated token is told by the endpoint file alone', () =>
  withBackend(['--generate-token'], async (backend, port) => {
    const { token } = JSON.parse(readFileSync(backend.endpointFile, 'utf8'));
    assert.match(token, /^[\w-]{32}$/);
    const session = await TestSession.open(port, '', token);
    const [add = 0] = await session.compile(addition('add'), 'add');
    assert.is(await session.call(add, 1n, 3n), 4n);
    const request = new HelloRequest({ clientName: 'stranger', token: '', session: '' });
    assert.is((await faultOf(connectRjit(port).client.hello(request))).code, 'unauthorized');
    assert.not.ok(backend.log.includes(token));
  }),
);

starts('a token file that is missing, empty or too short is refused', async () => {
  assert.match(
    (await failToStart(['--token-file', '/nonexistent/token'])).log,
    /token file .* can't be read/,
  );
  assert.match((await failToStart(['--token-file', '/dev/null'])).log, /holds 0 characters; .* at least 16/);
});

starts('workers do not see the environment of the server', () => {
  process.env.RJIT_TEST_SECRET = 'do-not-tell-workers';
  return withBackend([], async (backend, port) => {
    delete process.env.RJIT_TEST_SECRET;
    await TestSession.open(port);
    const environment = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'latin1');
    assert.match(environment(backend.pid), /do-not-tell-workers/);
    const workers = childrenOf(backend.pid);
    assert.ok(workers.length > 0);
    for (const worker of workers) assert.not.match(environment(worker), /do-not-tell-workers/);
  });
});

starts('nothing is left of a server that was told to end', async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const backend = new BackendProcess();
    try {
      await TestSession.open(await backend.port());
      const workers = childrenOf(backend.pid);
      backend.child.kill(signal);
      assert.equal(await backend.exited, { code: 0, signal: null });
      for (const worker of workers) assert.not(isRunning(worker));
      assert.equal(readdirSync(backend.folder), []);
    } finally {
      await backend.dispose();
    }
  }
});

starts('the log can be read by machines', () =>
  withBackend(['--log-format', 'json'], async (backend, port) => {
    await TestSession.open(port);
    await eventually('a session is logged', () => backend.log.includes('"event":"session"'));
    for (const line of backend.log.trim().split('\n')) {
      const record = JSON.parse(line);
      assert.match(record.time, /^\d{4}-\d\d-\d\dT/);
      assert.match(record.level, /^(info|warn|error)$/);
      assert.type(record.event, 'string');
      assert.type(record.message, 'string');
    }
  }),
);

starts('metrics are served to Prometheus', () =>
  withBackend(['--metrics-port', '0'], async (backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    for (let index = 0; index < 5; index++) await session.call(add, 1n, 1n);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(backend.log) ?? [];
    const response = await fetch(url);
    assert.is(response.headers.get('content-type'), 'text/plain; version=0.0.4');
    const text = await response.text();
    assert.match(text, /^# TYPE rjit_sessions gauge\nrjit_sessions 1$/m);
    assert.match(text, /^rjit_calls_total 5$/m);
    assert.match(text, /^rjit_connections 2$/m);
    assert.match(text, /^rjit_events_total\{event="session"\} 1$/m);
    assert.match(
      text,
      new RegExp(`^rjit_worker_resident_bytes\\{session="${session.id.slice(0, 8)}"\\} \\d{8,}$`, 'm'),
    );
    assert.not.match(text, new RegExp(session.id));
    assert.is((await fetch(url.replace('metrics', 'other'))).status, 404);
  }),
);

starts('no more sessions than allowed are opened, and a closed one makes room', () =>
  withBackend(['--max-sessions', '2'], async (_backend, port) => {
    const [one] = [await TestSession.open(port), await TestSession.open(port)];
    const refused = await faultOf(TestSession.open(port));
    assert.is(refused.code, 'too-large');
    assert.match(refused.message, /has its 2 sessions; .*--max-sessions/);
    one.close();
    await eventually('there is room', async () => {
      try {
        return await TestSession.open(port);
      } catch {
        return undefined;
      }
    });
  }),
);

starts.run();
