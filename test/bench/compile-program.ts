import { parseSignature } from '../../backend/contract/parse-type.ts';
import { assignSignatures } from '../../kernel/compiler/assign-signatures.ts';
import { type CompiledModule, type CompileOptions, compileModule } from '../../kernel/compiler/compile.ts';
import type { Language } from '../../kernel/compiler/core.ts';
import type { Result } from '../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../kernel/compiler/parse-module.ts';

export interface Program {
  readonly name: string;
  readonly source: string;
  readonly language: Language;
  /** `int64 foo(int64)`, or without a name for every function of that many parameters. */
  readonly signatures: readonly string[];
  readonly options?: CompileOptions;
}

/** From source to LLVM IR, as the client does it. */
export function compileProgram({ source, language, signatures, options = {} }: Program): CompiledModule {
  const module = value(parseModule({ source, language, fileName: 'bench' }));
  const given = signatures.map((text) => ({ signature: parseSignature(text) }));
  const overloads = value(assignSignatures(module, given));
  return value(compileModule({ module, overloads, options, target: { triple: 'x86_64-unknown-linux-gnu' } }));
}

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
}
