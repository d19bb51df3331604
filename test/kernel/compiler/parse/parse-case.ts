import type { CoreModule } from '../../../../kernel/compiler/core.ts';
import type { Diagnostic, Result } from '../../../../kernel/compiler/diagnostic.ts';
import { parsePython } from '../../../../kernel/compiler/python/parse-python.ts';
import { renderDiagnostics } from '../../../../kernel/compiler/render-diagnostic.ts';
import {
  parseTypeScript,
  parseTypeScriptFunction,
} from '../../../../kernel/compiler/typescript/parse-typescript.ts';

/** Parses a case's source as the first folder of its path says. */
export function parseCase(source: string, path: string): Result<CoreModule> {
  const folder = path.split('/')[0] ?? '';
  switch (folder) {
    case 'python':
      return parsePython(source, 'In[1]');
    case 'typescript':
      return parseTypeScript(source, 'In[1]');
    case 'function-text':
      return parseTypeScriptFunction(source, 'In[1]');
    default:
      throw new Error(`no parser for cases in '${folder}'`);
  }
}

export function formatDiagnostics(diagnostics: readonly Diagnostic[], source: string): string {
  return renderDiagnostics(diagnostics, { source, fileName: 'In[1]' });
}
