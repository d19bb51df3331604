import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCases } from '../../support/case-runner.ts';
import { showNames, showTransform, transform } from './transform-case.ts';

runCases('test/kernel/language/cases', async ({ case: { source }, section }) => {
  const result = await transform(source, section.argument);
  if (section.name === 'shows') return result.ok && result.showsResult ? 'result' : 'nothing';
  if (section.name === 'declares') return showDeclarations(result);
  return showTransform(result);
});

function showDeclarations(result: Awaited<ReturnType<typeof transform>>): string {
  return result.ok
    ? result.declarations.map(({ name, kind }) => `${kind} ${showNames(name)}`).join('\n')
    : 'error';
}

const positions = suite('positions');

async function mapOf(source: string, generatedLine: number, text: string, declared = ''): Promise<string> {
  const result = await transform(source, declared);
  if (!result.ok) throw new Error(result.error.message);
  const line = result.code.split('\n')[generatedLine - 1] ?? '';
  const column = line.indexOf(text) + 1;
  if (column === 0) throw new Error(`'${text}' is not on line ${generatedLine} of\n${result.code}`);
  const position = result.map?.({ line: generatedLine, column }) ?? { line: generatedLine, column };
  return `${position.line}:${position.column}`;
}

positions('are those of the cell where only types were blanked', async () => {
  const result = await transform(
    'const x: number = 1 as number\nfunction f(this: Foo, a?: string): void {}\n',
  );
  assert.ok(result.ok && result.map === undefined);
});

positions('are those of the cell behind an imaginary literal', async () => {
  assert.is(await mapOf('1j + fail()', 1, 'fail'), '1:6');
});

positions('are those of the cell behind an await and inside of it', async () => {
  assert.is(await mapOf('a; await f(x) + g()', 1, 'f(x)'), '1:10');
  assert.is(await mapOf('a; await f(x) + g()', 1, 'g()'), '1:17');
});

positions('are those of the cell below an import of several lines', async () => {
  assert.is(await mapOf('import {\n  a,\n  b,\n} from "m"\nfail()', 5, 'fail'), '5:1');
});

positions('are those of the object literal that a cell is', async () => {
  assert.is(await mapOf('{ a: fail() }', 1, 'fail'), '1:6');
  assert.is(await mapOf('{\n  a: fail()\n}', 2, 'fail'), '2:6');
});

positions('are those of the cell in a function that was moved to the front', async () => {
  assert.is(await mapOf('1\nfunction f() { fail() }', 1, 'fail', 'let:f'), '2:16');
});

positions('are those of the cell when the compiler has rewritten it', async () => {
  const source = 'enum E { A }\n\nclass P { constructor(private x: number) {} }\nfail(1j)';
  const result = await transform(source);
  assert.ok(result.ok);
  const line = result.code.split('\n').findIndex((text) => text.includes('fail')) + 1;
  assert.is(await mapOf(source, line, 'fail'), '4:1');
});

positions.run();
