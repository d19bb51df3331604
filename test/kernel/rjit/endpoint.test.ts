import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseEndpointFile, readEndpoint } from '../../../kernel/rjit/io/endpoint.ts';

const endpoint = suite<{ folder: string }>('endpoint files');

endpoint.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
});

endpoint.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

endpoint('a running server is found, with its token', () => {
  const text = '{"host": "127.0.0.1", "port": 7890, "pid": 1, "token": "secret"}\n';
  assert.equal(parseEndpointFile(text, 'f'), {
    kind: 'address',
    host: '127.0.0.1',
    port: 7890,
    token: 'secret',
    tls: undefined,
  });
});

endpoint('a running server with TLS is trusted by the fingerprint it says', () => {
  const text = '{"host": "127.0.0.1", "port": 7890, "pid": 1, "fingerprint": "AB:CD"}\n';
  const state = parseEndpointFile(text, 'f');
  assert.equal(state.kind === 'address' && state.tls, { fingerprint: 'AB:CD' });
});

endpoint('a stopped server is told from one that is starting', async ({ folder }) => {
  const path = join(folder, 'endpoint.json');
  assert.equal(await readEndpoint({ kind: 'file', path }), { kind: 'missing' });
  writeFileSync(path, '{"stopped": true}');
  assert.equal(await readEndpoint({ kind: 'file', path }), { kind: 'stopped' });
});

endpoint('a server that did not start says why', () => {
  const state = parseEndpointFile('{"error": {"code": "port-in-use", "message": "port 1 is in use"}}', 'f');
  assert.is(state.kind === 'failed' && state.error.message, '[port-in-use] port 1 is in use');
});

for (const text of [
  '',
  '{',
  '[]',
  'null',
  '{"host": "a"}',
  '{"host": 1, "port": 2}',
  '{"host": "a", "port": 70000}',
]) {
  endpoint(`${text || 'an empty file'} is refused with what was found`, () => {
    const state = parseEndpointFile(text, '/run/endpoint.json');
    const message = state.kind === 'failed' ? state.error.message : '';
    assert.match(message, /the endpoint file \/run\/endpoint.json holds/);
    assert.ok(message.includes(JSON.stringify(text)));
  });
}

endpoint.run();
