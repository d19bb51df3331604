import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ObjectCache } from '../../../backend/llvm/object-cache.ts';
import { eventually } from '../../support/eventually.ts';
import { JitProcess } from '../../support/jit-process.ts';

const cache = suite<{ directory: string }>('the object cache');

cache.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'rjit-cache-'));
});
cache.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const object = (fill: number, byteLength = 1000) => new Uint8Array(byteLength).fill(fill);

cache('gives back what was written, to other instances too', ({ directory }) => {
  new ObjectCache({ directory }).write('key', object(7));
  assert.equal(Uint8Array.from(new ObjectCache({ directory }).read('key') ?? []), object(7));
  assert.is(new ObjectCache({ directory }).read('other'), undefined);
});

cache('replaces a file in one step and leaves no temporary ones', ({ directory }) => {
  const one = new ObjectCache({ directory });
  one.write('key', object(1));
  one.write('key', object(2));
  assert.equal(Uint8Array.from(one.read('key') ?? []), object(2));
  assert.equal(readdirSync(directory), ['key.o']);
});

cache('forgets a file that was cut short', ({ directory }) => {
  const one = new ObjectCache({ directory });
  for (const byteLength of [0, 5, 40, 500, 1045]) {
    one.write('key', object(1));
    truncateSync(join(directory, 'key.o'), byteLength);
    assert.is(one.read('key'), undefined, `${byteLength} bytes left`);
    assert.equal(readdirSync(directory), []);
  }
});

cache('forgets a file with a changed byte', ({ directory }) => {
  const one = new ObjectCache({ directory });
  one.write('key', object(1));
  const path = join(directory, 'key.o');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 99;
  writeFileSync(path, bytes);
  assert.is(one.read('key'), undefined);
});

cache('stays within its limit and keeps what was used last', async ({ directory }) => {
  // Ten blocks of a disk.
  const one = new ObjectCache({ directory, maxByteLength: 40_960 });
  const paths = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  paths.forEach((key, index) => {
    one.write(key, object(index));
    utimesSync(join(directory, `${key}.o`), 1000 + index, 1000 + index);
  });
  assert.ok(one.read('a'), 'a is the oldest until it is read');
  one.write('k', object(11));
  const left = await eventually('room is made', () => {
    const names = new Set(readdirSync(directory).map((name) => name.replace('.o', '')));
    return names.size <= 7 ? names : undefined;
  });
  assert.equal([...left].sort(), ['a', 'f', 'g', 'h', 'i', 'j', 'k'].slice(-7));
});

cache('does not take an object larger than itself', ({ directory }) => {
  const one = new ObjectCache({ directory, maxByteLength: 500 });
  one.write('key', object(1));
  assert.equal(readdirSync(directory), []);
});

cache('refuses a directory that others may write', ({ directory }) => {
  chmodSync(directory, 0o777);
  assert.throws(() => new ObjectCache({ directory }), /can be written by other users/);
});

cache('goes on without a file system that can be written', ({ directory }) => {
  const one = new ObjectCache({ directory });
  rmSync(directory, { recursive: true });
  one.write('key', object(1));
  assert.is(one.read('key'), undefined);
});

cache('lets a new process call what an earlier one compiled, and its map loop', async ({ directory }) => {
  const ir = 'define i64 @seven(i64 %a) nounwind {\n  %r = mul i64 %a, 7\n  ret i64 %r\n}\n';
  const spec = [{ symbol: 'seven', signature: 'int64(int64)' }];
  const column = new Uint8Array(BigInt64Array.of(1n, 2n).buffer);
  const results: unknown[] = [];
  for (const expectedCached of [false, true]) {
    const jit = await JitProcess.start(undefined, directory);
    try {
      const { functions, cached } = await jit.compile(ir, spec);
      assert.is(cached, expectedCached);
      const handle = functions[0]?.handle ?? 0;
      results.push(await jit.function(handle, 'int64(int64)').call(6));
      const mapped = await jit.ask({ kind: 'map', handle, length: 2, columns: [column] });
      results.push(...new BigInt64Array(Uint8Array.from(mapped as Uint8Array).buffer));
    } finally {
      await jit.stop();
    }
  }
  assert.equal(results, [42, 7n, 14n, 42, 7n, 14n]);
  assert.is(readdirSync(directory).length, 2);
});

cache('two processes that compile the same modules at once share what they write', async ({ directory }) => {
  const workers = await Promise.all([
    JitProcess.start(undefined, directory),
    JitProcess.start(undefined, directory),
  ]);
  try {
    for (const factor of [2, 3, 4, 5, 6]) {
      const ir = `define i64 @times(i64 %a) nounwind {\n  %r = mul i64 %a, ${factor}\n  ret i64 %r\n}\n`;
      const results = await Promise.all(
        workers.map(async (jit) => (await jit.define('times', 'int64(int64)', ir)).call(10)),
      );
      assert.equal(results, [10 * factor, 10 * factor]);
    }
    assert.is(readdirSync(directory).length, 5);
  } finally {
    await Promise.all(workers.map((jit) => jit.stop()));
  }
});

cache('a damaged file is compiled again', async ({ directory }) => {
  const ir = 'define i64 @eight(i64 %a) nounwind {\n  %r = mul i64 %a, 8\n  ret i64 %r\n}\n';
  for (const damage of [true, false]) {
    const jit = await JitProcess.start(undefined, directory);
    try {
      const { functions, cached } = await jit.compile(ir, [{ symbol: 'eight', signature: 'int64(int64)' }]);
      assert.is(cached, false);
      assert.is(await jit.function(functions[0]?.handle ?? 0, 'int64(int64)').call(2), 16);
    } finally {
      await jit.stop();
    }
    const [name = ''] = readdirSync(directory);
    if (damage) truncateSync(join(directory, name), 300);
  }
});

cache.run();
