import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { MessageType, ThriftType } from '../../../backend/contract/thrift-types.ts';
import { rbcError } from '../../../kernel/rjit/io/rbc-error.ts';
import { callRequest, readCompiled, readResult, readTargets } from '../../../kernel/rjit/io/rbc-messages.ts';
import { parseRbcTarget } from '../../../kernel/rjit/io/rbc-target.ts';
import { complex, type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { defineOne, errorOf, SPIN } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const INT64 = 'int64(int64, int64)';

/** Our server serves RBC's clients by their own services: see test/backend/service/rbc.test.ts for their side of it. */
async function withRbcClient(body: (jit: RemoteJIT, port: number) => Promise<void>): Promise<void> {
  await withBackend(['--rbc'], async (_backend, port) => {
    const jit = new RemoteJIT({ url: `rbc://localhost:${port}` });
    try {
      await body(jit, port);
    } finally {
      await jit.close();
    }
  });
}

const client = suite("RBC's services, as a client");

client('functions of other cells travel along, those in other languages than ours can not', () =>
  withRbcClient(async (jit) => {
    await defineOne(jit, ADD, INT64);
    const twice = await defineOne(jit, 'const twice = (a) => add(a, a);\n', 'int64(int64)');
    assert.is(twice(4), 8);
    const ir = 'define i64 @neg(i64 %a) {\n  %r = sub i64 0, %a\n  ret i64 %r\n}\n';
    await jit.define({ source: ir, language: 'ir', fileName: 'In[2]', signatures: ['int64 neg(int64)'] });
    const f = await defineOne(jit, 'def f(a):\n    return neg(a)\n', 'int64(int64)');
    const error = await errorOf(() => f(1));
    assert.match(
      error.message,
      "f can't run on RBC's server: it calls functions of a cell in another language",
    );
  }),
);

client("the demo's calls give what they give on our own protocol", () =>
  withRbcClient(async (jit) => {
    const foo = await defineOne(jit, ADD, INT64);
    assert.is(foo(1, 3), 4);
    assert.is(foo(2, 4), 6);
    assert.is(((await errorOf(() => foo(1.2, 3.4))) as RemoteError).code, 'no-match');
    foo.signature('double(double, double)').signature('complex128(complex128, complex128)');
    assert.is(String(foo(1, complex(0, 3.4))), '(1+3.4j)');
    assert.is(foo(1.2, 3), 4.2);
    assert.is(foo(2n ** 62n, 2n ** 62n - 1n), 2n ** 63n - 1n);
    const many = await Promise.all(Array.from({ length: 200 }, (_, index) => foo.async(index, 1)));
    assert.equal(
      many,
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  }),
);

client('two clients and two definitions of one name never meet', () =>
  withRbcClient(async (jit, port) => {
    const first = await defineOne(jit, ADD, INT64);
    const second = await defineOne(jit, ADD.replace('a + b', 'a - b'), INT64);
    const other = new RemoteJIT({ url: `rbc://127.0.0.1:${port}` });
    try {
      const third = await defineOne(other, ADD.replace('a + b', 'a * b'), INT64);
      assert.equal([third(7, 2), second(7, 2), first(7, 2), third(7, 2)], [14, 5, 9, 14]);
    } finally {
      await other.close();
    }
  }),
);

client('a map is a call an element, with progress', () =>
  withRbcClient(async (jit) => {
    const add = await defineOne(jit, ADD, 'double(double, double)');
    const told: number[] = [];
    const column = new Float64Array(3000).map((_, index) => index / 2);
    const sums = add.with({ onProgress: ({ done }) => told.push(done) }).map(column, 0.5);
    assert.equal(
      sums,
      column.map((value) => value + 0.5),
    );
    assert.equal(told, [1024, 2048, 3000]);
  }),
);

client('a function that may raise is refused before it is sent', () =>
  withRbcClient(async (jit) => {
    const divide = await defineOne(jit, 'def divide(a, b):\n    return a // b\n', INT64);
    const error = (await errorOf(() => divide(1, 0))) as RemoteError;
    assert.is(error.code, 'unsupported');
    assert.match(error.message, /divide can't run on RBC's server: it may raise an error/);
    assert.is(((await errorOf(() => divide.asm)) as RemoteError).code, 'unsupported');
  }),
);

client('what is stopped here holds up nothing that comes after it', () =>
  withRbcClient(async (jit, port) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, INT64);
    spin.compile();
    const error = (await errorOf(() => spin.with({ timeoutMs: 100 })(0))) as RemoteError;
    assert.is(error.code, 'timeout');
    // Our server stops it when its connection closes or never; RBC's own has a thread for each connection.
    await jit.connect(`rjit://127.0.0.1:${port}`);
    assert.is(add(1, 3), 4);
  }),
);

