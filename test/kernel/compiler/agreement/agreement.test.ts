/**
 * Programs in Python, TypeScript and C: what the three compiled functions and our interpreter compute must be the same
 * bits, in results and in the arrays that were passed. Clang stands for C's meaning of the programs, so that our front
 * ends can't be wrong together.
 *
 * The interpreter has the mathematical functions of JavaScript, whose last bits differ from the C library's.
 *
 * A case's title ends in the function's signature with its name; its source is the calls.
 */
import { isTypedArray } from 'node:util/types';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../../backend/contract/complex.ts';
import type { SourceLanguage } from '../../../../kernel/compiler/foreign/detect-foreign.ts';
import { complex, type RemoteFunction, RemoteJIT } from '../../../../kernel/rjit/remote-jit.ts';
import type { Case } from '../../../support/case-file.ts';
import { readCaseFiles } from '../../../support/case-runner.ts';
import { clangFor } from '../../../support/left-out.ts';

const LANGUAGES: readonly SourceLanguage[] = ['python', 'typescript', 'c'];
const PROGRAM_COUNT = 30;

/** Functions that no standard says the last bit of. */
const MATHEMATICAL = /\bmath\.(?:exp|log|pow|sin|cos)\b/;

const clang = clangFor('agreement with programs in C');
const jit = new RemoteJIT({ port: 0 });
const programs = readCaseFiles('test/kernel/compiler/agreement/programs').flatMap(({ cases }) => cases);

const agreement = suite('agreement of Python, TypeScript and C');

agreement.before(async () => {
  await jit.startServer();
});
agreement.after(async () => {
  await jit.close();
});

for (const program of programs) {
  agreement(program.title, async () => {
    const computed = new Map<string, readonly string[]>();
    for (const language of LANGUAGES) {
      if (language === 'c' && clang === undefined) continue;
      const defined = await define(program, language);
      computed.set(language, run(program, defined));
      if (language !== 'c') {
        computed.set(
          `${language}, interpreted`,
          run(program, (...args) => defined.local(...args)),
        );
      }
    }
    const [[, expected] = ['', []]] = computed;
    const isExact = !MATHEMATICAL.test(program.source + program.sections.map(({ body }) => body).join(''));
    for (const [name, results] of computed) {
      if (isExact || !name.endsWith('interpreted')) assert.equal(results, expected, name);
      else
        assert.ok(
          results.every((text, index) => isClose(text, expected[index] ?? '')),
          `${name}: ${results}`,
        );
    }
  });
}

agreement('there are as many programs as were promised', () => {
  assert.ok(programs.length >= PROGRAM_COUNT, `${programs.length} programs`);
});

agreement.run();

async function define(program: Case, language: SourceLanguage): Promise<RemoteFunction> {
  const { name, signature } = signatureOf(program);
  const source = program.sections.find((section) => section.name === language)?.body;
  if (source === undefined) throw new Error(`${program.title} has no program in ${language}`);
  const functions = await jit.define({ source, language, fileName: language, signatures: [signature] });
  const defined = functions.find((one) => one.name === name);
  if (defined === undefined) throw new Error(`${program.title} in ${language} does not define ${name}`);
  return defined;
}

/** `Title: int64 gcd(int64, int64)` */
function signatureOf({ title }: Case): { readonly name: string; readonly signature: string } {
  const [, signature = '', name = ''] = /: (.*?(\w+)\([^()]*\))$/.exec(title) ?? [];
  return { name, signature };
}

/** What each call leaves: its result and its arguments, as bits. */
function run(program: Case, callee: (...args: readonly unknown[]) => unknown): readonly string[] {
  const { name } = signatureOf(program);
  const call = (...args: readonly unknown[]) => [callee(...args), ...args].map(bitsOf).join(' ');
  return program.source
    .split('\n')
    .filter((line) => line !== '')
    .map((line): string => String(new Function(name, 'complex', `return ${line};`)(call, complex)));
}

/** Whether all numbers that stand before their bits agree to 12 digits. */
function isClose(found: string, expected: string): boolean {
  const numbers = (text: string) =>
    [...text.matchAll(/(\S+?):[0-9a-f]{16}/g)].map(([, number]) => Number(number));
  const wanted = numbers(expected);
  return numbers(found).every((value, index) => {
    const other = wanted[index] ?? Number.NaN;
    return Object.is(value, other) || Math.abs(value - other) <= 1e-12 * (1 + Math.abs(other));
  });
}

function bitsOf(value: unknown): string {
  if (value instanceof Complex) return `${bitsOf(value.re)}+${bitsOf(value.im)}j`;
  if (isTypedArray(value)) return `[${Array.from(value, bitsOf).join(' ')}]`;
  if (typeof value !== 'number') return String(value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `${value}:${bytes.toString('hex')}`;
}
