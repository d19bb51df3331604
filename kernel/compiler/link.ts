/**
 * A function and all it calls, of its own module and of others, as one program. So calls between cells are inlined, a
 * program needs nothing of what was compiled before, and one text is all that a server has to be sent.
 */
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import type { RaiseMessage } from '../../backend/contract/raise-kinds.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import { findConstantWrite } from './constant-writes.ts';
import type { CoreModule } from './core.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Callee, HirFile, HirFunction, HirModule } from './hir.ts';
import type { CapturedValue, OuterName } from './outer-names.ts';
import { type Overload, typeModule } from './typer/type-module.ts';

export interface UnitOptions {
  /** `numpy`: division by zero never raises. Default `language`: what Python or TypeScript does. */
  readonly errorModel?: 'language' | 'numpy';
  /** Lets the optimiser reorder float arithmetic and ignore NaN and infinities. Default false. */
  readonly fastMath?: boolean;
  /** Checks the indices of arrays. Default true. */
  readonly checkBounds?: boolean;
}

/** What a name means that a unit uses and doesn't define. */
export type LinkedName =
  | { readonly kind: 'function'; readonly unit: LinkUnit; readonly functionName: string }
  /** Of a module that another compiler makes IR of. */
  | { readonly kind: 'foreign'; readonly library: Library; readonly functionName: string }
  | { readonly kind: 'constant'; readonly value: CapturedValue }
  | { readonly kind: 'unusable'; readonly found: string; readonly hint: string };

/** Functions that are there as IR, under their mangled names. */
export interface Library {
  signaturesOf(functionName: string): readonly FunctionType[];
}

/** A text that diagnostics of a module point into. */
export interface SourcePlace {
  readonly source: string;
  /** E.g. `In[4]`. */
  readonly fileName: string;
}

/** A module whose functions others may call. */
export interface LinkUnit {
  readonly core: CoreModule;
  /** What diagnostics show. */
  readonly place: SourcePlace;
  readonly options: UnitOptions;
  /** The signatures of one of its functions. */
  signaturesOf(functionName: string): readonly FunctionType[];
  /** `overloads`, and those of other functions of the unit that they may call. */
  withCallees(overloads: readonly Overload[]): readonly Overload[];
  find(name: string): LinkedName | undefined;
  /** Names that `find` finds. */
  readonly outerNames: Iterable<string>;
}

export type LinkResult =
  /** `libraries` define the externals of the program. */
  | { readonly ok: true; readonly value: HirModule; readonly libraries: readonly Library[] }
  /** `unit` is the one that is wrong. */
  | { readonly ok: false; readonly unit: LinkUnit; readonly diagnostics: readonly Diagnostic[] };

/** What the server is sent in front of a program, as one with it: its files and raises come first. */
export interface ProgramBefore {
  readonly files: readonly SourcePlace[];
  readonly raises: readonly RaiseMessage[];
}

const NOTHING_BEFORE: ProgramBefore = { files: [], raises: [] };

/**
 * Types `overloads` of a unit, which are exported, and all they call. Behind another program no symbol is the plain
 * mangled one, so that both may hold the same function.
 */
export function linkProgram(
  unit: LinkUnit,
  overloads: readonly Overload[],
  before: ProgramBefore = NOTHING_BEFORE,
): LinkResult {
  return new Linker(unit, overloads, before).run();
}

interface Member {
  readonly unit: LinkUnit;
  readonly file: number;
  readonly symbolSuffix: string;
}

interface Wanted {
  readonly member: Member;
  readonly overload: Overload;
}

class Linker {
  readonly #unit: LinkUnit;
  readonly #overloads: readonly Overload[];
  readonly #members = new Map<LinkUnit, Member>();
  readonly #wanted: Wanted[] = [];
  /** What the symbols of other units' functions stand for. */
  readonly #offered = new Map<string, Wanted>();
  readonly #functions = new Map<string, HirFunction>();
  readonly #externals = new Map<string, Callee>();
  /** Where the symbols of foreign functions are defined. */
  readonly #libraries = new Map<string, Library>();
  readonly #before: ProgramBefore;
  readonly #raises: RaiseMessage[];
  #usesArrays = false;

  constructor(unit: LinkUnit, overloads: readonly Overload[], before: ProgramBefore) {
    this.#unit = unit;
    this.#overloads = overloads;
    this.#before = before;
    this.#raises = [...before.raises];
  }

