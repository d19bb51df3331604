import { createHash } from 'node:crypto';
import { formatType } from '../contract/format-type.ts';
import type { FunctionType } from '../contract/types.ts';
import type { Compilation, CompilePhases } from './compilation.ts';
import { MemoryBuffer } from './handles.ts';
import { type LinePlace, lineAt } from './line-table.ts';
import type { LinkedObject, Lljit } from './lljit.ts';
import type { Llvm } from './llvm.ts';
import type { ModuleCompiler } from './module-compiler.ts';
import type { ObjectCache } from './object-cache.ts';
import { type Entry, entryDebugText, mapEntryText, packedEntryText } from './packed-entry.ts';
import type { TargetDescription } from './target.ts';

export interface CallableSpec {
  readonly symbol: string;
  readonly signature: FunctionType;
}

/** The code of one module. Modules with the same text and functions share it, unless they have variables. */
export interface LoadedModule {
  readonly ir: string;
  readonly functions: readonly CallableSpec[];
  /** By position in `functions`. */
  readonly packedAddresses: readonly number[];
  readonly mapAddresses: Map<number, number>;
  readonly objects: LinkedObject[];
  /** Those that have line tables. */
  readonly lineSources: LineSource[];
  readonly key: string;
  users: number;
}

/** An object as it was before it was linked, and where one of its symbols is now. */
interface LineSource {
  readonly bytes: Uint8Array;
  readonly symbol: string;
  readonly address: number;
}

/** What the code of a module is made from. */
interface Plan {
  readonly ir: string;
  readonly functions: readonly CallableSpec[];
  readonly key: string;
  readonly entries: readonly Entry[];
  /** Of a module with variables: every load of it gets variables of its own, which its map loops must use, too. */
  readonly mapEntries: readonly Entry[];
  /** Modules of the same key may share the code: it has no variables. */
  readonly isShared: boolean;
}

/** Code that was compiled before it is loaded. */
export interface MadeCode {
  readonly plan: Plan;
  readonly bytes: Uint8Array;
  readonly phases: CompilePhases;
}

export interface LoadReport {
  readonly module: LoadedModule;
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  /** No code had to be generated: it was loaded already, or came from the cache. */
  readonly cached: boolean;
}

/** Part of every key: raise it when entries or preparation change what an object does. */
const OBJECT_FORMAT = 2;

/** Names the cell, which the code doesn't depend on. */
const SOURCE_NAME = /^source_filename = .*\n/m;

interface CodeLoaderParts {
  readonly llvm: Llvm;
  readonly target: TargetDescription;
  readonly compiler: ModuleCompiler;
  readonly lljit: Lljit;
  readonly cache: ObjectCache | undefined;
}

/**
 * Gets modules into memory by the shortest way: shared, from the object cache, or compiled.
 *
 * Entry points carry the key of what they were made from in their names, so that an object from the cache fits any
 * process and two versions of a function can be loaded side by side.
 */
export class CodeLoader {
  readonly #parts: CodeLoaderParts;
  readonly #shared = new Map<string, LoadedModule>();
  #nextUnique = 1;

  constructor(parts: CodeLoaderParts) {
    this.#parts = parts;
  }

  /**
   * The caller uses the module until it calls `release`.
   *
   * @param made what `makeAside` has made of the same
   * @throws RemoteError as `Jit.compile`
   */
  load(ir: string, functions: readonly CallableSpec[], made?: MadeCode): LoadReport {
    const key = this.#key(ir, functions);
    const loaded = this.#shared.get(key);
    if (loaded !== undefined) {
      loaded.users += 1;
      return { module: loaded, phaseMicroseconds: {}, cached: true };
    }
    if (made !== undefined) return this.#use(made.plan, this.#bufferOf(made.bytes, key), made.phases);
    const cachedObject = this.#cachedObject(key);
    if (cachedObject !== undefined) {
      const started = performance.now();
      const module = this.#share(this.#link(cachedObject, sharedPlan(ir, functions, key)));
      return { module, phaseMicroseconds: { link: since(started) }, cached: true };
    }
    const { plan, compilation } = this.#begin(ir, functions, key);
    const { object, phases } = compilation.finish();
    return this.#use(plan, object, phases);
  }

