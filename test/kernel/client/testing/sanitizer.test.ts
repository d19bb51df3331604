import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSanitizer, SanitizerError, sanitizeWith } from '../../../../kernel/client/testing/sanitizer.ts';

const sanitizer = suite('sanitizer files');

function sanitized(file: string, text: string): string {
  return sanitizeWith(parseSanitizer(file, 'rules.cfg').values())(text);
}

/** Rules and texts with what Python 3.11's `re.sub` makes of them. */
const recorded: readonly (readonly [regex: string, replace: string, text: string, result: string])[] = [
  ['\\d{1,2}/\\d{1,2}/\\d{2,4}', 'DATE', 'on 12/3/2024, 1/2/03', 'on DATE, DATE'],
  ['(?P<h>\\d+):(?P<m>\\d+)', '\\g<m>:\\g<h>', '12:34', '34:12'],
  ['(a)(b)?', '[\\2|\\1]', 'ab a', '[b|a] [|a]'],
  ['x*', '-', 'abxd', '-a-b--d-'],
  ['^b', 'X', 'b\nb', 'X\nb'],
  ['(?m)^b$', 'X', 'b\nb\r', 'X\nb\r'],
  ['b$', 'X', 'b\nb\n', 'b\nX\n'],
  ['.+', 'X', 'a\rb\u2028c\nd', 'X\nX'],
  ['(?i)error', 'E', 'Error ERROR', 'E E'],
  ['(?s)<.*>', '', 'a<b\nc>d', 'ad'],
  ['[]\\-^]+', '.', 'a]-^b', 'a.b'],
  ['[^[]', '.', 'a[b', '.[.'],
  ['\\bnaïve\\b', 'N', 'naïve naïveté', 'N naïveté'],
  ['\\w+', 'W', 'größe, x_1', 'W, W'],
  ['\\W+', ' ', 'größe, x_1', 'größe x_1'],
  ['0x[0-9a-fA-F]+', '0x$1', 'at 0x7f0e1c', 'at 0x$1'],
  ['a{,2}b', 'X', 'aaab b', 'aX X'],
  ['{}', 'set()', 'x = {}', 'x = set()'],
  ['\\A\\s*|\\s*\\Z', '', ' a ', 'a'],
  ['a\\.b\\/c\\:d', 'P', 'a.b/c:d', 'P'],
  ['(["\'])(.*?)\\1', 'S', '"a" \'b"\'', 'S S'],
  ['(?P<q>x)(?P=q)', 'two\\n', 'xxx', 'two\nx'],
  ['\\U0001F600|\\u00e9', '?', '😀é', '??'],
];

for (const [regex, replace, text, result] of recorded) {
  sanitizer(`"${regex}" replaces what Python's re replaces`, () => {
    assert.is(sanitized(`regex: ${regex}\nreplace: ${replace}\n`, text), result);
  });
}

sanitizer('rules apply in their order, a section name is comment, and a regex given again wins', () => {
  const file = '[one]\nregex: a\nreplace: b\n\n[two]\nregex: b\nreplace: c\nregex: a\nreplace: x\n';
  assert.is(sanitized(file, 'ab'), 'xc');
});

sanitizer('an empty replacement removes, and line ends of Windows are none of the rule', () => {
  assert.is(sanitized('regex: \\d\r\nreplace: \r\n', 'a1b2'), 'ab');
});

sanitizer('what JavaScript has no counterpart for is refused with file and line', () => {
  for (const regex of ['(?x) a b', '(a)?(?(1)b|c)', 'a++', '(?>a)', '[a', '(', '\\y']) {
    assert.throws(
      () => sanitized(`# first\nregex: ${regex}\nreplace: x\n`, ''),
      (error: unknown) => error instanceof SanitizerError && error.message.startsWith('rules.cfg:2: '),
      regex,
    );
  }
});

sanitizer.run();
