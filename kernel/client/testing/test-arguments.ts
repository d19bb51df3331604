/** The command line of `rjit test`. */
import { parseArgs } from 'node:util';
import { parseParameters } from '../parameters.ts';
import { parseServer } from '../server-option.ts';
import { DEFAULT_DIFFERING_SHARE } from './pixels.ts';
import type { NotebookTestOptions } from './test-file.ts';

export const usage = `usage: rjit test [NOTEBOOK|FOLDER|GLOB]… [OPTIONS]

Runs notebooks and compares what each cell gives with what the notebook holds. Without a path: all notebooks below the
current folder. Options that nbval has go under nbval's names too (--nbval-lax, --nbval-sanitize-with, …).

  --server URL, --token T   reach kernels through a Jupyter server, or rjit gateway, that was started in this folder
                            (the token also from JUPYTER_TOKEN)
  --lax                     check only the cells marked NBVAL_CHECK_OUTPUT
  --sanitize-with FILE      replace what changes from run to run (nbval's files; may be given again)
  --kernel-name NAME        use this kernelspec instead of the notebook's
  --cell-timeout SECONDS    for each cell; it is interrupted then (2000)
  --startup-timeout SECONDS for the kernel to answer (60)
  --compare KEY=COMPARER    how outputs of a kind are compared (exact, numbers, markup, pixels,
                            vega-lite, ignore); may be given again
  --rtol X, --atol X        how far numbers may be from the expected ones (with comparer numbers: 1e-9, 0)
  --pixels SHARE            of an image's pixels that may differ (with comparer pixels: 0.001)
  --budget SECONDS          a cell that takes longer fails
  --max-output MEGABYTES    a cell that puts out more is interrupted and fails (100)
  --update                  write outputs that differ into the notebook
  --retries N               test a notebook with failing cells again; what passes then is flaky, not broken
  --jobs N                  test N notebooks at the same time (1)
  -p, --parameter NAME=VALUE  assign a value behind the cell tagged "parameters" (papermill's); may be given again
  --junit FILE              write a JUnit XML report
  --html FILE               write a report with both outputs of each cell side by side
  --coverage                say which lines and branches of the cells, and of the files that they import, have run
  --lcov FILE               write that as LCOV, for editors and CI
  --output-dir DIR          write the executed notebooks below DIR
  --watch                   test a notebook again whenever it changes, until Ctrl+C
  --no-color                no colours (NO_COLOR and FORCE_COLOR count too)

Exit status: 0 all cells passed (or are flaky, or were updated), 1 a cell failed, 2 wrong usage, or a notebook could
not be tested at all, 130 interrupted.
`;

const options = {
  lax: { type: 'boolean' },
  'sanitize-with': { type: 'string', multiple: true },
  'kernel-name': { type: 'string' },
  'cell-timeout': { type: 'string' },
  'startup-timeout': { type: 'string' },
  compare: { type: 'string', multiple: true },
  rtol: { type: 'string' },
  atol: { type: 'string' },
  pixels: { type: 'string' },
  budget: { type: 'string' },
  'max-output': { type: 'string' },
  update: { type: 'boolean' },
  retries: { type: 'string' },
  jobs: { type: 'string', short: 'j' },
  parameter: { type: 'string', short: 'p', multiple: true },
  junit: { type: 'string' },
  html: { type: 'string' },
  coverage: { type: 'boolean' },
  lcov: { type: 'string' },
  'output-dir': { type: 'string' },
  watch: { type: 'boolean' },
  server: { type: 'string' },
  token: { type: 'string' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** nbval's names, and pytest's. */
const aliases: Readonly<Record<string, string>> = {
  '--nbval': '',
  '--nbval-lax': '--lax',
  '--nbval-sanitize-with': '--sanitize-with',
  '--nbval-kernel-name': '--kernel-name',
  '--nbval-cell-timeout': '--cell-timeout',
  '--nbval-kernel-startup-timeout': '--startup-timeout',
  '--junitxml': '--junit',
  '--junit-xml': '--junit',
  '--numprocesses': '--jobs',
};

export interface TestArguments {
  readonly patterns: readonly string[];
  readonly test: NotebookTestOptions;
  readonly jobs: number;
  readonly junit: string | undefined;
  readonly html: string | undefined;
  readonly lcov: string | undefined;
  readonly outputDirectory: string | undefined;
  readonly watch: boolean;
  readonly noColour: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws {UsageError} @throws {ParameterError} */
export function parseTestArguments(argv: readonly string[]): TestArguments | 'help' {
  const { values, positionals } = parse(argv.flatMap(withoutAlias));
  if (values.help) return 'help';
  return {
    patterns: positionals.length === 0 ? ['.'] : positionals,
    test: {
      lax: values.lax ?? false,
      sanitizeWith: values['sanitize-with'] ?? [],
      compare: comparisons(values),
      rtol: number('rtol', values.rtol, 0) ?? 1e-9,
      atol: number('atol', values.atol, 0) ?? 0,
      pixelShare: number('pixels', values.pixels, 0) ?? DEFAULT_DIFFERING_SHARE,
      kernelName: values['kernel-name'],
      cellTimeoutMs: seconds('cell-timeout', values['cell-timeout']),
      startupTimeoutMs: seconds('startup-timeout', values['startup-timeout']),
      budgetMs: seconds('budget', values.budget),
      maxOutputByteLength: megabytes('max-output', values['max-output']),
      retries: integer('retries', values.retries, 0) ?? 0,
      update: values.update ?? false,
      coverage: values.coverage === true || values.lcov !== undefined,
      server: parseServer(values),
      parameters: parseParameters(values.parameter ?? []),
    },
    jobs: integer('jobs', values.jobs, 1) ?? 1,
    junit: values.junit,
    html: values.html,
    lcov: values.lcov,
    outputDirectory: values['output-dir'],
    watch: values.watch ?? false,
    noColour: values['no-color'] ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // parseArgs says which option is wrong and why.
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; see rjit test --help`);
  }
}

function withoutAlias(word: string): string[] {
  const [name = '', ...value] = word.split('=');
  const ours = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (ours === undefined) return [word];
  return ours === '' ? [] : [[ours, ...value].join('=')];
}

/** A tolerance says that numbers are meant, wherever programs print them. */
function comparisons({
  compare = [],
  rtol,
  atol,
  pixels,
}: ReturnType<typeof parse>['values']): readonly string[] {
  const numbers =
    rtol === undefined && atol === undefined ? [] : ['text/plain', 'stdout', 'application/json'];
  const images = pixels === undefined ? [] : ['image/png'];
  return [...numbers.map((key) => `${key}=numbers`), ...images.map((key) => `${key}=pixels`), ...compare];
}

function seconds(name: string, text: string | undefined): number | undefined {
  const value = number(name, text, Number.MIN_VALUE);
  return value === undefined ? undefined : value * 1000;
}

function megabytes(name: string, text: string | undefined): number | undefined {
  const value = number(name, text, Number.MIN_VALUE);
  return value === undefined ? undefined : value * 1e6;
}

function integer(name: string, text: string | undefined, least: number): number | undefined {
  const value = number(name, text, least);
  if (value === undefined || Number.isInteger(value)) return value;
  throw new UsageError(`--${name} is "${text}"; expected a whole number`);
}

function number(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new UsageError(`--${name} is "${text}"; expected a number${least > 0 ? ' above 0' : ', 0 or more'}`);
}
