import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { demangle, mangle, mangledSymbol } from '../../../backend/contract/mangle.ts';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';
import { SignatureError } from '../../../backend/contract/signature-error.ts';

/** RBC's normalisation on a 64-bit Linux host, as its typesystem prints it. */
const NORMALIZED: readonly (readonly [written: string, printed: string])[] = [
  ['', 'void'],
  ['none', 'void'],
  ['b', 'bool'],
  ['boolean', 'bool'],
  ['_Bool', 'bool'],
  ['bool8', 'bool8'],
  ['i', 'int32'],
  ['int', 'int32'],
  ['int32_t', 'int32'],
  ['i35', 'int35'],
  ['i4', 'int4'],
  ['signed', 'int32'],
  ['u', 'uint32'],
  ['unsigned', 'uint32'],
  ['unsigned int', 'uint32'],
  ['unsigned  int', 'uint32'],
  ['byte', 'int8'],
  ['ubyte', 'uint8'],
  ['unsigned byte', 'uint8'],
  ['signed char', 'int8'],
  ['unsigned char', 'uint8'],
  ['char', 'char8'],
  ['wchar_t', 'char32'],
  ['short', 'int16'],
  ['unsigned short', 'uint16'],
  ['l', 'int64'],
  ['long', 'int64'],
  ['long long', 'int64'],
  ['unsigned long', 'uint64'],
  ['ssize_t', 'int64'],
  ['size_t', 'uint64'],
  ['c_size_t', 'uint64'],
  ['std::size_t', 'uint64'],
  ['f', 'float32'],
  ['float', 'float32'],
  ['d', 'float64'],
  ['double', 'float64'],
  ['long double', 'float128'],
  ['c', 'complex64'],
  ['complex', 'complex64'],
  ['c128', 'complex128'],
  ['str', 'string'],
  ['*', 'void*'],
  ['void *', 'void*'],
  ['()', 'void(void)'],
  ['f  (   )', 'float32(void)'],
  ['i(i*, i15)', 'int32(int32*, int15)'],
  ['*(*,{*,*})', 'void*(void*, {void*, void*})'],
  ['{{d,c} ,b}', '{{float64, complex64}, bool}'],
  ['{i,d,c, bool,f,str*}', '{int32, float64, complex64, bool, float32, string*}'],
  ['int64(void)', 'int64(void)'],
  ['int64(int64 a, double b)', 'int64(int64 a, float64 b)'],
  ['int64 foo(int64)', 'int64 foo(int64)'],
  ['int64 (*foo)(int64)', 'int64 foo(int64)'],
  ['long long int n', 'int64 n'],
  ['double* x', 'float64* x'],
  ['double[]', 'float64[]'],
  ['Array<double>', 'float64[]'],
  ['double[,]', 'float64[,]'],
  ['(int64, float64)(int64)', '(int64, float64)(int64)'],
  ['Column<double, Meta>', 'Column<float64, Meta>'],
];

const text = suite('type text');

for (const [written, printed] of NORMALIZED) {
  text(`${written || 'nothing'} is printed as ${printed}`, () => {
    assert.is(formatType(parseType(written)), printed);
    assert.is(formatType(parseType(printed)), printed);
  });
}

/** What is wrong, where it is underlined, and what the message must say. */
const WRONG: readonly (readonly [text: string, underlined: string, message: RegExp])[] = [
  ['int64)', ')', /found '\)' where the end of the signature is expected/],
  ['int64(int64', ' ', /it ends where ',' or '\)' is expected/],
  ['int64(', ' ', /it ends where a type such as int64/],
  ['int64(,)', ',', /found ',' where a type/],
  ['number(int64)', 'number', /unknown type `number`; write float64/],
  ['foo(int64)', 'foo', /unknown type `foo`; known are bool, int8/],
  ['int64(int64 a b)', 'b', /found 'b' where ',' or '\)' is expected/],
  ['int64(int64; int64)', ';', /the character ';' cannot stand/],
  ['int64(void, int64)', 'void, int64)', /a parameter of type void; leave it out/],
  ['(int64)', '(int64)', /write void\(int64\) for a function without a result, or int64 alone/],
  ['int64(int64) | sizer=1', '|', /annotations after '\|' belong to table functions/],
  ['int0', 'int0', /unknown type/],
  ['float80', 'float80', /unknown type/],
];

