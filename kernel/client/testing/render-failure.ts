/** Why a cell failed, for a terminal and for reports. */
import { stripVTControlCharacters } from 'node:util';
import type { ExpectedException } from '../cell-markers.ts';
import type { CellError } from '../execute-cell.ts';
import { duration } from '../progress.ts';
import { errorText } from '../render-output.ts';
import { type Palette, palette } from './palette.ts';
import { renderDifference } from './render-diff.ts';
import type { CellFailure } from './verdict.ts';

/** One line: what went wrong. */
export function failureSummary(failure: CellFailure): string {
  switch (failure.kind) {
    case 'exception':
      return `it raised ${nameOf(failure.error)}`;
    case 'no-exception':
      return `it raised nothing; expected ${failure.expected === undefined ? 'an exception' : nameOf(failure.expected)}`;
    case 'other-exception':
      return `it raised ${nameOf(failure.error)}; expected ${nameOf(failure.expected)}`;
    case 'timeout':
    case 'flooded':
    case 'lost':
    case 'died':
      // What follows in the lines below has no place in a summary.
      return (failure.error.evalue.split('\n', 1)[0] ?? '').replace(/; the end of its stderr:$/, '');
    case 'outputs':
      return `its output differs: ${[...new Set(failure.differences.map(({ key }) => key))].join(', ')}`;
    case 'never-run':
      return 'the notebook holds outputs of it, but says that it was never run (no execution count)';
    case 'too-slow':
      return `it took ${duration(failure.durationMs)}; its budget is ${duration(failure.budgetMs)}`;
    case 'markers':
      return failure.problems.join('; ');
  }
}

/** What goes below the summary: differences, or a traceback; ends with a newline unless empty. */
export function failureDetails(failure: CellFailure, colours: Palette = palette(false)): string {
  switch (failure.kind) {
    case 'exception':
    case 'other-exception':
    case 'died': {
      const text = `${errorText(failure.error).trimEnd()}\n`;
      return colours.red(' ') === ' ' ? stripVTControlCharacters(text) : text;
    }
    case 'outputs':
      return failure.differences.map((difference) => renderDifference(difference, colours)).join('');
    case 'timeout':
    case 'flooded':
    case 'lost':
    case 'no-exception':
    case 'never-run':
    case 'too-slow':
    case 'markers':
      return '';
  }
}

function nameOf({ ename, evalue }: CellError | ExpectedException): string {
  const [line = ''] = (evalue ?? '').split('\n', 1);
  return line === '' ? ename : `${ename}: ${line}`;
}
