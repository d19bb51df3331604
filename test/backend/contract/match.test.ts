import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { matchPenalty, signaturePenalty } from '../../../backend/contract/match.ts';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';

const match = suite('match penalties');

const IMPOSSIBLE = undefined;

/** RBC's rules, one row each: parameter, argument, penalty. */
const RULES: readonly (readonly [parameter: string, argument: string, penalty: number | undefined])[] = [
  ['int64', 'int64', 0],
  ['void', 'void', 0],
  ['int64', 'void', IMPOSSIBLE],
  ['int64', 'int8', 0],
  ['int8', 'int64', 56],
  ['uint8', 'uint32', 24],
  ['uint64', 'int64', 10],
  ['uint8', 'int64', 66],
  ['int32', 'uint64', 42],
  ['float64', 'int64', 1000],
  ['float32', 'uint8', 1000],
  ['complex128', 'float64', 1000],
  ['complex128', 'int64', 1000],
  ['float32', 'float64', 32],
  ['float64', 'float32', 0],
  ['complex64', 'complex128', 64],
  ['int64', 'float64', IMPOSSIBLE],
  ['bool', 'float64', IMPOSSIBLE],
  ['float64', 'complex128', IMPOSSIBLE],
  ['int64', 'complex128', IMPOSSIBLE],
  ['float64', 'bool', IMPOSSIBLE],
  ['complex128', 'bool', IMPOSSIBLE],
  ['int64', 'bool', 0],
  ['bool', 'int64', 63],
  ['char8', 'char32', 24],
  ['char8', 'int8', IMPOSSIBLE],
  ['void*', 'int64*', 0],
  ['int64*', 'void*', 0],
  ['int64*', 'int64*', 0],
  ['int64*', 'double*', IMPOSSIBLE],
  ['int64*', 'int64', IMPOSSIBLE],
  ['{int8, double}', '{int64, int64}', 1056],
  ['{int8}', '{int64, int64}', IMPOSSIBLE],
  ['double(int8)', 'float(int64)', 56],
  ['string', 'string', 0],
  ['string', 'int64', IMPOSSIBLE],
  ['float64[]', 'float64[]', 0],
  ['float64[]', 'float32[]', IMPOSSIBLE],
];

/** Ours: an array decays to a pointer. */
const DECAY: typeof RULES = [
  ['float64*', 'float64[]', 1],
  ['float64*', 'float64[,]', 1],
  ['void*', 'float64[]', 2],
  ['float32*', 'float64[]', IMPOSSIBLE],
  ['float64[]', 'float64*', IMPOSSIBLE],
  ['float64[,]', 'float64[]', IMPOSSIBLE],
];

for (const [parameter, argument, penalty] of [...RULES, ...DECAY]) {
  match(`${argument} to ${parameter} costs ${penalty ?? 'nothing: it is impossible'}`, () => {
    assert.is(matchPenalty(parseType(parameter), parseType(argument)), penalty);
  });
}

match('names of parameters never matter', () => {
  assert.is(matchPenalty(parseType('int64 a'), parseType('int64')), 0);
  assert.is(matchPenalty(parseType('{int64 a}'), parseType('{int64 b}')), 0);
});

match('a signature costs the sum, and nothing else than its own arity', () => {
  const signature = parseSignature('int8(int8, double)');
  assert.is(signaturePenalty(signature, [parseType('int64'), parseType('int64')]), 1056);
  assert.is(signaturePenalty(signature, [parseType('int64')]), undefined);
});

match.run();
