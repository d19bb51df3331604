import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FIRST_MODULE_RAISE,
  RAISES,
  raiseDetail,
  raiseMessage,
} from '../../../backend/contract/raise-kinds.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';

test('an error carries its code in front and survives the wire', () => {
  const error = new RemoteError('jit-crash', 'SIGSEGV in foo_lallA at 0x0', {
    functionName: 'foo_lallA',
    signalName: 'SIGSEGV',
    address: 0n,
    line: 3,
  });
  assert.is(error.message, '[jit-crash] SIGSEGV in foo_lallA at 0x0');
  const copy = RemoteError.fromFault(error.toFault());
  assert.equal(copy.toFault(), error.toFault());
  assert.is(copy.message, error.message);
});

test('what a program raised arrives under its own name and text', () => {
  const error = RemoteError.fromFault({
    code: 'jit-raise',
    message: raiseDetail(RAISES['integer-floor-division']),
    line: 2,
  });
  assert.is(error.name, 'ZeroDivisionError');
  assert.is(error.message, 'integer division or modulo by zero');
  assert.is(String(error), 'ZeroDivisionError: integer division or modulo by zero');
  assert.is(error.line, 2);
});

test('an exception without a text and a text without an exception are both readable', () => {
  assert.is(String(new RemoteError('jit-raise', raiseDetail(RAISES.assertion))), 'AssertionError');
  assert.is(String(new RemoteError('jit-raise', '42 is wrong')), 'RuntimeError: 42 is wrong');
});

test('no match is a TypeError with the bare text of RBC', () => {
  const error = new RemoteError('no-match', 'found no matching function signature');
  assert.is(String(error), 'TypeError: found no matching function signature');
});

test('a code that nobody knows is a protocol error that quotes it', () => {
  const error = RemoteError.fromFault({ code: 'surprise', message: 'text' });
  assert.is(error.code, 'protocol');
  assert.match(error.message, /unknown error code 'surprise': text/);
});

test('whatever is caught becomes one error and keeps its cause', () => {
  const cause = new TypeError('x is not a function');
  const error = RemoteError.from(cause, 'connection-lost');
  assert.is(error.cause, cause);
  assert.is(error.message, '[connection-lost] x is not a function');
  assert.is(RemoteError.from(error), error);
  assert.is(RemoteError.from('text').detail, 'text');
  assert.is(RemoteError.from(new RangeError()).detail, 'RangeError', 'an error without words has its name');
});

test('kinds of raises are unique, and a module adds its own from 1000', () => {
  const kinds = Object.values(RAISES).map((raise) => raise.kind);
  assert.is(new Set(kinds).size, kinds.length);
  assert.ok(kinds.every((kind) => kind > 0 && kind < FIRST_MODULE_RAISE));
  const own = { exception: 'ValueError', message: 'too small' };
  assert.equal(raiseMessage(FIRST_MODULE_RAISE, [own]), own);
  assert.is(raiseMessage(FIRST_MODULE_RAISE + 1, [own]), undefined);
  assert.is(raiseMessage(1, [])?.message, 'division by zero');
});

test.run();