client('a token or TLS is refused: RBC has neither', async () => {
  const error = (await errorOf(() => new RemoteJIT({ url: 'rbc://a:1', token: 'x' }))) as RemoteError;
  assert.is(error.code, 'bad-request');
  assert.match(error.message, /RBC's server knows neither tokens nor TLS/);
});

client('a server that closes under a call, and one that answers nonsense, are told apart', async () => {
  for (const [answer, code] of [
    ['', 'connection-lost'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'protocol'],
  ] as const) {
    const server = FakeServer.raw((socket) => socket.once('data', () => socket.end(answer)));
    const jit = new RemoteJIT({ url: `rbc://127.0.0.1:${await server.listen()}` });
    try {
      assert.is(((await errorOf(() => jit.status())) as RemoteError).code, code);
    } finally {
      await jit.close();
      await server.close();
    }
  }
});

client.run();

/** pickle.dumps(sys.exc_info()) by CPython 3.10 with tblib 3.2.2, as RBC's server sends it. */
const PICKLED_ERROR = Buffer.from(
  '800495ec020000000000008c086275696c74696e73948c0c52756e74696d654572726f729493948c1674626c69622e706963' +
    '6b6c696e675f737570706f7274948c1d756e7069636b6c655f657863657074696f6e5f776974685f61747472739493942868' +
    '027d94288c085f5f646963745f5f947d948c0461726773948c476e6f207375636820636f6d70696c65642066756e6374696f' +
    '6e2060666f6f5f6c616c6c41602e20417661696c61626c652066756e6374696f6e733a0a20206261725f6c616c412e948594' +
    '754e68038c12756e7069636b6c655f74726163656261636b9493948c0574626c6962948c054672616d659493942981947d94' +
    '288c08665f6c6f63616c73947d948c09665f676c6f62616c73947d94288c085f5f6e616d655f5f948c085f5f6d61696e5f5f' +
    '948c085f5f66696c655f5f948c073c737464696e3e94758c06665f636f646594680e8c04436f64659493942981947d94288c' +
    '0b636f5f66696c656e616d6594681a8c07636f5f6e616d65948c083c6d6f64756c653e948c0b636f5f617267636f756e7494' +
    '4b008c11636f5f6b776f6e6c79617267636f756e74944b008c0b636f5f7661726e616d657394298c0a636f5f6e6c6f63616c' +
    '73944b008c0c636f5f737461636b73697a65944b008c08636f5f666c616773944b408c0e636f5f66697273746c696e656e6f' +
    '944b0075628c08665f6c696e656e6f944b0775624b04680e8c0954726163656261636b9493942981947d94288c0874625f66' +
    '72616d659468102981947d942868137d9468157d9468178c067365727665729473681b681d2981947d942868208c083c7365' +
    '727665723e946821682268234b0068244b0068252968264b0068274b0068284b4068294b007562682a4b0175628c0974625f' +
    '6c696e656e6f944b017562879452944e894e2974945294680d68102981947d942868137d9468157d946817683473681b681d' +
    '2981947d9428682068376821682268234b0068244b0068252968264b0068274b0068284b4068294b007562682a4b0175624b' +
    '014e8794529487942e',
  'hex',
);

const messages = suite("RBC's messages");

messages('a call is what the Python client sends, byte for byte', () => {
  const pickle = Buffer.from('80049507000000000000004b014b0386942e', 'hex');
  const expected =
    '800100010000000e72656d6f74656a69743a63616c6c00000000' +
    '0b000100000009666f6f5f6c616c6c410c00020800010000000' +
    '20b0002000000044e6f6e650b00030000001280049507000000000000004b014b0386942e0000';
  assert.is(Buffer.from(callRequest('foo_lallA', pickle)).toString('hex'), expected);
});

messages("replies of RBC's server are read", () => {
  assert.is(readCompiled(Buffer.from('8001000200000007636f6d70696c65000000000200000100', 'hex')), true);
  const result = readResult(
    Buffer.from(
      '800100020000000463616c6c000000000c0000080001000000020b0002000000044e6f6e650b00030000000580044b042e0000',
      'hex',
    ),
  );
  assert.is(Buffer.from(result).toString('hex'), '80044b042e');
});

messages('a pickled exception is told by its texts, and nothing of it is made', () => {
  const error = rbcError(PICKLED_ERROR, true);
  assert.is(error.code, 'unknown-function');
  assert.is(
    error.detail,
    'RuntimeError: no such compiled function `foo_lallA`. Available functions:\n  bar_lalA.',
  );
  // Cut anywhere, it still says something.
  for (let length = 0; length < PICKLED_ERROR.length; length += 1) {
    assert.type(rbcError(PICKLED_ERROR.subarray(0, length), true).message, 'string');
  }
});

messages('devices that are not described as RBC does it are refused with what was found', () => {
  const cpu = {
    name: 'host_cpu',
    info: { name: 'znver4', triple: 'x86_64-unknown-linux-gnu', features: '+avx' },
  };
  const writer = new BinaryWriter();
  writer.messageBegin('targets', MessageType.reply, 0);
  writer.field(ThriftType.map, 0);
  writer.byte(ThriftType.string);
  writer.byte(ThriftType.string);
  writer.i32(1);
  writer.string('cpu');
  writer.string(JSON.stringify(cpu));
  writer.stop();
  assert.is(parseRbcTarget(readTargets(writer.written())).cpu, 'znver4');
  for (const text of ['', '[]', '{"info": 1}', '{"info": {"triple": 5}}']) {
    assert.throws(() => parseRbcTarget(new Map([['cpu', text]])), /expected a device cpu with info\.triple/);
  }
});

messages.run();
