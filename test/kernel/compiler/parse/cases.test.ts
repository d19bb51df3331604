import type { CoreModule } from '../../../../kernel/compiler/core.ts';
import type { Result } from '../../../../kernel/compiler/diagnostic.ts';
import { formatCore } from '../../../../kernel/compiler/format-core.ts';
import { runCases } from '../../../support/case-runner.ts';
import { formatDiagnostics, parseCase } from './parse-case.ts';

/**
 * `==> core`: the tree; `==> spans`: the tree with the span of every node; `==> diagnostics`: what a user sees. The
 * folder says how the source is parsed.
 */
runCases('test/kernel/compiler/cases/parse', ({ case: { source }, section, path }) => {
  const result = parseCase(source, path);
  switch (section.name) {
    case 'core':
      return describe(result, source, false);
    case 'spans':
      return describe(result, source, true);
    case 'diagnostics':
      return result.ok ? 'none' : formatDiagnostics(result.diagnostics, source);
    default:
      throw new Error(`a parse case has no section '${section.name}'`);
  }
});

function describe(result: Result<CoreModule>, source: string, spans: boolean): string {
  return result.ok ? formatCore(result.value, { spans }) : formatDiagnostics(result.diagnostics, source);
}