  run(): LinkResult {
    const own = this.#member(this.#unit);
    const diagnostics = this.#type(own, this.#overloads);
    if (diagnostics.length > 0) return { ok: false, unit: own.unit, diagnostics };
    // Grows while it is walked: by what was called and isn't there yet.
    for (const wanted of this.#wanted) {
      if (this.#functions.has(symbolOf(wanted))) continue;
      const { member, overload } = wanted;
      const problems = this.#type(member, [overload]);
      if (problems.length > 0) return { ok: false, unit: member.unit, diagnostics: problems };
    }
    const files = [
      ...this.#before.files.map((place) => hirFile(place, {})),
      ...[...this.#members.values()].map(({ unit }) => hirFile(unit.place, unit.options)),
    ];
    const write = this.#usesArrays ? findConstantWrite([...this.#functions.values()]) : undefined;
    const writer = write && [...this.#members.keys()][write.file - this.#before.files.length];
    if (write && writer) return { ok: false, unit: writer, diagnostics: [write.diagnostic] };
    const exported = new Set(this.#overloads.map((overload) => symbolOf({ member: own, overload })));
    const functions = [...this.#functions.values()].map((one): HirFunction => {
      return one.exported === exported.has(one.symbol) ? one : { ...one, exported: !one.exported };
    });
    const value = { files, functions, externals: [...this.#externals.values()], raises: this.#raises };
    const libraries = [...this.#externals.keys()].flatMap((symbol) => this.#libraries.get(symbol) ?? []);
    return { ok: true, value, libraries: [...new Set(libraries)] };
  }

  /** The first file's functions keep their symbols as they are. */
  #member(unit: LinkUnit): Member {
    const known = this.#members.get(unit);
    if (known) return known;
    const file = this.#before.files.length + this.#members.size;
    const member = { unit, file, symbolSuffix: file === 0 ? '' : `.${file}` };
    this.#members.set(unit, member);
    return member;
  }

  #type({ unit, file, symbolSuffix }: Member, overloads: readonly Overload[]): readonly Diagnostic[] {
    const typed = typeModule(unit.core, unit.withCallees(overloads), {
      errorModel: unit.options.errorModel ?? 'language',
      checkBounds: unit.options.checkBounds ?? true,
      outerNames: { find: (name) => this.#outerName(unit.find(name)), names: unit.outerNames },
      file,
      symbolSuffix,
      raises: this.#raises,
    });
    if (!typed.ok) return typed.diagnostics;
    for (const one of typed.value.functions) {
      if (!this.#functions.has(one.symbol)) this.#functions.set(one.symbol, one);
    }
    for (const external of typed.value.externals) this.#want(external);
    return [];
  }

  #want(external: Callee): void {
    const offered = this.#offered.get(external.symbol);
    if (offered) this.#wanted.push(offered);
    else this.#externals.set(external.symbol, external);
  }

  #outerName(found: LinkedName | undefined): OuterName | undefined {
    if (found?.kind === 'constant' && found.value.kind === 'array') this.#usesArrays = true;
    if (found?.kind === 'foreign') return this.#foreignFunction(found.library, found.functionName);
    if (found?.kind !== 'function') return found;
    const { unit, functionName } = found;
    const member = this.#member(unit);
    const definition = unit.core.functions.find(({ name }) => name === functionName);
    const callees = unit
      .signaturesOf(functionName)
      .flatMap((signature) => withDefaults(signature, definition?.parameters ?? []))
      .map((signature) => this.#offer({ member, overload: { functionName, signature } }));
    return { kind: 'function', callees, parameters: definition?.parameters.map(({ name }) => name) };
  }

  #foreignFunction(library: Library, functionName: string): OuterName {
    const callees = library.signaturesOf(functionName).map((signature): Callee => {
      const symbol = mangledSymbol(functionName, signature);
      this.#libraries.set(symbol, library);
      return { symbol, signature };
    });
    return { kind: 'function', callees, parameters: undefined };
  }

  #offer(wanted: Wanted): Callee {
    const symbol = symbolOf(wanted);
    this.#offered.set(symbol, wanted);
    return { symbol, signature: wanted.overload.signature };
  }
}

function hirFile({ fileName, source }: SourcePlace, { fastMath }: UnitOptions): HirFile {
  return { name: fileName, source, fastMath: fastMath ?? false };
}

function symbolOf({ member, overload }: Wanted): string {
  return mangledSymbol(overload.functionName, overload.signature) + member.symbolSuffix;
}

/** A signature, and it without the parameters that the function has defaults for, one by one from the end. */
function withDefaults(
  signature: FunctionType,
  parameters: readonly { readonly defaultValue?: unknown }[],
): readonly FunctionType[] {
  const shorter: FunctionType[] = [signature];
  let { length } = signature.parameters;
  for (; length > 0 && parameters[length - 1]?.defaultValue !== undefined; length -= 1) {
    shorter.push({ ...signature, parameters: signature.parameters.slice(0, length - 1) });
  }
  return shorter;
}
