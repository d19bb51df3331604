import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readClangMessages } from '../../../../kernel/compiler/foreign/clang-messages.ts';
import { renderDiagnostics } from '../../../../kernel/compiler/render-diagnostic.ts';

/* Recorded from clang 14 and 19. */

const messages = suite('what clang says');

const source = [
  '#include <math.h>',
  'double foo(double x) {',
  '  double é = fabss(x); retrun é;',
  '\tint *p = "ä"; if (x = 1) return 2;',
  '}',
  '',
].join('\n');

function rendered(text: string): string {
  return renderDiagnostics(readClangMessages(text, source).errors, { source, fileName: 'In[4]' });
}

messages('a place, a message, and a caret under the word', () => {
  assert.is(
    rendered(
      "<stdin>:3:15: error: implicit declaration of function 'fabss' is invalid in C99 [-Werror,-Wimplicit-function-declaration]",
    ),
    "error[clang]: implicit declaration of function 'fabss' is invalid in C99\n" +
      ' --> In[4]:3:14\n3 |   double é = fabss(x); retrun é;\n  |              ^^^^^',
  );
});

messages('a suggestion becomes a hint', () => {
  assert.is(
    rendered(
      "<stdin>:3:25: error: use of undeclared identifier 'retrun'; did you mean 'return'?\n1 error generated.",
    ),
    "error[clang]: use of undeclared identifier 'retrun'\n --> In[4]:3:24\n" +
      "3 |   double é = fabss(x); retrun é;\n  |                        ^^^^^^\n  = hint: did you mean 'return'?",
  );
});

messages('columns are bytes, and a range says how far', () => {
  const [error] = readClangMessages(
    '<stdin>:4:7:{4:11-4:15}: error: incompatible pointer types',
    source,
  ).errors;
  assert.is(source.slice(error?.span.start, error?.span.end), 'p');
  const [ranged] = readClangMessages('<stdin>:4:11:{4:11-4:15}: error: incompatible', source).errors;
  assert.is(source.slice(ranged?.span.start, ranged?.span.end), '"ä"');
});

messages('warnings are kept apart, with their names', () => {
  const { errors, warnings } = readClangMessages(
    '<stdin>:4:24:{4:22-4:27}: warning: using the result of an assignment as a condition without parentheses [-Wparentheses]\n' +
      "<stdin>:4:24: note: use '==' to turn this assignment into an equality comparison",
    source,
  );
  assert.equal(errors, []);
  assert.match(warnings[0]?.message ?? '', /\[-Wparentheses\]$/);
  assert.equal(warnings[0]?.notes, [
    "note: use '==' to turn this assignment into an equality comparison (line 4)",
  ]);
});

messages('an error within a header is shown where the cell led to it', () => {
  const text = rendered(
    "/usr/include/c++/12/bits/stl_vector.h:1276:7:{1276:7-1276:9}: error: no known conversion from 'const char[2]'\n" +
      "<stdin>:3:14: note: in instantiation of function template specialization 'f<double>' requested here",
  );
  assert.match(text, ' --> In[4]:3:13\n');
  assert.match(text, '= in /usr/include/c++/12/bits/stl_vector.h:1276\n');
});

messages('what is no message is passed over', () => {
  const { errors, warnings } = readClangMessages(
    'clang: warning: argument unused\nIn file included from <stdin>:1:\n',
    source,
  );
  assert.equal([errors, warnings], [[], []]);
});

messages.run();