for (const [written, underlined, message] of WRONG) {
  text(`${written} is refused at ${underlined}`, () => {
    assert.throws(
      () => parseType(written),
      (error: unknown) => {
        assert.instance(error, SignatureError);
        const found = error as SignatureError;
        assert.match(found.message, message);
        assert.is(`${written} `.slice(found.start, found.end), underlined);
        return true;
      },
    );
  });
}

text('a type that is no function is refused with the text of RBC', () => {
  assert.throws(() => parseSignature('int64'), /expected signature representing function type, got `int64`/);
});

text('hostile nesting and length are refused', () => {
  assert.throws(() => parseType('{'.repeat(5000)), /nested at most 32 deep/);
  assert.throws(() => parseType(`int64(${'int64,'.repeat(5000)}`), /characters; at most/);
});

text.run();

const mangling = suite('mangling');

/** From RBC's documentation of its mangling and from its captured symbols. */
const MANGLED: readonly (readonly [type: string, mangled: string])[] = [
  ['void', 'v'],
  ['bool', 'b'],
  ['char8', 'c'],
  ['char16', 'z'],
  ['char32', 'w'],
  ['int8', 'B'],
  ['int16', 's'],
  ['int32', 'i'],
  ['int64', 'l'],
  ['int128', 'q'],
  ['uint8', 'U'],
  ['uint16', 'S'],
  ['uint32', 'I'],
  ['uint64', 'L'],
  ['uint128', 'Q'],
  ['float16', 'h'],
  ['float32', 'f'],
  ['float64', 'd'],
  ['float128', 'x'],
  ['complex32', 'H'],
  ['complex64', 'F'],
  ['complex128', 'D'],
  ['complex256', 'X'],
  ['string', 't'],
  ['bool8', 'V5Vbool8'],
  ['int4', 'V4Vint4'],
  ['int64(int64, int64)', '_lallA'],
  ['double(double)', '_dadA'],
  ['int64*(intp a)', '__lPalW1WaA'],
  ['int64(void)', '_lavA'],
  ['{int64, double}', '_ldK'],
  ['Foo<double>', '_V3VFoordR'],
];

for (const [type, mangled] of MANGLED) {
  mangling(`${type} is mangled as ${mangled}`, () => {
    assert.is(mangle(parseType(type)), mangled);
    assert.equal(demangle(mangled), parseType(type));
  });
}

mangling('a symbol is the name and the mangled signature, whatever name the signature carries', () => {
  assert.is(mangledSymbol('foo', parseType('int64(int64, int64)')), 'foo_lallA');
  assert.is(mangledSymbol('foo', parseType('int64 bar(int64, int64)')), 'foo_lallA');
});

mangling('every type survives mangling inside every construction', () => {
  const atoms = [
    'void*',
    'bool',
    'd',
    '{f}',
    '{{f},d}',
    'f(d)',
    'f(d)(f(d,d))',
    '()',
    '{f,d}({f},f(d,d,d))',
    'd[,]',
  ];
  for (const atom of atoms) {
    for (const type of [
      atom,
      `${atom}*`,
      `{${atom}}`,
      `${atom}(${atom})`,
      `{${atom}*,${atom}}`,
      `d({${atom}}, ${atom})`,
    ]) {
      assert.equal(demangle(mangle(parseType(type))), parseType(type), type);
    }
  }
});

mangling('what was never mangled is refused', () => {
  for (const bad of ['', 'l_', '_l', '_la', '_lal', 'V9Vab', 'VxVa', 'lW3Wab', '?', '_'.repeat(1000), 'll']) {
    assert.throws(() => demangle(bad), /failed to demangle/, bad);
  }
});

mangling.run();
