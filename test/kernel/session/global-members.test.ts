import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { globalMembers } from '../../../kernel/session/global-members.ts';

const members = suite('names of the global object');

members('are those that begin so, each with what it is', () => {
  assert.equal(globalMembers('Mat'), ['Math', 'property']);
  assert.equal(globalMembers('structuredC'), ['structuredClone', 'method']);
  assert.equal(globalMembers('noSuchName'), []);
});

members('are found without what the user has put in place of built-in methods', () => {
  const { flatMap, push } = Array.prototype;
  const { startsWith } = String.prototype;
  const iterator = Array.prototype[Symbol.iterator];
  const replaced = (): never => {
    throw new Error('this is the code of the user');
  };
  let found: readonly string[];
  try {
    Object.assign(Array.prototype, { flatMap: replaced, push: replaced, [Symbol.iterator]: replaced });
    Object.assign(String.prototype, { startsWith: replaced });
    found = globalMembers('Mat');
  } finally {
    Object.assign(Array.prototype, { flatMap, push, [Symbol.iterator]: iterator });
    Object.assign(String.prototype, { startsWith });
  }
  assert.equal(found, ['Math', 'property']);
});

members.run();
