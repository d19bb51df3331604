import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCaseFile, parseCaseFile, sectionBody } from './case-file.ts';

const TEXT = `# Python's comments may stand in a source
# this one is part of it
def foo(a):

    return a

==> core
(function foo (a)

  (return a))

==> run int64(int64)
foo(1)


# The next case
x

==> core
`;

test('a case file gives titles, sources and sections', () => {
  const [first, second, ...others] = parseCaseFile(TEXT, 'a.txt');
  assert.is(others.length, 0);
  assert.is(first?.title, `Python's comments may stand in a source`);
  assert.is(first?.source, '# this one is part of it\ndef foo(a):\n\n    return a');
  assert.equal(first?.sections, [
    { name: 'core', argument: '', body: '(function foo (a)\n\n  (return a))' },
    { name: 'run', argument: 'int64(int64)', body: 'foo(1)' },
  ]);
  assert.is(second?.line, 16);
  assert.equal(second?.sections, [{ name: 'core', argument: '', body: '' }]);
});

test('a formatted case file reads back as the same cases', () => {
  const cases = parseCaseFile(TEXT, 'a.txt');
  assert.equal(parseCaseFile(formatCaseFile(cases), 'a.txt'), cases);
  assert.is(formatCaseFile(cases), TEXT);
});

test('indentation of the first line of a source is kept', () => {
  assert.is(parseCaseFile('# t\n\n    x = 1\n\n==> core', 'a.txt')[0]?.source, '    x = 1');
});

test('text before the first title is refused with its place', () => {
  assert.throws(
    () => parseCaseFile('\nfoo\n# t\n==> core', 'a.txt'),
    /a\.txt:2: expected '# Title', found 'foo'/,
  );
});

test('a case without a section is refused with its place', () => {
  assert.throws(() => parseCaseFile('# t\nfoo', 'a.txt'), /a\.txt:1: the case 't' has no '==> section'/);
});

test('a produced line that would begin a case of its own is refused', () => {
  assert.throws(() => sectionBody('define\n# not a title'), /would begin a case/);
  assert.is(sectionBody('\nfoo\n'), 'foo');
});

test.run();
