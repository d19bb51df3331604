import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findNotebooks, NoNotebooksError } from '../../../../kernel/client/testing/find-notebooks.ts';

const finding = suite('finding notebooks');

const files = [
  'a.ipynb',
  'b.txt',
  'x.y.ipynb',
  'one/c.ipynb',
  'one/two/d.ipynb',
  'one/.ipynb_checkpoints/c-checkpoint.ipynb',
  'one/node_modules/m.ipynb',
  '.hidden/h.ipynb',
];

function found(...patterns: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-find-'));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    return findNotebooks(patterns.map((pattern) => join(folder, pattern))).map((path) =>
      relative(folder, path),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

finding('a folder gives the notebooks below it, without copies and packages', () => {
  assert.equal(found('one'), ['one/c.ipynb', 'one/two/d.ipynb']);
});

finding('globs match within a name, and ** any number of folders', () => {
  assert.equal(found('*.ipynb'), ['a.ipynb', 'x.y.ipynb']);
  assert.equal(found('?.ipynb'), ['a.ipynb']);
  assert.equal(found('[a-c].{ipynb,txt}'), ['a.ipynb', 'b.txt']);
  assert.equal(found('[!a].txt'), ['b.txt']);
  assert.equal(found('*/*.ipynb'), ['one/c.ipynb']);
  assert.equal(found('one/**/d.ipynb'), ['one/two/d.ipynb']);
  assert.equal(found('**/c.ipynb'), ['one/c.ipynb']);
});

finding('patterns keep their order and no notebook comes twice', () => {
  assert.equal(found('x.y.ipynb', '*.ipynb'), ['x.y.ipynb', 'a.ipynb']);
});

finding('a pattern without a match is an error that names it', () => {
  assert.throws(
    () => found('*.ipynb', 'none/*.ipynb'),
    (error: unknown) => error instanceof NoNotebooksError && error.message.endsWith('none/*.ipynb'),
  );
});

finding.run();
