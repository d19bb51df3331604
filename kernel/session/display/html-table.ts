import { inspect } from 'node:util';
import { escapeHtml } from './escape-html.ts';

/** More rows than anybody reads make a page slow. */
const MAX_ROWS = 50;
const MAX_COLUMNS = 30;
/** Arrays longer than this are judged by their first elements. */
const MAX_CHECKED = 10_000;

export type Row = Readonly<Record<string, unknown>>;

/** A non-empty array of plain objects, each with at least one property: what a database or a CSV file gives. */
export function isRecords(value: unknown): value is readonly Row[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const checked: readonly unknown[] = value.length > MAX_CHECKED ? value.slice(0, MAX_CHECKED) : value;
  return checked.every((row) => isPlainObject(row) && Object.keys(row).length > 0);
}

export function isPlainObject(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export interface TableOptions {
  /** How many rows are shown (50); the rest is counted. */
  readonly maxRows?: number;
}

/** A table of one row for each record; its columns in the order in which records first have them. */
export function recordsTable(rows: readonly Row[], options: TableOptions = {}): string {
  const { maxRows = MAX_ROWS } = options;
  const shown = rows.slice(0, maxRows);
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const shownColumns = columns.slice(0, MAX_COLUMNS);
  const body = shown.map((row, index) => [
    String(index),
    ...shownColumns.map((column) => cellText(row[column])),
  ]);
  const rest = [
    ...(rows.length > shown.length ? [`${rows.length - shown.length} more rows`] : []),
    ...(columns.length > shownColumns.length ? [`${columns.length - shownColumns.length} more columns`] : []),
  ];
  return tableHtml(shownColumns, body, rest.join(', '));
}

/** The first word of each row is its head. The class is the one that Jupyter's front ends style. */
function tableHtml(head: readonly string[], body: readonly (readonly string[])[], rest: string): string {
  const headCells = ['', ...head].map((text) => `<th>${escapeHtml(text)}</th>`).join('');
  const rows = body.map(([first = '', ...cells]) => {
    const others = cells.map((text) => `<td>${escapeHtml(text)}</td>`).join('');
    return `<tr><th>${escapeHtml(first)}</th>${others}</tr>`;
  });
  const note = rest === '' ? '' : `<p>… ${escapeHtml(rest)}</p>`;
  return `<table class="dataframe"><thead><tr>${headCells}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>${note}`;
}

function cellText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string'
    ? value
    : inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}
