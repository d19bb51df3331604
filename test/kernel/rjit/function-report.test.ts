import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RemoteFunction, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { defineOne, withJit } from '../../support/remote-jit.ts';

const source = 'def half(x):\n    """<Half> of it."""\n    return x / 2\n';
const display = Symbol.for('Jupyter.display');

function bundleOf(half: RemoteFunction): Readonly<Record<string, string>> {
  const view = Reflect.get(half.report, display) as () => Readonly<Record<string, string>>;
  return view();
}

test('a report shows source, IR, optimised IR, assembly and where the time went', () =>
  withJit(async (jit) => {
    const half = await defineOne(jit, source, 'double(double)');
    const bundle = bundleOf(half);
    const html = bundle['text/html'] ?? '';
    for (const title of ['source', 'LLVM IR', 'optimised IR', 'assembly']) {
      assert.match(html, new RegExp(`<summary>${title}, \\d+ lines</summary>`));
    }
    assert.match(html, '&lt;Half&gt; of it.');
    assert.match(html, /<code>float64\(float64\)<\/code><\/th>(?:<td>[\d.]+ ms<\/td>){6}<td>[\d.]+ ms/);
    assert.match(html, /fmul double/);
    const text = bundle['text/plain'] ?? '';
    assert.match(text, /^half: float64\(float64\) {2}front end [\d.]+ ms, server [\d.]+ ms/);
    assert.match(text, /\nassembly\n/);
  }));

test('without a server it shows what there is', async () => {
  const jit = new RemoteJIT({ host: '127.0.0.1', port: 1 });
  try {
    const half = await defineOne(jit, source, 'double(double)');
    const html = bundleOf(half)['text/html'] ?? '';
    assert.match(html, 'not compiled yet');
    assert.match(html, '<summary>source, 3 lines</summary>');
    assert.not.match(html, 'assembly');
  } finally {
    await jit.close();
  }
});

test.run();
