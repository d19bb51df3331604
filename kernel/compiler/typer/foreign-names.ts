/** Names that people bring along from the rest of Python and JavaScript, and what compiled code has instead. */
import type { Language } from '../core.ts';

const OUTSIDE = 'compiled code has no input and output: return the value, and print it outside';
const TEXT = 'strings do not compile: take or return numbers, or an array of uint8';
const COLLECTION = 'take an array as a parameter and write into it, or use a tuple of fixed length';
const NEW_ARRAY = 'compiled code makes no arrays: take one as a parameter and write into it';
const RANDOM = 'pass random numbers as an argument, or compute them from a seed';
const TYPES_KNOWN = 'types are known before the function runs: remove the test';
const LOOP = 'write a for loop';
const CLOCK = 'measure outside of the compiled function';

const PYTHON: ReadonlyMap<string, string> = new Map([
  ...entries(OUTSIDE, ['print', 'input', 'open', 'sys', 'os']),
  ...entries(TEXT, ['str', 'repr', 'format', 'ord', 'chr', 'hex', 'oct', 'bin', 'ascii', 'bytes']),
  ...entries(COLLECTION, ['list', 'dict', 'set', 'tuple', 'frozenset', 'sorted', 'bytearray', 'slice']),
  ...entries(LOOP, ['map', 'filter', 'iter', 'next']),
  ...entries(TYPES_KNOWN, ['isinstance', 'issubclass', 'type', 'callable', 'hasattr']),
  ...entries(RANDOM, ['random', 'numpy.random']),
  ...entries(CLOCK, ['time', 'datetime']),
  ...entries(
    NEW_ARRAY,
    [
      ...['array', 'zeros', 'ones', 'empty', 'full', 'arange', 'linspace', 'eye', 'zeros_like', 'empty_like'],
      ...['ones_like', 'full_like', 'asarray', 'concatenate', 'stack', 'copy'],
    ].map((name) => `numpy.${name}`),
  ),
  ...entries("write 'x if test else y', in a loop where it is about arrays", ['numpy.where']),
  ...entries(
    'write a loop over the array',
    ['std', 'var', 'dot', 'cumsum', 'median', 'sort', 'matmul'].map((name) => `numpy.${name}`),
  ),
]);

const TYPESCRIPT: ReadonlyMap<string, string> = new Map([
  ...entries(OUTSIDE, [
    'console',
    'print',
    'alert',
    'prompt',
    'process',
    'require',
    'document',
    'window',
    'fetch',
  ]),
  ...entries(TEXT, ['String', 'JSON', 'RegExp', 'TextEncoder', 'TextDecoder']),
  ...entries('write int64(x) to convert a number', ['parseInt']),
  ...entries('write float64(x) to convert a number', ['parseFloat']),
  ...entries(COLLECTION, ['Array', 'Object', 'Map', 'Set', 'Symbol']),
  ...entries(RANDOM, ['Math.random', 'crypto']),
  ...entries('name each parameter', ['arguments']),
  ...entries(CLOCK, ['Date', 'performance']),
  ...entries('compiled functions run to their end', [
    'Promise',
    'setTimeout',
    'setInterval',
    'queueMicrotask',
  ]),
]);

function entries(hint: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [name, hint]);
}

/** What to write instead of `path` (`print`, `numpy.zeros`, `console`); `undefined` where nobody knows the name. */
export function foreignNameHint(path: string, language: Language): string | undefined {
  return (language === 'python' ? PYTHON : TYPESCRIPT).get(path);
}
