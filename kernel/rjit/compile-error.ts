import type { Diagnostic } from '../compiler/diagnostic.ts';
import { renderDiagnostics } from '../compiler/render-diagnostic.ts';

/** The user's program can't be compiled. `message` is the diagnostics as people read them. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    diagnostics: readonly Diagnostic[],
    place: { readonly source: string; readonly fileName: string },
  ) {
    super(renderDiagnostics(diagnostics, place));
    this.diagnostics = diagnostics;
  }
}
