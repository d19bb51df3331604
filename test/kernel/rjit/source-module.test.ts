import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { CompileError } from '../../../kernel/rjit/compile-error.ts';
import { SessionNames } from '../../../kernel/rjit/session-names.ts';
import { SourceModule } from '../../../kernel/rjit/source-module.ts';

const NO_NAMES = new SessionNames({ constants: {}, scope: () => undefined, functions: new Map() });
const HEADER = '%%rjit int64(int64); int128(int128)';
const BODY = '\ndef foo(a):\n    return a';

/** What a user sees of a cell whose second signature is `text`. */
function messageFor(text: string): string {
  const cell = HEADER.replace('int128(int128)', text) + BODY;
  const source = cell.replace(/^.*/, (header) => ' '.repeat(header.length));
  const module = SourceModule.parse({ source, shown: cell, fileName: 'In[1]' }, NO_NAMES);
  const start = cell.indexOf(text);
  try {
    module.assign([{ signature: parseSignature(text), span: { start, end: start + text.length } }]);
    return 'none';
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
}

test('a type that is not supported is shown in the signature that names it', () => {
  assert.is(
    messageFor('int128(int128)'),
    `error[unsupported-type]: int128(int128) uses int128, which is not supported
 --> In[1]:1:22
1 | %%rjit int64(int64); int128(int128)
  |                      ^^^^^^^^^^^^^^
  = hint: use bool, int8 … uint64, float32, float64, complex64, complex128, T[] or T*`,
  );
});

test('a signature that no function has parameters for is shown itself', () => {
  assert.is(
    messageFor('int64(int64, int64)'),
    `error[parameter-count]: foo has 1 parameter and int64(int64, int64) has 2
 --> In[1]:1:22
1 | %%rjit int64(int64); int64(int64, int64)
  |                      ^^^^^^^^^^^^^^^^^^^
  = hint: give it one type each for a`,
  );
});

test('so is one that names a function the cell lacks', () => {
  assert.is(
    messageFor('int64 fooo(int64)'),
    `error[unknown-function]: there is no function fooo for int64 fooo(int64)
 --> In[1]:1:22
1 | %%rjit int64(int64); int64 fooo(int64)
  |                      ^^^^^^^^^^^^^^^^^
  = hint: did you mean foo?`,
  );
});

test.run();
