/** How type errors are told: which mode is on, and how they look. */
import type { Diagnostic } from './compiler/diagnostic.ts';
import { renderDiagnostics } from './compiler/render-diagnostic.ts';
import type { ExecuteOutcome, ExecuteRequest } from './jupyter/interpreter.ts';
import type { TypeDiagnostic } from './language/service/protocol.ts';

export type TypeCheckMode = 'off' | 'warn' | 'strict';

/** So many of one cell are shown. */
const MAX_SHOWN = 10;

/** @throws Error for an unknown mode */
export function parseTypeCheckMode(mode: string): TypeCheckMode {
  if (mode === 'off' || mode === 'warn' || mode === 'strict') return mode;
  throw new Error(`types can be checked as off, warn or strict; found ${mode}`);
}

/** Who can't be asked for input runs notebooks unwatched, and these have the same outputs every time. */
export function isWatched({ silent, allowStdin }: ExecuteRequest): boolean {
  return allowStdin && !silent;
}

/** Whether a cell's warnings have anyone to read them. Without a name in it, a cell has no types to check. */
export function isWorthChecking(request: ExecuteRequest): boolean {
  return isWatched(request) && /[\p{ID_Start}$_]/u.test(request.code);
}

/** Text for the cell's standard error; undefined when there is nothing to tell. */
export function typeWarnings(
  found: readonly TypeDiagnostic[],
  { code, executionCount }: ExecuteRequest,
): string | undefined {
  return found.length === 0 ? undefined : `${render(found, code, executionCount, 'warning')}\n`;
}

/** What a cell ends with that isn't run because of its types. */
export function typeErrorOutcome(
  found: readonly TypeDiagnostic[],
  { code, executionCount }: ExecuteRequest,
): ExecuteOutcome {
  const [first] = found;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  const hint = '%ts warn runs cells with such errors, too';
  return {
    status: 'error',
    ename: 'TypeCheckError',
    evalue: `${first?.message.split('\n')[0] ?? ''}${more}`,
    traceback: [...render(found, code, executionCount, 'error').split('\n'), '', hint],
  };
}

function render(
  found: readonly TypeDiagnostic[],
  source: string,
  executionCount: number,
  severity: 'warning' | 'error',
): string {
  const shown = found.slice(0, MAX_SHOWN).map(toDiagnostic);
  const text = renderDiagnostics(shown, { source, fileName: `In[${executionCount}]`, severity, color: true });
  const left = found.length - shown.length;
  return left > 0 ? `${text}\n\n… and ${left} more` : text;
}

function toDiagnostic({ code, message, start, end }: TypeDiagnostic): Diagnostic {
  const [first = '', ...notes] = message.split('\n').map((line) => line.trim());
  return { code: `ts${code}`, message: first, span: { start, end }, notes };
}
