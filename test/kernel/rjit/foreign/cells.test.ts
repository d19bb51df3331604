import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SourceLanguage } from '../../../../kernel/compiler/foreign/detect-foreign.ts';
import {
  complex,
  type RemoteFunction,
  RemoteJIT,
  uint8,
  uint64,
} from '../../../../kernel/rjit/remote-jit.ts';
import type { Case } from '../../../support/case-file.ts';
import { runCases } from '../../../support/case-runner.ts';
import { clangFor } from '../../../support/left-out.ts';
import { errorOf } from '../../../support/remote-jit.ts';

/*
 * A case is a cell. `==> functions SIGNATURES` gives it signatures and lists what can be called then, `==> calls`
 * are JavaScript expressions and what they give, `==> error SIGNATURES` is what the definition throws.
 */

const written: string[] = [];
const jit = new RemoteJIT({ port: 0, write: (text) => written.push(text) });

const server = suite('a server for foreign cells');
server('starts', async () => {
  await jit.startServer();
});
server.run();

const clang = clangFor('cells in C and C++');
if (clang)
  runCases('test/kernel/rjit/foreign/cases/c', ({ case: one, section, path }) =>
    produce(one, section, languageOf(path)),
  );
runCases('test/kernel/rjit/foreign/cases/ir', ({ case: one, section, path }) =>
  produce(one, section, languageOf(path)),
);

const options = suite('options of foreign cells');
const defineWith = (language: SourceLanguage, source: string, given: object) =>
  jit.define({ source, language, fileName: 'In[4]', signatures: [], options: given });

if (clang) {
  options('--fastmath is clang’s, and is shown', async () => {
    const [foo] = await defineWith('c', 'double foo(double x) { return x / 3; }', { fastMath: true });
    assert.match(foo?.ir ?? '', /fdiv (?:fast|reassoc)/);
    assert.match(String(foo), '\n; options: fastmath\n');
    assert.match(inspect(foo), "foo['float64(float64)'] (fastmath)");
    const [plain] = await defineWith('c', 'double foo(double x) { return x / 3; }', {});
    assert.match(plain?.ir ?? '', /fdiv double/);
    assert.equal(plain?.options, []);
  });

  options('signatures are added while it runs, where the function has these types', async () => {
    const source =
      'double sum(const double *p, long n) { double t = 0; for (long i = 0; i < n; i++) t += p[i]; return t; }';
    const [sum] = await defineWith('c', source, {});
    assert.equal(sum?.signatures, ['float64(float64*, int64)']);
    sum?.signature('float64(float64[])');
    assert.is(sum?.(Float64Array.of(1, 2, 4)), 7);
    const error = await errorOf(() => sum?.signature('float64(float32[])'));
    assert.match(
      error.message,
      'the signature is float64(float32[]), but the function is double sum(const double *, long)',
    );
    assert.is(sum?.signatures.length, 2);
  });

  options('a function stays callable when the server starts anew', async () => {
    const [put, get] = await defineWith(
      'c',
      'static long n; long put(long x) { return n = x; } long get(void) { return n; }',
      {},
    );
    assert.equal([put?.(3), get?.()], [3, 3]);
    await jit.startServer();
    assert.equal([get?.(), put?.(4), get?.()], [0, 4, 4]);
  });
}

options('what a compiler does not know is refused', async () => {
  const source = 'define i64 @foo() { ret i64 1 }';
  const error = await errorOf(() => defineWith('ir', source, { fastMath: true, checkBounds: false }));
  assert.match(
    error.message,
    'error[option]: fastmath has no meaning for this language: its compiler decides',
  );
  assert.match(error.message, 'error[option]: no-bounds has no meaning');
});

options('foreign functions do not run locally', async () => {
  const [foo] = await defineWith('ir', 'define i64 @foo() { ret i64 1 }', {});
  const error = await errorOf(() => foo?.local());
  assert.is(
    error.message,
    "[unsupported] functions in LLVM IR can't be run locally; only those in TypeScript and Python can",
  );
});
options.run();

const end = suite('the server for foreign cells');
end('ends', async () => {
  await jit.close();
});
end.run();

/** Named by the file: `c++.txt`, `ir.txt`; `detected.txt` names none. */
function languageOf(path: string): SourceLanguage | undefined {
  const [, name] = /^(c\+\+|c|ir)\.txt$/.exec(path) ?? [];
  return name === 'c' || name === 'c++' || name === 'ir' ? name : undefined;
}

/** What a case has defined for signatures: its sections use it, one after the other. */
const defined = new WeakMap<Case, Map<string, readonly RemoteFunction[]>>();

async function define(
  one: Case,
  signatures: string,
  language: SourceLanguage | undefined,
): Promise<readonly RemoteFunction[]> {
  const known = defined.get(one)?.get(signatures);
  if (known) return known;
  const functions = await jit.define({
    source: one.source,
    fileName: 'In[4]',
    signatures: signatures.split(';').filter((text) => text.trim() !== ''),
    ...(language === undefined ? {} : { language }),
  });
  defined.set(one, (defined.get(one) ?? new Map()).set(signatures, functions));
  return functions;
}

async function produce(
  one: Case,
  { name, argument, body }: Case['sections'][number],
  language: SourceLanguage | undefined,
): Promise<string> {
  switch (name) {
    case 'functions':
      return (await define(one, argument, language)).map(describe).join('\n');
    case 'calls': {
      const signatures = one.sections.find((section) => section.name === 'functions')?.argument ?? '';
      const functions = await define(one, signatures, language);
      return body
        .split('\n')
        .map((line) => line.split(' -> ')[0] ?? '')
        .map((text) => `${text} -> ${evaluate(text, functions)}`)
        .join('\n');
    }
    case 'warnings':
      written.length = 0;
      await define(one, argument, language);
      return written.join('\n');
    case 'error':
      return String(await errorOf(() => define(one, argument, language)));
    default:
      throw new Error(`there is no section ${name}`);
  }
}

function describe(one: RemoteFunction): string {
  return `${one.name}: ${one.signatures.join('; ')}`;
}

/** What an expression over the functions gives, in words. */
function evaluate(text: string, functions: readonly RemoteFunction[]): string {
  const names = { complex, uint8, uint64, ...Object.fromEntries(functions.map((one) => [one.name, one])) };
  const body = new Function(...Object.keys(names), `return ${text};`);
  try {
    const value: unknown = body(...Object.values(names));
    return Object.is(value, -0) ? '-0' : typeof value === 'bigint' ? `${value}n` : String(value);
  } catch (error) {
    return String(error);
  }
}
