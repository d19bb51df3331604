import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Language } from '../../../kernel/compiler/core.ts';
import type { Value } from '../../../kernel/compiler/interpret.ts';
import { JitProcess } from '../../support/jit-process.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { compileTwice, type Outcome, type TwiceCompiled } from '../../support/two-engines.ts';

/** One operator over one pair of types; recorded/record.py says how the tables were made. */
interface Table {
  readonly language: Language;
  readonly operator: string;
  readonly left: string;
  readonly right: string;
  readonly result: string;
  readonly rights: readonly string[];
  readonly rows: readonly { readonly left: string; readonly results: readonly string[] }[];
}

function readTables(name: string): Table[] {
  const text = readFileSync(join(repositoryRoot, 'test/kernel/compiler/recorded', name), 'utf8');
  return text
    .split(/^@ /m)
    .slice(1)
    .map((part) => {
      const [heading = '', rights = '', ...rows] = part.trimEnd().split('\n');
      const [language, operator = '', left = '', right = '', result = ''] = heading.split(' ');
      return {
        language: language === 'python' ? 'python' : 'typescript',
        operator,
        left,
        right,
        result,
        rights: rights.split(' '),
        rows: rows.map((row) => {
          const [first = '', results = ''] = row.split(': ');
          return { left: first, results: results.split(' ') };
        }),
      };
    });
}

const TYPESCRIPT_FORMS: Readonly<Record<string, string>> = {
  trunc: 'Math.trunc(a / b)',
  floor: 'Math.floor(a / b)',
};

function sourceOf(language: Language, tables: readonly Table[]): string {
  const functions = tables.map(({ operator }, index) =>
    language === 'python'
      ? `def f${index}(a, b):\n    return a ${operator} b\n`
      : `function f${index}(a, b) { return ${TYPESCRIPT_FORMS[operator] ?? `a ${operator} b`}; }\n`,
  );
  return functions.join('\n');
}

function parseNumber(text: string): number {
  if (text === 'inf' || text === '-inf') return text === 'inf' ? Infinity : -Infinity;
  return text === 'nan' ? Number.NaN : Number(text);
}

function parseValue(type: Type, text: string): Value {
  switch (type.kind) {
    case 'bool':
      return text === 'true';
    case 'int':
    case 'uint':
      return BigInt(text);
    case 'float':
      return parseNumber(text);
    default: {
      const [re = '', im = ''] = text.split(',');
      return { re: parseNumber(re), im: parseNumber(im) };
    }
  }
}

function show(value: Value): string {
  if (typeof value === 'object' && 're' in value) return `${show(value.re)},${show(value.im)}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Units in the last place between two finite doubles of one sign, at most a few. */
function isNear(a: number, b: number): boolean {
  if (Object.is(a, b)) return true;
  return Number.isFinite(a) && Math.abs(a - b) <= 4 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b));
}

/** Only powers go through functions whose last digits differ between libraries. */
function agrees(operator: string, outcome: Outcome, expected: string, type: Type): boolean {
  if ('exception' in outcome) return `!${outcome.exception}` === expected;
  if (expected.startsWith('!')) return false;
  const { value } = outcome;
  const wanted = parseValue(type, expected);
  if (operator !== '**') return show(value) === show(wanted);
  if (typeof value === 'number' && typeof wanted === 'number') return isNear(value, wanted);
  if (typeof value !== 'object' || !('re' in value)) return value === wanted;
  if (typeof wanted !== 'object' || !('re' in wanted)) return false;
  const size = Math.hypot(wanted.re, wanted.im);
  // Parts are as exact as the larger of them allows.
  const close = (a: number, b: number): boolean =>
    Object.is(a, b) || Math.abs(a - b) <= 8 * Number.EPSILON * size;
  return close(value.re, wanted.re) && close(value.im, wanted.im);
}

function signatureOf({ result, left, right }: Table): string {
  return `${result}(${left}, ${right})`;
}

async function check(table: Table, compiled: TwiceCompiled): Promise<string[]> {
  const { parameters, result } = parseSignature(signatureOf(table));
  const [leftType, rightType] = parameters;
  const failures: string[] = [];
  for (const row of table.rows) {
    for (const [index, right] of table.rights.entries()) {
      const expected = row.results[index] ?? '';
      if (!leftType || !rightType) continue;
      const args = [parseValue(leftType, row.left), parseValue(rightType, right)];
      const outcomes = [compiled.interpreted(args), await compiled.compiled(args)];
      for (const [engine, outcome] of outcomes.entries()) {
        if (agrees(table.operator, outcome, expected, result)) continue;
        const found = 'exception' in outcome ? `!${outcome.exception}` : show(outcome.value);
        const who = engine === 0 ? 'interpreter' : 'machine';
        failures.push(`${row.left} ${table.operator} ${right}: ${found} in the ${who}, recorded ${expected}`);
      }
    }
  }
  return failures;
}

for (const name of ['integers.txt', 'floats.txt', 'complexes.txt']) {
  const tests = suite<{ jit: JitProcess }>(`recorded ${name}`);
  tests.before(async (context) => {
    context.jit = await JitProcess.start();
  });
  tests.after(async ({ jit }) => jit.stop());
  for (const language of ['python', 'typescript'] as const) {
    const tables = readTables(name).filter((table) => table.language === language);
    if (tables.length === 0) continue;
    tests(`${language} operators give what CPython records, interpreted and compiled`, async ({ jit }) => {
      const compiled = await compileTwice(jit, {
        source: sourceOf(language, tables),
        language,
        overloads: () =>
          tables.map((table, index) => {
            return { functionName: `f${index}`, signature: parseSignature(signatureOf(table)) };
          }),
      });
      if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join('\n'));
      const failures: string[] = [];
      for (const [index, table] of tables.entries()) {
        const one = compiled.value[index];
        if (one) failures.push(...(await check(table, one)).map((text) => `${signatureOf(table)} ${text}`));
      }
      assert.equal(failures.slice(0, 40), []);
    });
  }
  tests.run();
}