  /**
   * Makes the code of a module on another thread, for `load` to take.
   *
   * @returns undefined, by the promise, where there is such code already
   * @throws RemoteError as `load`, by the promise
   */
  async makeAside(ir: string, functions: readonly CallableSpec[]): Promise<MadeCode | undefined> {
    const key = this.#key(ir, functions);
    if (this.#shared.has(key) || this.#parts.cache?.has(key) === true) return undefined;
    const { plan, compilation } = this.#begin(ir, functions, key);
    const { object, phases } = await compilation.finishAside();
    const bytes = object.bytes();
    object.dispose();
    return { plan, bytes, phases };
  }

  /** The address of a function's map loop, compiled when it is first needed: few functions are ever mapped. */
  mapAddress(module: LoadedModule, index: number): number {
    const known = module.mapAddresses.get(index);
    if (known !== undefined) return known;
    const spec = module.functions[index];
    if (spec === undefined) throw new Error(`module ${module.key} has no function ${index}`);
    const [mapEntry] = entriesOf('map', [spec], module.key, module.ir);
    if (!mapEntry) throw new Error('one function has one entry');
    const cacheKey = `${module.key}-map${index}`;
    const object = this.#cachedObject(cacheKey) ?? this.#mapObject(module, spec, mapEntry, cacheKey);
    const bytes = hasLines(module.ir) ? object.bytes() : undefined;
    const code = this.#parts.lljit.link(object);
    module.objects.push(code);
    const address = code.addressOf(mapEntry.name);
    if (bytes) module.lineSources.push({ bytes, symbol: mapEntry.name, address });
    module.mapAddresses.set(index, address);
    return address;
  }

  /** Frees the code with its last user. */
  release(module: LoadedModule): void {
    module.users -= 1;
    if (module.users > 0) return;
    if (this.#shared.get(module.key) === module) this.#shared.delete(module.key);
    for (const code of module.objects) code.remove();
  }

  #begin(
    ir: string,
    functions: readonly CallableSpec[],
    key: string,
  ): { plan: Plan; compilation: Compilation } {
    const plan = sharedPlan(ir, functions, key);
    const compilation = this.#beginPlan(plan);
    if (!compilation.hasState) return { plan, compilation };
    compilation.dispose();
    const own = ownPlan(ir, functions, `${key}.${this.#nextUnique++}`);
    return { plan: own, compilation: this.#beginPlan(own) };
  }

  #beginPlan({ ir, functions, entries, mapEntries }: Plan): Compilation {
    const all = [...entries, ...mapEntries];
    return this.#parts.compiler.begin({
      ir,
      functions,
      entryText: [...entries.map(packedEntryText), ...mapEntries.map(mapEntryText), entryDebugText(all)].join(
        '\n',
      ),
      entryNames: namesOf(all),
    });
  }

  /** Loads what was just compiled. Takes the object. */
  #use(plan: Plan, object: MemoryBuffer, phases: CompilePhases): LoadReport {
    if (plan.isShared) this.#keep(plan.key, object);
    const started = performance.now();
    const module = this.#link(object, plan);
    if (plan.isShared) this.#share(module);
    return { module, phaseMicroseconds: { ...phases, link: since(started) }, cached: false };
  }

  /** Not before whoever waits for the code has got his answer: writing a file takes as long as linking it. */
  #keep(key: string, object: MemoryBuffer): void {
    const { cache } = this.#parts;
    if (cache === undefined) return;
    const bytes = object.bytes();
    setImmediate(() => cache.write(key, bytes));
  }

  #cachedObject(key: string): MemoryBuffer | undefined {
    const bytes = this.#parts.cache?.read(key);
    return bytes && this.#bufferOf(bytes, key);
  }

  #bufferOf(bytes: Uint8Array, name: string): MemoryBuffer {
    return MemoryBuffer.copyOf(this.#parts.llvm.api, bytes, name);
  }

  #mapObject(module: LoadedModule, spec: CallableSpec, mapEntry: Entry, cacheKey: string): MemoryBuffer {
    const { object } = this.#parts.compiler.compile({
      ir: module.ir,
      functions: [spec],
      entryText: mapEntryText(mapEntry) + entryDebugText([mapEntry]),
      entryNames: namesOf([mapEntry]),
    });
    this.#parts.cache?.write(cacheKey, object.bytes());
    return object;
  }

  #link(object: MemoryBuffer, { ir, functions, key, entries, mapEntries }: Plan): LoadedModule {
    const bytes = hasLines(ir) ? object.bytes() : undefined;
    const code = this.#parts.lljit.link(object);
    try {
      const packedAddresses = entries.map(({ name }) => code.addressOf(name));
      const mapAddresses = new Map(mapEntries.map(({ name }, index) => [index, code.addressOf(name)]));
      const lineSources = entries
        .slice(0, 1)
        .flatMap(({ name: symbol }) => (bytes ? { bytes, symbol, address: code.addressOf(symbol) } : []));
      const objects = [code];
      return { ir, functions, key, packedAddresses, mapAddresses, objects, lineSources, users: 1 };
    } catch (error) {
      code.remove();
      throw error;
    }
  }

  /** Where in its sources the instruction at an address of the module's code comes from, if that is known. */
  lineAt({ lineSources }: LoadedModule, instruction: number): LinePlace | undefined {
    for (const { bytes, symbol, address } of lineSources) {
      const place = lineAt(bytes, symbol, instruction - address);
      if (place) return place;
    }
    return undefined;
  }

  #share(module: LoadedModule): LoadedModule {
    this.#shared.set(module.key, module);
    return module;
  }

  /** Everything that decides what the object does. */
  #key(ir: string, functions: readonly CallableSpec[]): string {
    const { llvm, target } = this.#parts;
    const hash = createHash('sha256');
    const parts = [
      OBJECT_FORMAT,
      llvm.version,
      llvm.vectorMath,
      target.triple,
      target.cpu,
      target.features,
      ...functions.flatMap(({ symbol, signature }) => [symbol, formatType(signature)]),
      ir.replace(SOURCE_NAME, ''),
    ];
    hash.update(parts.map((part) => `${String(part).length}:${part}`).join(''));
    return hash.digest('hex').slice(0, 32);
  }
}

function sharedPlan(ir: string, functions: readonly CallableSpec[], key: string): Plan {
  const entries = entriesOf('packed', functions, key, ir);
  return { ir, functions, key, entries, mapEntries: [], isShared: true };
}

function ownPlan(ir: string, functions: readonly CallableSpec[], key: string): Plan {
  const entries = entriesOf('packed', functions, key, ir);
  const mapEntries = entriesOf('map', functions, key, ir, functions.length);
  return { ir, functions, key, entries, mapEntries, isShared: false };
}

function entriesOf(
  kind: 'packed' | 'map',
  functions: readonly CallableSpec[],
  key: string,
  ir: string,
  firstDebugIndex = 0,
): readonly Entry[] {
  return functions.map(({ symbol, signature }, index) => ({
    name: `${symbol}.${kind}.${key}`,
    callee: symbol,
    signature,
    debugIndex: hasLines(ir) ? firstDebugIndex + index : undefined,
  }));
}

/** Whether the module has debug info. */
function hasLines(ir: string): boolean {
  return ir.includes('\n!llvm.dbg.cu = ');
}

function namesOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(entries.map(({ name }) => name));
}

function since(start: number): number {
  return (performance.now() - start) * 1000;
}
