/** JUnit XML, as CI services read it: a test suite for each notebook, a test case for each code cell. */
import { failureDetails, failureSummary } from './render-failure.ts';
import type { NotebookReport } from './report.ts';
import { cellTitle, isFailed, type TestedCell } from './verdict.ts';

export function junitXml(reports: readonly NotebookReport[]): string {
  const suites = reports.map(suite).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rjit test">\n${suites}</testsuites>\n`;
}

function suite(report: NotebookReport): string {
  const { path } = report;
  if ('error' in report) {
    const error = element('error', { message: report.error.message }, '');
    const cases = element('testcase', { classname: path, name: 'notebook' }, `\n${error}`);
    return element('testsuite', { name: path, tests: 1, failures: 0, errors: 1, skipped: 0 }, `\n${cases}`);
  }
  const { cells, durationMs } = report.tested;
  const attributes = {
    name: path,
    tests: cells.length,
    failures: cells.filter(isFailed).length,
    errors: 0,
    skipped: cells.filter(({ verdict }) => verdict.status === 'skipped' || verdict.status === 'xfailed')
      .length,
    time: seconds(durationMs),
  };
  return element('testsuite', attributes, `\n${cells.map((cell) => testcase(path, cell)).join('')}`);
}

function testcase(path: string, tested: TestedCell): string {
  const attributes = {
    classname: path,
    name: cellTitle(tested.index, tested.cell),
    time: seconds(tested.durationMs),
  };
  const outcome = outcomeElement(tested);
  return element('testcase', attributes, outcome === '' ? '' : `\n${outcome}`);
}

function outcomeElement({ verdict, failedBefore }: TestedCell): string {
  switch (verdict.status) {
    case 'passed':
      if (failedBefore === undefined) return '';
      // Surefire's element for a test that failed and then passed.
      return element(
        'flakyFailure',
        { message: failureSummary(failedBefore), type: failedBefore.kind },
        escaped(failureDetails(failedBefore)),
      );
    case 'skipped':
      return element('skipped', { message: verdict.reason }, '');
    case 'xfailed': {
      const message = `an earlier cell ran out of time: ${failureSummary(verdict.failure)}`;
      return element('skipped', { message, type: 'xfail' }, '');
    }
    case 'failed':
      return element(
        'failure',
        { message: failureSummary(verdict.failure), type: verdict.failure.kind },
        escaped(failureDetails(verdict.failure)),
      );
  }
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: string,
): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${list}/>\n` : `<${name}${list}>${content}</${name}>\n`;
}

/** XML 1.0 has no way to write most control characters and lone surrogates. */
function escaped(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
