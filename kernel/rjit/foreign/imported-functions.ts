/** What a cell in C, C++ or IR calls of cells in Python and TypeScript, found by name and by the types it declares. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../../backend/contract/mangle.ts';
import { type CompiledModule, compileProgram, type Overload } from '../../compiler/compile.ts';
import type { Diagnostic } from '../../compiler/diagnostic.ts';
import type { IrDefinition } from '../../compiler/foreign/ir-declarations.ts';
import { nameSpan } from '../../compiler/foreign/ir-functions.ts';
import { type IrImport, importText, irImports, passesAsOurs } from '../../compiler/foreign/ir-imports.ts';
import { type LinkUnit, linkProgram, type ProgramBefore, type SourcePlace } from '../../compiler/link.ts';
import { CompileError } from '../compile-error.ts';
import type { IrTarget } from '../function-module.ts';
import type { SessionNames } from '../session-names.ts';

interface Imported {
  readonly unit: LinkUnit;
  readonly overload: Overload;
  readonly declaration: IrDefinition;
}

/** The importing cell. */
export interface Importer {
  readonly place: SourcePlace;
  readonly names: SessionNames;
}

export interface ImportedPrograms {
  /** Our symbols for what the cell declares. */
  readonly symbols: ReadonlyMap<IrDefinition, string>;
  /** IR that defines the symbols. */
  readonly modules: readonly string[];
  /** Those before, and those of the modules. */
  readonly files: readonly SourcePlace[];
  readonly raises: CompiledModule['raises'];
}

/**
 * Names that no cell has given to a function are left to the libraries of the server.
 *
 * @throws CompileError where a function of another cell doesn't fit its declaration, or can't be called
 */
export function importFunctions(
  ir: string,
  importer: Importer,
  target: Pick<IrTarget, 'triple'>,
  before: ProgramBefore,
): ImportedPrograms {
  const symbols = new Map<IrDefinition, string>();
  const modules: string[] = [];
  let { files, raises } = before;
  for (const { unit, overload, declaration } of findImported(ir, importer)) {
    // As linkProgram names what stands behind other files.
    const suffix = `.${files.length}`;
    const linked = linkProgram(unit, [overload], { files, raises });
    if (!linked.ok) throw new CompileError(linked.diagnostics, linked.unit.place);
    if (linked.libraries.length > 0) throw refused(importer, overload.functionName, REACHES_FOREIGN);
    const compiled = compileProgram(linked.value, target);
    modules.push(compiled.ir);
    ({ files, raises } = compiled);
    symbols.set(declaration, mangledSymbol(overload.functionName, overload.signature) + suffix);
  }
  return { symbols, modules, files, raises };
}

function findImported(ir: string, importer: Importer): readonly Imported[] {
  return irImports(ir).flatMap((one): readonly Imported[] => {
    const found = importer.names.findFunction(one.name);
    if (found === undefined) return [];
    if (found.kind === 'foreign') throw refused(importer, one.name, IS_FOREIGN);
    const signature = chosen(one, found.unit.signaturesOf(found.functionName), importer);
    return [
      {
        unit: found.unit,
        overload: { functionName: found.functionName, signature },
        declaration: one.declaration,
      },
    ];
  });
}

function chosen(
  { name, declaration }: IrImport,
  signatures: ReturnType<LinkUnit['signaturesOf']>,
  importer: Importer,
) {
  const fitting = signatures.filter((signature) => passesAsOurs(declaration, signature));
  const [first, second] = fitting;
  if (first && !second) return first;
  const has = signatures.map(formatType).join(', ');
  throw second
    ? refused(importer, name, {
        problem: `fits its declaration with more than one signature: ${fitting.map(formatType).join(', ')}`,
        hint: 'LLVM IR knows no signs: give the function one signature for these types',
      })
    : refused(importer, name, {
        problem: `is declared as ${importText(declaration)} in LLVM's types, but the function of another cell has ${has}`,
        hint: `declare it as it is, or add a signature with ${name}.signature(…); bool and complex numbers are not passed between cells this way`,
      });
}

interface Refusal {
  /** Behind the name. */
  readonly problem: string;
  readonly hint: string;
}

const IS_FOREIGN: Refusal = {
  problem: 'is a function of another cell that is not in Python or TypeScript',
  hint: 'put both into one cell, or call both from Python or TypeScript',
};
const REACHES_FOREIGN: Refusal = {
  problem: "calls functions in C, C++ or LLVM IR itself, so that these can't call it",
  hint: 'call it from Python or TypeScript',
};

function refused({ place }: Importer, name: string, { problem, hint }: Refusal): CompileError {
  const diagnostic: Diagnostic = {
    code: 'wrong-import',
    message: `${name} ${problem}`,
    span: nameSpan(name, place.source),
    hint,
  };
  return new CompileError([diagnostic], place);
}
