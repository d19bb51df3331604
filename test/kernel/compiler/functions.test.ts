import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import type { Value } from '../../../kernel/compiler/interpret.ts';
import { JitProcess } from '../../support/jit-process.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { compileTwice, type TwiceCompiled } from '../../support/two-engines.ts';

/** A function and what CPython makes of arguments; recorded/record.py writes them. */
interface Recorded {
  readonly call: string;
  readonly parameters: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function readRecorded(): Recorded[] {
  const text = readFileSync(join(repositoryRoot, 'test/kernel/compiler/recorded/functions.txt'), 'utf8');
  return text
    .split(/^@ /m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...rows] = part.trimEnd().split('\n');
      const [call = '', ...parameters] = heading.split(' ');
      return { call, parameters, rows: rows.map((row) => row.split(' ')) };
    });
}

/**
 * Units in the last place by which the server's functions may differ from CPython's, which are the C library's but
 * for these. Parts of complex results are measured against the larger part.
 */
const ULPS: Readonly<Record<string, number>> = { 'math.gamma': 12, 'math.lgamma': 4 };
const DEFAULT_ULPS = 2;
const COMPLEX_ULPS = 8;
/** The interpreter's own functions of JavaScript. */
const INTERPRETER_TOLERANCE = 1e-11;

function resultType(call: string): string {
  if (/^c?math\.is/.test(call)) return 'bool';
  if (/^math\.(floor|ceil|trunc)$/.test(call)) return 'int64';
  return call.startsWith('cmath') && call !== 'cmath.phase' ? 'complex128' : 'float64';
}

function parseNumber(text: string): number {
  if (text === 'inf' || text === '-inf') return text === 'inf' ? Infinity : -Infinity;
  return text === 'nan' ? Number.NaN : Number(text);
}

function parseValue(type: string, text: string): Value {
  if (type === 'bool') return text === 'true';
  if (type === 'int64') return BigInt(text);
  if (type === 'float64') return parseNumber(text);
  const [re = '', im = ''] = text.split(',');
  return { re: parseNumber(re), im: parseNumber(im) };
}

function near(found: number, wanted: number, tolerance: number, scale: number): boolean {
  if (Object.is(found, wanted)) return true;
  if (wanted === 0 || !Number.isFinite(wanted)) return false;
  return Math.abs(found - wanted) <= Math.max(tolerance * scale, Number.MIN_VALUE);
}

function agrees(call: string, found: Value, wanted: Value, tolerance: number): boolean {
  if (typeof found === 'number' && typeof wanted === 'number') {
    // Near its zeros at 1 and 2 lgamma is as exact as a number near 1.
    const scale = call === 'math.lgamma' ? Math.max(1, Math.abs(wanted)) : Math.abs(wanted);
    return near(found, wanted, tolerance, scale);
  }
  if (typeof found !== 'object' || typeof wanted !== 'object') return found === wanted;
  if (!('re' in found) || !('re' in wanted)) return false;
  const size = Math.max(Math.abs(wanted.re), Math.abs(wanted.im));
  const scale = Number.isFinite(size) ? size : 1;
  const zeros = (a: number, b: number): boolean => a === 0 && b === 0;
  const part = (a: number, b: number): boolean => zeros(a, b) || near(a, b, tolerance, scale);
  return part(found.re, wanted.re) && part(found.im, wanted.im);
}

function show(value: Value): string {
  if (typeof value === 'object' && 're' in value) return `${show(value.re)},${show(value.im)}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

type Engine = 'machine' | 'interpreter';

/**
 * Of complex numbers with a NaN in them C says little about the result, and with infinities the interpreter does
 * not follow C's tables.
 */
function isComparable(engine: Engine, args: readonly Value[]): boolean {
  const parts = args.flatMap((value) =>
    typeof value === 'object' && 're' in value ? [value.re, value.im] : [],
  );
  return engine === 'machine' ? !parts.some(Number.isNaN) : parts.every(Number.isFinite);
}

async function differences(recorded: Recorded, compiled: TwiceCompiled): Promise<string[]> {
  const { call, rows, parameters } = recorded;
  const type = resultType(call);
  const ulps = ULPS[call] ?? (type === 'complex128' ? COMPLEX_ULPS : DEFAULT_ULPS);
  const found: string[] = [];
  for (const row of rows) {
    const expected = row.at(-1) ?? '?';
    if (expected === '?') continue;
    const args = parameters.map((parameter, index) => parseValue(parameter, row[index] ?? ''));
    const wanted = parseValue(type, expected);
    const outcomes = { machine: await compiled.compiled(args), interpreter: compiled.interpreted(args) };
    for (const engine of ['machine', 'interpreter'] as const) {
      const outcome = outcomes[engine];
      const tolerance = engine === 'machine' ? ulps * Number.EPSILON : INTERPRETER_TOLERANCE;
      const value = 'value' in outcome ? outcome.value : undefined;
      if (!isComparable(engine, args) || (value !== undefined && agrees(call, value, wanted, tolerance)))
        continue;
      found.push(
        `${call}(${row.slice(0, -1).join(' ')}) is ${show(value)} by the ${engine}, recorded ${expected}`,
      );
    }
  }
  return found;
}

const tests = suite<{ jit: JitProcess }>('recorded functions');
tests.before(async (context) => {
  context.jit = await JitProcess.start();
});
tests.after(async ({ jit }) => jit.stop());

tests('math and cmath give what CPython records, special values included', async ({ jit }) => {
  const tables = readRecorded().filter(({ call }) => call !== 'round');
  const source = tables.map(({ call, parameters }, index) => {
    const names = parameters.map((_, position) => 'xyz'[position]).join(', ');
    return `def f${index}(${names}):\n    return ${call}(${names})\n`;
  });
  const compiled = await compileTwice(jit, {
    source: source.join('\n'),
    language: 'python',
    overloads: () =>
      tables.map(({ call, parameters }, index) => {
        const signature = parseSignature(`${resultType(call)}(${parameters.join(', ')})`);
        return { functionName: `f${index}`, signature };
      }),
  });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join('\n'));
  const found: string[] = [];
  for (const [index, table] of tables.entries()) {
    const one = compiled.value[index];
    if (one) found.push(...(await differences(table, one)));
  }
  assert.equal(found, []);
});

tests('round is correct to the last digit', async ({ jit }) => {
  const [table] = readRecorded().filter(({ call }) => call === 'round');
  if (!table) throw new Error('no round');
  const digits = [...new Set(table.rows.map((row) => row[1] ?? ''))];
  const source = digits.map((text, index) => `def f${index}(x):\n    return round(x, ${text})\n`).join('\n');
  const signature = parseSignature('float64(float64)');
  const compiled = await compileTwice(jit, {
    source,
    language: 'python',
    overloads: () => digits.map((_, index) => ({ functionName: `f${index}`, signature })),
  });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join('\n'));
  for (const [x = '', text = '', expected = ''] of table.rows) {
    const one = compiled.value[digits.indexOf(text)];
    const outcomes = [await one?.compiled([Number(x)]), one?.interpreted([Number(x)])];
    for (const outcome of outcomes) {
      assert.equal(outcome, { value: Number(expected) }, `round(${x}, ${text})`);
    }
  }
});

tests.run();
