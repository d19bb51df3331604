import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ConnectionFileError,
  connectionFileText,
  endpointOf,
  parseConnectionFile,
  readConnectionFile,
} from '../../../kernel/jupyter/connection-file.ts';

/** As jupyter_client's `write_connection_file` writes it. */
const written = {
  shell_port: 53241,
  iopub_port: 53242,
  stdin_port: 53243,
  control_port: 53244,
  hb_port: 53245,
  ip: '127.0.0.1',
  key: 'a0436f6c-1916-498b-8eb9-e81ab9368e84',
  transport: 'tcp',
  signature_scheme: 'hmac-sha256',
  kernel_name: 'rjit',
};

function parse(changes: Readonly<Record<string, unknown>>) {
  return parseConnectionFile(JSON.stringify({ ...written, ...changes }), 'kernel.json');
}

test('a connection file of jupyter_client gives each channel its address', () => {
  const connection = parse({});
  assert.is(endpointOf(connection, 'shell'), 'tcp://127.0.0.1:53241');
  assert.is(endpointOf(connection, 'hb'), 'tcp://127.0.0.1:53245');
  assert.is(connection.key, written.key);
});

test('ipc addresses join the path and the port with a dash, IPv6 hosts stand in brackets', () => {
  assert.is(endpointOf(parse({ transport: 'ipc', ip: '/run/k', iopub_port: 2 }), 'iopub'), 'ipc:///run/k-2');
  assert.is(endpointOf(parse({ ip: '::1' }), 'control'), 'tcp://[::1]:53244');
});

test('an empty key may come with an empty scheme', () => {
  const connection = parse({ key: '', signature_scheme: '' });
  assert.is(connection.key, '');
  assert.is(connection.signatureScheme, 'hmac-sha256');
});

test('what we write is read back the same', () => {
  const connection = parse({ signature_scheme: 'hmac-sha512' });
  assert.equal(parseConnectionFile(connectionFileText(connection, 'rjit'), 'x'), connection);
});

test('each broken field is named with what was found and expected', () => {
  const fails = (changes: Readonly<Record<string, unknown>>, text: string) =>
    assert.throws(
      () => parse(changes),
      (error: unknown) =>
        error instanceof ConnectionFileError &&
        error.message.startsWith('the connection file kernel.json is broken: ') &&
        error.message.includes(text),
      text,
    );
  fails({ shell_port: '1' }, 'shell_port is the string "1"; expected an integer from 1 to 65535');
  fails({ hb_port: 65536 }, 'hb_port is the number 65536; expected an integer from 1 to 65535');
  fails({ stdin_port: undefined }, 'stdin_port is missing; expected an integer from 1 to 65535');
  fails({ transport: 'udp' }, 'transport is the string "udp"; expected "tcp" or "ipc"');
  fails({ key: undefined }, 'key is missing; expected a string');
  fails({ signature_scheme: 'rsa' }, 'signature_scheme is "rsa"; expected hmac- and a hash');
});

test('a file that is not JSON, not an object or not there says so', () => {
  assert.throws(
    () => parseConnectionFile('{"a"', 'x'),
    /the connection file x is broken: the file is not JSON/,
  );
  assert.throws(() => parseConnectionFile('[]', 'x'), /the file is an array; expected an object/);
  assert.throws(
    () => readConnectionFile('/no/such/file'),
    /cannot read the connection file \/no\/such\/file: ENOENT/,
  );
});

test.run();
