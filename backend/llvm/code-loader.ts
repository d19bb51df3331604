import { createHash } from 'node:crypto';
import { formatType } from '../contract/format-type.ts';
import type { FunctionType } from '../contract/types.ts';
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
   * @throws RemoteError as `Jit.compile`
   */
  load(ir: string, functions: readonly CallableSpec[]): LoadReport {
    const key = this.#key(ir, functions);
    const loaded = this.#shared.get(key);
    if (loaded !== undefined) {
      loaded.users += 1;
      return { module: loaded, phaseMicroseconds: {}, cached: true };
    }
    const entries = entriesOf('packed', functions, key, ir);
    const cachedObject = this.#parts.cache?.read(key);
    if (cachedObject !== undefined) {
      const started = performance.now();
      const object = MemoryBuffer.copyOf(this.#parts.llvm.api, cachedObject, key);
      const module = this.#link(object, { ir, functions, key }, entries);
      return { module: this.#share(module), phaseMicroseconds: { link: since(started) }, cached: true };
    }
    return this.#compile(ir, functions, key, entries);
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

  #compile(
    ir: string,
    functions: readonly CallableSpec[],
    key: string,
    entries: readonly Entry[],
  ): LoadReport {
    const { compiler, cache } = this.#parts;
    const { object, phases, hasState } = compiler.compile({
      ir,
      functions,
      entryText: [...entries.map(packedEntryText), entryDebugText(entries)].join('\n'),
      entryNames: namesOf(entries),
    });
    if (hasState) {
      object.dispose();
      return this.#compileWithState(ir, functions, key);
    }
    cache?.write(key, object.bytes());
    const started = performance.now();
    const module = this.#share(this.#link(object, { ir, functions, key }, entries));
    return { module, phaseMicroseconds: { ...phases, link: since(started) }, cached: false };
  }

  /**
   * A module with variables: every load of it gets variables of its own, so nothing of it is shared, and its map loops
   * must be made with it, to use the same ones.
   */
  #compileWithState(ir: string, functions: readonly CallableSpec[], key: string): LoadReport {
    const uniqueKey = `${key}.${this.#nextUnique++}`;
    const entries = entriesOf('packed', functions, uniqueKey, ir);
    const mapEntries = entriesOf('map', functions, uniqueKey, ir, functions.length);
    const { object, phases } = this.#parts.compiler.compile({
      ir,
      functions,
      entryText: [
        ...entries.map(packedEntryText),
        ...mapEntries.map(mapEntryText),
        entryDebugText([...entries, ...mapEntries]),
      ].join('\n'),
      entryNames: namesOf([...entries, ...mapEntries]),
    });
    const started = performance.now();
    const module = this.#link(object, { ir, functions, key: uniqueKey }, entries);
    const [code] = module.objects;
    mapEntries.forEach(({ name }, index) => {
      if (code !== undefined) module.mapAddresses.set(index, code.addressOf(name));
    });
    return { module, phaseMicroseconds: { ...phases, link: since(started) }, cached: false };
  }

  #cachedObject(key: string): MemoryBuffer | undefined {
    const bytes = this.#parts.cache?.read(key);
    return bytes && MemoryBuffer.copyOf(this.#parts.llvm.api, bytes, key);
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

  #link(
    object: MemoryBuffer,
    source: Pick<LoadedModule, 'ir' | 'functions' | 'key'>,
    entries: readonly Entry[],
  ): LoadedModule {
    const bytes = hasLines(source.ir) ? object.bytes() : undefined;
    const code = this.#parts.lljit.link(object);
    try {
      const packedAddresses = entries.map(({ name }) => code.addressOf(name));
      const lineSources = entries
        .slice(0, 1)
        .flatMap(({ name: symbol }) => (bytes ? { bytes, symbol, address: code.addressOf(symbol) } : []));
      const objects = [code];
      return { ...source, packedAddresses, mapAddresses: new Map(), objects, lineSources, users: 1 };
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
