import type { CoreModule, FunctionDefinition, ModuleConstant } from '../core.ts';
import type { Diagnostic, Result } from '../diagnostic.ts';
import { inSourceOrder, syntaxError } from '../parse-diagnostic.ts';
import { Adapter, AdapterAbandoned } from './adapter.ts';
import { functionDefinition } from './functions.ts';
import { ModuleReader } from './module.ts';
import { readFunction } from './read-function.ts';
import { readModule } from './read-source.ts';

/** Parses a cell of TypeScript functions. Diagnostics come in source order. */
export function parseTypeScript(source: string, fileName: string): Result<CoreModule> {
  const { tree, diagnostics, imaginaryEnds } = readModule(source);
  const python = diagnostics.length === 0 ? undefined : pythonFunction(source);
  if (python !== undefined) return { ok: false, diagnostics: [python] };
  if (tree === undefined) return { ok: false, diagnostics };
  const adapter = new Adapter(source, imaginaryEnds);
  const reader = new ModuleReader(adapter, tree.comments ?? []);
  abandonable(() => reader.read(tree.program));
  return finish(adapter, diagnostics, { fileName, functions: reader.functions, constants: reader.constants });
}

/**
 * Parses what `Function.prototype.toString()` gives: a function expression, an arrow function or a method.
 *
 * @param name for a function that has none in its text; `anonymous` by default
 */
export function parseTypeScriptFunction(
  text: string,
  fileName: string,
  name = 'anonymous',
): Result<CoreModule> {
  const reading = readFunction(text);
  if (reading.found === undefined) return { ok: false, diagnostics: reading.diagnostics };
  const { node, key, shift } = reading.found;
  const adapter = new Adapter(text, reading.imaginaryEnds, shift);
  const functions: FunctionDefinition[] = [];
  const span = adapter.span(node);
  const nameSpan = key === undefined ? { start: span.start, end: span.start } : adapter.span(key);
  const head = { name: key?.name ?? name, nameSpan, span, declaredSignatures: [] };
  abandonable(() => functions.push(functionDefinition(adapter, node, head)));
  return finish(adapter, reading.diagnostics, { fileName, functions, constants: [] });
}

/** One message, instead of one for each of its words. */
function pythonFunction(source: string): Diagnostic | undefined {
  const found = /^[ \t]*def(?=[ \t]+\w+[ \t]*\()/m.exec(source);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  const hint = `write 'function foo(a) { … }', or say --lang python`;
  return syntaxError(
    `'def' begins a function of Python, and this is TypeScript`,
    { start: end - 3, end },
    hint,
  );
}

function abandonable(convert: () => void): void {
  try {
    convert();
  } catch (error) {
    if (!(error instanceof AdapterAbandoned)) throw error;
  }
}

function finish(
  adapter: Adapter,
  parserDiagnostics: readonly Diagnostic[],
  parts: { fileName: string; functions: readonly FunctionDefinition[]; constants: readonly ModuleConstant[] },
): Result<CoreModule> {
  const diagnostics = merged(parserDiagnostics, adapter.diagnostics);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const { source, imports } = adapter;
  return { ok: true, value: { language: 'typescript', source, imports, ...parts } };
}

/** Where both have something to say about one place, the adapter knows more. */
function merged(fromParser: readonly Diagnostic[], fromAdapter: readonly Diagnostic[]): Diagnostic[] {
  const starts = new Set(fromAdapter.map(({ span }) => span.start));
  const others = new Map<string, Diagnostic>();
  for (const diagnostic of fromParser) {
    const { span, message } = diagnostic;
    if (!starts.has(span.start)) others.set(`${span.start} ${message}`, diagnostic);
  }
  return inSourceOrder([...others.values(), ...fromAdapter]);
}
