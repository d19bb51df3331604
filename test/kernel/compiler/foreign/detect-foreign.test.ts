import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectForeignLanguage } from '../../../../kernel/compiler/foreign/detect-foreign.ts';

const detection = suite('detection of C, C++ and LLVM IR');

const sources: Readonly<Record<'c' | 'c++' | 'ir' | 'neither', readonly string[]>> = {
  c: [
    'double foo(double x) { return x; }',
    '\n\n  static inline unsigned long long foo(void)\n{\n  return 1;\n}',
    '#include <stdio.h>\nvoid foo() {}',
    '# include "mine.h"\nFOO(int)',
    'typedef struct { int a; } pair;\npair foo(int a) { pair p = { a }; return p; }',
    'struct point { double x; };\nstruct point origin(void) { struct point p = { 0 }; return p; }',
    'const char *name(int i) { return "int"; }',
    '// double std::x\nuint8_t foo(uint8_t *a) { return *a; }',
    'double _Complex z(double _Complex a) { return a; }',
  ],
  'c++': [
    '#include <cmath>\ndouble foo(double x) { return x; }',
    'template <class T> T id(T x) { return x; }\nint foo(int x) { return id(x); }',
    'extern "C" double foo(double x) { return x; }',
    'int foo(int x) { auto y = x; return y; }',
    'namespace a { int x; }\nint foo() { return a::x; }',
    '#include <complex>\nstd::complex<double> foo(std::complex<double> z) { return z; }',
  ],
  ir: [
    'define i64 @foo(i64 %a) {\n  ret i64 %a\n}',
    '; comment\n\ndefine dso_local noundef double @"a b"(double %0) #0 {',
  ],
  neither: [
    'function foo(a, b) { return a + b }',
    'def foo(a, b):\n    return a + b',
    'def foo(a):\n    # include <stdio.h> in C\n    return a',
    'const double = (x) => { return 2 * x };',
    'let int = 1; function float(x: number): number { return x }',
    'function define(x: string) { return x }',
    '// double foo(double x) { return x; }\nfunction foo(x) { return x }',
    'type struct = { a: number };\nfunction f(x) { return x }',
    '',
  ],
};

for (const [language, texts] of Object.entries(sources)) {
  for (const source of texts) {
    detection(`${language}: ${JSON.stringify(source).slice(0, 60)}`, () => {
      assert.is(detectForeignLanguage(source) ?? 'neither', language);
    });
  }
}

detection.run();
