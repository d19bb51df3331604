import type { Row, RowGroup } from './row.ts';

export interface Measured {
  readonly group: RowGroup;
  readonly rows: readonly Row[];
}

/** `docs/BENCHMARKS.md`: what was measured, with what, on what, and how to measure again. */
export function renderReport(measured: readonly Measured[], command: string, machine: string): string {
  const parts = [
    '# Benchmarks',
    `Written by \`${command}\`, which measures rjit and those of its peers that are installed, one after the other, ` +
      'with the same client on the same machine. Smaller is better in every row. Machines differ: compare the ' +
      'columns, not the figures. `NODE_EXTRA_CA_CERTS` is taken out of the environment: where it names the certificates ' +
      'of a whole system, reading them is two thirds of the start of every Node process, whoever wrote it.',
    `Machine: ${machine}.`,
    ...measured.map(({ group, rows }) => `## ${group.title}\n\n${group.method}\n\n${renderTable(rows)}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function renderTable(rows: readonly Row[]): string {
  const subjects = [...new Set(rows.flatMap(({ results }) => [...results.keys()]))];
  const header = ['', ...subjects, 'goal'];
  const body = rows.map((row) => [
    row.name,
    ...subjects.map((subject) => cell(row, row.results.get(subject))),
    row.goal,
  ]);
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '---:')), ...body];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell({ unit }: Row, value: number | string | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return unit === 'ratio' ? value.toFixed(2) : `${threeDigits(value)} ${unit}`;
}

function threeDigits(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}
