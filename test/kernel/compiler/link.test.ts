import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { compileProgram, type Overload } from '../../../kernel/compiler/compile.ts';
import { createInterpreter } from '../../../kernel/compiler/interpret.ts';
import { type LinkedName, type LinkUnit, linkProgram } from '../../../kernel/compiler/link.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';

const target = { triple: 'x86_64-pc-linux-gnu' };

/** A module that finds others by name in `names`. */
function unit(
  fileName: string,
  source: string,
  signatures: Readonly<Record<string, readonly string[]>>,
  names: ReadonlyMap<string, LinkedName>,
): LinkUnit {
  const parsed = parseModule({ source, fileName });
  if (!parsed.ok) throw new Error(`${fileName} does not parse`);
  const own = Object.entries(signatures).flatMap(([functionName, texts]) =>
    texts.map((text): Overload => ({ functionName, signature: parseSignature(text) })),
  );
  return {
    core: parsed.value,
    place: { source, fileName },
    options: {},
    signaturesOf: (name) => own.filter((one) => one.functionName === name).map((one) => one.signature),
    withCallees: (overloads) => overloads,
    find: (name) => names.get(name),
    outerNames: names.keys(),
  };
}

const overload = (functionName: string, signature: string): Overload => {
  return { functionName, signature: parseSignature(signature) };
};

const links = suite('linking');

links('takes in the overloads that are called, and no others, under names of their own', () => {
  const names = new Map<string, LinkedName>();
  const python = unit(
    'In[1]',
    'def g(x):\n    return x + 1\n',
    { g: ['int64(int64)', 'float64(float64)'] },
    names,
  );
  names.set('g', { kind: 'function', unit: python, functionName: 'g' });
  const root = unit('In[2]', 'function f(x) { return g(x) * 2; }\n', { f: ['int64(int64)'] }, names);
  const linked = linkProgram(root, [overload('f', 'int64(int64)')]);
  if (!linked.ok) throw new Error(linked.diagnostics[0]?.message);
  const symbols = linked.value.functions.map(({ symbol, exported, file }) => ({ symbol, exported, file }));
  assert.equal(symbols, [
    { symbol: 'f_lalA', exported: true, file: 0 },
    { symbol: 'g_lalA.1', exported: false, file: 1 },
  ]);
  assert.is(createInterpreter(linked.value).call('f_lalA', [4n]), 10n);
  const { ir, files, functions } = compileProgram(linked.value, target);
  assert.equal(
    files.map(({ fileName }) => fileName),
    ['In[2]', 'In[1]'],
  );
  assert.equal(
    functions.map(({ symbol }) => symbol),
    ['f_lalA'],
  );
  assert.match(ir, 'define internal i64 @g_lalA.1(i64 %x)');
  assert.match(ir, '!DIFile(filename: "#0"');
});

links('keeps the raises of all modules apart, and knows which file they are in', () => {
  const names = new Map<string, LinkedName>();
  const inner = unit('In[1]', 'def g(x):\n    raise ValueError("inner")\n', { g: ['int64(int64)'] }, names);
  names.set('g', { kind: 'function', unit: inner, functionName: 'g' });
  const source = 'def f(x):\n    if x > 0:\n        raise ValueError("outer")\n    return g(x)\n';
  const root = unit('In[2]', source, { f: ['int64(int64)'] }, names);
  const linked = linkProgram(root, [overload('f', 'int64(int64)')]);
  if (!linked.ok) throw new Error(linked.diagnostics[0]?.message);
  assert.equal(
    linked.value.raises.map(({ message }) => message),
    ['outer', 'inner'],
  );
  const { ir } = compileProgram(linked.value, target);
  assert.match(ir, 'call void @rjit_raise(i32 1000, i32 3)');
  assert.match(ir, `call void @rjit_raise(i32 1001, i32 ${2 ** 20 + 2})`);
});

links('says which module is wrong', () => {
  const names = new Map<string, LinkedName>();
  const broken = unit('In[1]', 'def g(x):\n    return h(x)\n', { g: ['int64(int64)'] }, names);
  names.set('g', { kind: 'function', unit: broken, functionName: 'g' });
  const root = unit('In[2]', 'def f(x):\n    return g(x)\n', { f: ['int64(int64)'] }, names);
  const linked = linkProgram(root, [overload('f', 'int64(int64)')]);
  assert.not(linked.ok);
  if (!linked.ok) assert.equal([linked.unit.place.fileName, linked.diagnostics.length], ['In[1]', 1]);
});

links('declares what libraries define', () => {
  const library = { signaturesOf: () => [parseSignature('float64(float64)')] };
  const names = new Map<string, LinkedName>([['g', { kind: 'foreign', library, functionName: 'g' }]]);
  const root = unit('In[1]', 'def f(x):\n    return g(x)\n', { f: ['float64(float64)'] }, names);
  const linked = linkProgram(root, [overload('f', 'float64(float64)')]);
  if (!linked.ok) throw new Error(linked.diagnostics[0]?.message);
  assert.equal(linked.libraries, [library]);
  assert.match(compileProgram(linked.value, target).ir, 'declare double @g_dadA(double) nounwind');
});

links.run();
