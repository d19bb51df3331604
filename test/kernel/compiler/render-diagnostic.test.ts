import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../kernel/compiler/diagnostic.ts';
import { type RenderOptions, renderDiagnostics } from '../../../kernel/compiler/render-diagnostic.ts';

/** A diagnostic at a piece of the source. */
function at(source: string, piece: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  const start = source.indexOf(piece);
  return { code: 'type-mismatch', message: 'wrong', span: { start, end: start + piece.length }, ...rest };
}

function render(source: string, diagnostic: Diagnostic, options: Partial<RenderOptions> = {}): string {
  return renderDiagnostics([diagnostic], { source, fileName: 'In[4]', ...options });
}

function lines(...text: string[]): string {
  return text.join('\n');
}

test('a diagnostic shows message, place, line, carets, hint and notes', () => {
  const source = 'function foo(a, b) {\n  return a / b;\n}';
  const diagnostic = at(source, 'a / b', {
    message: 'returned value of type float64 where int64 is needed',
    hint: 'write int64(a / b) to truncate toward zero',
    notes: ['while compiling foo for int64(int64, int64)'],
  });
  assert.is(
    render(source, diagnostic),
    lines(
      'error[type-mismatch]: returned value of type float64 where int64 is needed',
      ' --> In[4]:2:10',
      '2 |   return a / b;',
      '  |          ^^^^^',
      '  = hint: write int64(a / b) to truncate toward zero',
      '  = while compiling foo for int64(int64, int64)',
    ),
  );
});

test('the gutter is as wide as the line number', () => {
  const source = `${'\n'.repeat(99)}  x`;
  assert.is(
    render(source, at(source, 'x', { hint: 'y' })),
    lines('error[type-mismatch]: wrong', '   --> In[4]:100:3', '100 |   x', '    |   ^', '    = hint: y'),
  );
});

test('lines above the source are counted where they are told of', () => {
  assert.is(
    render('x', at('x', 'x'), { firstLine: 9 }),
    lines('error[type-mismatch]: wrong', ' --> In[4]:9:1', '9 | x', '  | ^'),
  );
});

test('tabs take the columns up to the next stop, in the line and below it', () => {
  const source = '\tab\tx = 1';
  assert.is(
    render(source, at(source, 'x = 1')),
    lines('error[type-mismatch]: wrong', ' --> In[4]:1:5', '1 |     ab  x = 1', '  |         ^^^^^'),
  );
  assert.is(
    render(source, at(source, '\tx')),
    lines('error[type-mismatch]: wrong', ' --> In[4]:1:4', '1 |     ab  x = 1', '  |       ^^^'),
  );
});

test('wide characters take two columns, combining ones none', () => {
  const source = '变量 + 😀 + e\u0301 + x';
  assert.match(render(source, at(source, 'x')), /\n {2}\| {1}[ ]{16}\^$/);
  assert.match(render(source, at(source, '😀')), /\n {2}\| {1}[ ]{7}\^\^$/);
  assert.match(render(source, at(source, '变量')), /\n {2}\| {1}\^\^\^\^$/);
});

test('a span over several lines is marked to the end of its first line', () => {
  const source = 'x = (a +\r\n  b)';
  assert.is(
    render(source, { code: 'c', message: 'm', span: { start: 4, end: source.length } }),
    lines('error[c]: m', ' --> In[4]:1:5', '1 | x = (a +', '  |     ^^^^'),
  );
});

test('an empty span and the end of the source have one caret', () => {
  assert.is(
    render('ab', { code: 'c', message: 'm', span: { start: 2, end: 2 } }),
    lines('error[c]: m', ' --> In[4]:1:3', '1 | ab', '  |   ^'),
  );
  assert.is(
    render('ab\n', { code: 'c', message: 'm', span: { start: 3, end: 3 } }),
    lines('error[c]: m', ' --> In[4]:2:1', '2 |', '  | ^'),
  );
  assert.is(
    render('', { code: 'c', message: 'm', span: { start: 0, end: 0 } }),
    lines('error[c]: m', ' --> In[4]:1:1', '1 |', '  | ^'),
  );
});

test('a span at a line end stays on its line, whatever ends it', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const source = `ab${end}cd`;
    assert.match(
      render(source, { code: 'c', message: 'm', span: { start: 2, end: 2 } }),
      /:1:3\n1 \| ab\n {2}\| {3}\^$/,
    );
    assert.match(render(source, at(source, 'cd')), /:2:1\n2 \| cd\n {2}\| \^\^$/);
  }
});

test('control characters are shown as pictures and never reach a terminal', () => {
  const source = 'a\x1b[31mb\x7f\0';
  const text = render(source, at(source, 'b'));
  assert.match(text, '1 | a␛[31mb␡␀');
  assert.match(text, /\n {2}\| {7}\^$/);
});

test('several diagnostics are separated by a blank line', () => {
  const text = renderDiagnostics([at('ab', 'a'), at('ab', 'b')], { source: 'ab', fileName: 'f' });
  assert.is(text.split('\n\n').length, 2);
  assert.is(renderDiagnostics([], { source: 'ab', fileName: 'f' }), '');
});

test('hints of several lines are indented', () => {
  assert.match(render('ab', at('ab', 'a', { hint: 'one\ntwo' })), / {2}= hint: one\n {4}two$/);
});

test('colours change nothing but the colours', () => {
  const source = 'a\tb';
  const diagnostic = at(source, 'b', { hint: 'h', notes: ['n'] });
  const colored = render(source, diagnostic, { color: true });
  assert.match(colored, '\x1b[1;31merror[type-mismatch]\x1b[0m\x1b[1m: wrong\x1b[0m');
  assert.is(colored.replace(/\x1b\[[\d;]*m/g, ''), render(source, diagnostic));
});

test('warnings are called so', () => {
  assert.match(render('a', at('a', 'a'), { severity: 'warning' }), /^warning\[type-mismatch\]: wrong\n/);
});

test.run();
