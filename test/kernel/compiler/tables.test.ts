import { formatType } from '../../../backend/contract/format-type.ts';
import { parseType } from '../../../backend/contract/parse-type.ts';
import type { BinaryOperator, CompareOperator } from '../../../kernel/compiler/core.ts';
import { dialectOf } from '../../../kernel/compiler/dialect.ts';
import {
  join,
  strong,
  type ValueType,
  WEAK_COMPLEX,
  WEAK_FLOAT,
  weakInteger,
} from '../../../kernel/compiler/types/lattice.ts';
import { binaryRule, compareRule, unaryRule } from '../../../kernel/compiler/types/operators.ts';
import { canonicalType } from '../../../kernel/compiler/types/value-types.ts';
import { runCases } from '../../support/case-runner.ts';

/*
 * The operator table, cell by cell. A case's source names the dialect and what is tabulated; rows are left operands,
 * columns right ones, the last four of each are literals. `-` is a refusal.
 */

const NAMES = ['bool', 'int8', 'uint8', 'int64', 'uint64', 'float32', 'float64', 'complex64', 'complex128'];

const OPERANDS: readonly (readonly [string, ValueType])[] = [
  ...NAMES.map((name): [string, ValueType] => [name, strong(canonicalType(parseType(name)))]),
  ['1', weakInteger(1n, 1n)],
  ['-1', weakInteger(-1n, -1n)],
  ['1.0', WEAK_FLOAT],
  ['1j', WEAK_COMPLEX],
];

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function cellOf(what: string, left: ValueType, right: ValueType, language: 'python' | 'typescript'): string {
  const dialect = dialectOf(language, 'language');
  if (what === 'join') {
    const joined = join(left, right);
    return joined ? formatType(joined.type) + (joined.weak ? '?' : '') : '-';
  }
  if (COMPARISONS.has(what)) {
    const rule = compareRule(what as Exclude<CompareOperator, 'in' | 'not in'>, left, right, dialect);
    return rule.ok ? rule.domain : '-';
  }
  const rule = binaryRule(what as BinaryOperator, left, right, dialect);
  if (!rule.ok) return '-';
  return `${rule.operation}:${formatType(rule.result)}`;
}

function binaryTable(what: string, language: 'python' | 'typescript'): string[][] {
  const header = ['', ...OPERANDS.map(([name]) => name)];
  const rows = OPERANDS.map(([name, left]) => {
    return [name, ...OPERANDS.map(([, right]) => cellOf(what, left, right, language))];
  });
  return [header, ...rows];
}

function unaryTable(language: 'python' | 'typescript'): string[][] {
  const operators = ['-', '+', '~'] as const;
  const rows = OPERANDS.slice(0, NAMES.length).map(([name, value]) => {
    const cells = operators.map((operator) => {
      const rule = unaryRule(operator, value, dialectOf(language, 'language'));
      return rule.ok ? `${rule.operation ?? 'as it is'}:${formatType(rule.result)}` : '-';
    });
    return [name, ...cells];
  });
  return [['', ...operators], ...rows];
}

function aligned(table: readonly (readonly string[])[]): string {
  const columns = table[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) => {
    return Math.max(...table.map((row) => row[column]?.length ?? 0));
  });
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

runCases('test/kernel/compiler/cases/tables', ({ case: { source } }) => {
  const [language = '', what = ''] = source.split(' ');
  if (language !== 'python' && language !== 'typescript') throw new Error(`no dialect ${language}`);
  return aligned(what === 'unary' ? unaryTable(language) : binaryTable(what, language));
});
