/** What uvu prints, read back: it has no reporter of its own that says which file failed. */

export interface FileReport {
  /** Path below dist/test. */
  readonly name: string;
  /** uvu's own text about each test that failed; empty when none did. */
  readonly failures: string;
  readonly suites: readonly SuiteReport[];
}

interface SuiteReport {
  readonly name: string;
  readonly passed: number;
  readonly total: number;
  readonly failed: boolean;
}

export interface RunnerReport {
  readonly files: readonly FileReport[];
  /** Tests that were registered. */
  readonly total: number;
}

/** @param output what uvu wrote to its standard output, without colours */
export function readRunnerOutput(output: string): RunnerReport {
  const [tests = '', totals = ''] = output.split(/^(?= {2}Total: )/m);
  const headed = tests.split(/^(?=\S+\.test\.js$)/m).filter((part) => /^\S+\.test\.js$/m.test(part));
  return { files: headed.map(readFile), total: Number(/Total: +(\d+)/.exec(totals)?.[1] ?? 0) };
}

function readFile(part: string): FileReport {
  const [name = ''] = part.split('\n', 1);
  const suites = [...part.matchAll(/^ ?(.*?) ?((?:[•✘] )*) *\((\d+) \/ (\d+)\)$/gm)].map(
    ([, suiteName = '', marks = '', passed, total]) => ({
      name: suiteName.trim(),
      passed: Number(passed),
      total: Number(total),
      failed: marks.includes('✘'),
    }),
  );
  return { name, suites, failures: failuresIn(part) };
}

/** From each "FAIL" to the line of the next suite. */
function failuresIn(part: string): string {
  const blocks: string[] = [];
  let inside = false;
  for (const line of part.split('\n')) {
    if (/^ {3}FAIL /.test(line)) inside = true;
    else if (/\(\d+ \/ \d+\)$/.test(line)) inside = false;
    if (inside) blocks.push(line);
  }
  return blocks.length === 0 ? '' : `${blocks.join('\n').trimEnd()}\n`;
}

/** Suites whose tests neither passed nor failed, in words; empty when there are none. */
export function suitesNotRun(report: RunnerReport): string {
  if (report.total === 0) return 'no test was run\n';
  const suites = report.files.flatMap((file) =>
    file.suites
      .filter((suite) => suite.passed !== suite.total && !suite.failed)
      .map(
        (suite) => `  ${file.name}: ${suite.name || 'tests'}: ${suite.passed} of ${suite.total} were run\n`,
      ),
  );
  return suites.length === 0 ? '' : `a hook threw, or tests are skipped, in\n${suites.join('')}`;
}
