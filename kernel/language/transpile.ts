import type { TranspileRequest, TranspileResponse } from './transpile-protocol.ts';
import { ts } from './typescript.ts';

/**
 * Compiles one source with TypeScript itself, without type checks. Loading this file loads the compiler (150 ms,
 * 60 MB): import it in a thread of its own only.
 */
export function transpile({ id, source, fileName, jsx }: TranspileRequest): TranspileResponse {
  const output = ts.transpileModule(source, {
    fileName: fileName + (jsx ? '.tsx' : '.ts'),
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.React,
      // Decorated parameters exist in the old kind of decorators only.
      experimentalDecorators: hasParameterDecorator(source, jsx),
      verbatimModuleSyntax: false,
      sourceMap: true,
    },
  });
  const error = output.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (error !== undefined) {
    const message = ts.flattenDiagnosticMessageText(error.messageText, '\n').replace(/\.$/u, '');
    return { id, ok: false, message, offset: error.start ?? 0 };
  }
  // The directive would become the cell's completion value and forbid sloppy code; blanks keep the map right.
  const code = output.outputText
    .replace(/^"use strict";/u, (directive) => ' '.repeat(directive.length))
    .replace(/\n\/\/# sourceMappingURL=\S*\s*$/u, '\n');
  return { id, ok: true, code, sourceMap: output.sourceMapText ?? '' };
}

function hasParameterDecorator(source: string, jsx: boolean): boolean {
  if (!source.includes('@')) return false;
  const kind = jsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile('cell', source, ts.ScriptTarget.ES2022, false, kind);
  const visit = (node: import('typescript').Node): boolean =>
    (ts.isParameter(node) && ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0) ||
    (ts.isParameter(node) && (node.modifiers?.some(ts.isDecorator) ?? false)) ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(file);
}
