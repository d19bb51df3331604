import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { injectParameters } from '../../../kernel/client/inject-parameters.ts';
import type { Notebook } from '../../../kernel/client/notebook.ts';
import { codeCell, notebookOf } from '../../support/echo-notebooks.ts';

function shape({ cells }: Notebook): readonly unknown[] {
  return cells.map(({ source, metadata }) => [source, metadata.tags ?? []]);
}

test('parameters get a cell of their own behind the defaults', () => {
  const notebook = notebookOf(
    codeCell('intro'),
    codeCell('n = 1', [], { tags: ['parameters'] }),
    codeCell('n'),
  );
  const injected = injectParameters(notebook, { n: 3, name: 'b', on: true }, 'python');
  assert.equal(shape(injected), [
    ['intro', []],
    ['n = 1', ['parameters']],
    ['n = 3\nname = "b"\non = True', ['injected-parameters']],
    ['n', []],
  ]);
});

test('without such a cell they come first', () => {
  const injected = injectParameters(notebookOf(codeCell('n')), { n: 3 }, 'typescript');
  assert.equal(shape(injected), [
    ['let n = 3;', ['injected-parameters']],
    ['n', []],
  ]);
});

test('the cell of an earlier run is replaced, and no parameters change nothing', () => {
  const once = injectParameters(notebookOf(codeCell('n')), { n: 3 }, 'typescript');
  const twice = injectParameters(once, { n: 4 }, 'typescript');
  assert.equal(shape(twice), [
    ['let n = 4;', ['injected-parameters']],
    ['n', []],
  ]);
  assert.is(injectParameters(once, {}, 'typescript'), once);
});

test('cells have ids from nbformat 4.5 on, and none before', () => {
  const idIn = (nbformatMinor: number) =>
    injectParameters({ ...notebookOf(), nbformatMinor }, { n: 1 }, 'python').cells[0]?.rest.id;
  assert.match(String(idIn(5)), /^[0-9a-f]{8}$/);
  assert.is(idIn(4), undefined);
});

test.run();
