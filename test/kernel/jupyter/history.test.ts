import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { History, HistoryEntry } from '../../../kernel/jupyter/history/history.ts';
import { MemoryHistory } from '../../../kernel/jupyter/history/memory-history.ts';
import { PersistentHistory } from '../../../kernel/jupyter/history/persistent-history.ts';

const fail = (text: string): never => {
  throw new Error(text);
};

function inputs(entries: readonly HistoryEntry[]): readonly string[] {
  return entries.map(({ input }) => input);
}

const kinds: readonly (readonly [name: string, create: (folder: string) => History])[] = [
  ['history in memory', () => new MemoryHistory()],
  ['history in a file', (folder) => new PersistentHistory(join(folder, 'h.sqlite'), fail)],
];

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [name, create] of kinds) {
  const test = suite(name);

  test('gives the newest, a range, and what matches a glob', () =>
    inFolder(async (folder) => {
      const history = create(folder);
      for (const [index, text] of ['a = 1', 'b', "x'y", 'a = 1', 'abc'].entries()) {
        history.append(index + 1, text, text === 'b' ? '2' : undefined);
      }
      assert.equal(inputs(await history.tail(2)), ['a = 1', 'abc']);
      assert.equal(await history.tail(0), []);
      const [second] = await history.range(0, 2, 3);
      assert.equal(second, { session: 1, line: 2, input: 'b', output: '2' });
      assert.equal(inputs(await history.range(0, 4, undefined)), ['a = 1', 'abc']);
      assert.equal(inputs(await history.range(1, 1, 2)), ['a = 1']);
      const search = (pattern: string, count?: number, unique = false) =>
        history.search({ pattern, count, unique });
      assert.equal(inputs(await search('a*')), ['a = 1', 'a = 1', 'abc']);
      assert.equal(inputs(await search('a*', undefined, true)), ['a = 1', 'abc']);
      assert.equal(inputs(await search('a*', 1)), ['abc']);
      assert.equal(inputs(await search("?'[xy]")), ["x'y"]);
      assert.equal(inputs(await search('A*')), []);
      await history.close();
    }));

  test.run();
}

const file = suite('history across sessions');

file('is there for the next kernel, and for one that runs beside it', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'new', 'h.sqlite');
    const first = new PersistentHistory(path, fail);
    first.append(1, 'first', undefined);
    await first.close();
    const second = new PersistentHistory(path, fail);
    const third = new PersistentHistory(path, fail);
    second.append(1, 'second', undefined);
    third.append(1, 'third', undefined);
    assert.equal(inputs(await second.tail(9)), ['first', 'second']);
    assert.equal(inputs(await third.tail(9)), ['first', 'second', 'third']);
    assert.equal(
      (await third.tail(9)).map(({ session }) => session),
      [1, 2, 3],
    );
    assert.equal(inputs(await third.range(-1, 1, undefined)), ['second']);
    await Promise.all([second.close(), third.close()]);
    assert.is(statSync(path).mode & 0o777, 0o600);
  }),
);

file('that can not be kept is said once, and ends nothing', () =>
  inFolder(async (folder) => {
    const said: string[] = [];
    const history = new PersistentHistory(folder, (text) => said.push(text));
    history.append(1, 'x', undefined);
    await history.close();
    assert.is(said.length, 1);
    assert.match(said[0] ?? '', /can't be used/);
  }),
);

file('costs nothing when nothing was run', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'h.sqlite');
    await new PersistentHistory(path, fail).close();
    assert.is(statSync(path, { throwIfNoEntry: false }), undefined);
  }),
);

file.run();
