import { parseCellSource } from '../cell-source.ts';
import { ts } from '../typescript.ts';
import { type CellDeclaration, cellDeclarations } from './cell-declarations.ts';
import { isObjectLiteralCell, plainTypeScript } from './plain-typescript.ts';
import type { AmbientDeclaration } from './protocol.ts';

/** A cell as the module that TypeScript sees. */
export interface CellModule {
  readonly path: string;
  /** What connects it to earlier cells, on lines of its own, then the cell, then what later cells may import. */
  readonly text: string;
  readonly version: number;
  /** Half-open range of the cell in `text`. */
  readonly cellStart: number;
  readonly cellEnd: number;
  /** Offsets in them are those of the cell. */
  readonly declarations: readonly CellDeclaration[];
  /** Whether it adds to modules or globals. */
  readonly isAugmentation: boolean;
}

/** Which module a name comes from, and how it was declared there. */
export interface KnownName extends CellDeclaration {
  readonly module: CellModule;
}

/** The file of the cell that is asked about. */
const DRAFT = 'rjit-draft';
const ASSIGNED_MEMBER = /\.\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:\?\?|\|\||&&)?=(?![=>])/gu;
export const AUGMENTS = /\bdeclare\s+(?:global|module)\b/u;
/** Modules that no name leads to any more are dropped when so many have come since the last time. */
const PRUNE_INTERVAL = 100;

/**
 * The cells that ran, each as a module of its own that imports what it uses of earlier ones. So a name can be declared
 * again with another type, `await` may stand at the top level, and an earlier cell keeps the types it was written with.
 */
export class Notebook {
  readonly #folder: string;
  readonly #modules = new Map<string, CellModule>();
  readonly #values = new Map<string, KnownName>();
  readonly #types = new Map<string, KnownName>();
  readonly #ambient = new Map<string, AmbientDeclaration>();
  readonly #assignedMembers = new Set<string>();
  #draft: { readonly code: string; readonly module: CellModule } | undefined;
  #version = 0;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  module(path: string): CellModule | undefined {
    return this.#modules.get(path);
  }

  /** Files that belong to the program whether or not a cell imports them: those that add to modules or globals. */
  get augmentations(): readonly string[] {
    return [...this.#modules.values()].filter(({ isAugmentation }) => isAugmentation).map(({ path }) => path);
  }

  /** Forgets all cells. Versions go on, so that no module is taken for one of before. */
  clear(): void {
    this.#draft = undefined;
    for (const names of [this.#modules, this.#values, this.#types, this.#ambient, this.#assignedMembers]) {
      names.clear();
    }
  }

  /** Whether a cell has an assignment to a member of that name, of whatever object. */
  assignsMember(name: string): boolean {
    return this.#assignedMembers.has(name);
  }

  ambient(name: string): AmbientDeclaration | undefined {
    return this.#values.get(name)?.kind === 'ambient' ? this.#ambient.get(name) : undefined;
  }

  knownName(name: string): KnownName | undefined {
    return this.#values.get(name) ?? this.#types.get(name);
  }

  /** Of values only. */
  knownValue(name: string): KnownName | undefined {
    return this.#values.get(name);
  }

  get knownNames(): readonly string[] {
    return [...new Set([...this.#values.keys(), ...this.#types.keys()])];
  }

  /** The draft, unless cells have run since: then it lacks what they declare. */
  get currentDraft(): CellModule | undefined {
    return this.#draft?.module;
  }

  /** The cell that is being typed or checked; the same module for the same text, unless it is to be a new one. */
  draft(code: string, isNew = false): CellModule {
    if (this.#draft?.code === code && !isNew) return this.#draft.module;
    this.#noteAssignments(code);
    const module = this.#moduleOf(DRAFT, code, this.knownNames);
    this.#modules.set(module.path, module);
    this.#draft = { code, module };
    return module;
  }

  /** A cell that has run in the place of the draft: a program that keeps its root is made in half the time. */
  draftOf(name: string): CellModule | undefined {
    const module = this.#cell(name);
    if (module === undefined) return undefined;
    const path = module.path.replace(/[^/]*(?=\.tsx?$)/u, DRAFT);
    const draft = { ...module, path, version: ++this.#version };
    this.#modules.set(path, draft);
    this.#draft = undefined;
    return draft;
  }

  /** A cell that has run; `name` is unique. One that isn't TypeScript has failed, and declared nothing. */
  add(name: string, code: string): void {
    if (!parseCellSource(code).ok) return;
    this.#noteAssignments(code);
    const mentioned = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
    const known = this.knownNames.filter((one) => mentioned.has(one));
    this.#remember(this.#moduleOf(name, code, known));
  }

  declare(declaration: AmbientDeclaration): void {
    const { name } = declaration;
    this.#count += 1;
    const text = declaration.text.replace(/^declare /mu, 'export declare ');
    const path = `${this.#folder}/rjit-declared-${this.#count}.d.ts`;
    const one: CellDeclaration = {
      ...{ name, kind: 'ambient', value: 'variable', isType: false, isExported: true },
      offset: text.lastIndexOf(`const ${name}:`) + 'const '.length,
    };
    this.#ambient.set(name, declaration);
    this.#remember({
      ...{ path, text, version: ++this.#version, cellStart: 0, cellEnd: text.length },
      declarations: [one],
      isAugmentation: false,
    });
  }

  /** The module of a cell that has run, unless it is forgotten. */
  #cell(name: string): CellModule | undefined {
    return this.module(`${this.#folder}/${name}.ts`) ?? this.module(`${this.#folder}/${name}.tsx`);
  }

  #noteAssignments(code: string): void {
    for (const [, name = ''] of code.matchAll(ASSIGNED_MEMBER)) this.#assignedMembers.add(name);
  }

  #remember(module: CellModule): void {
    this.#draft = undefined;
    this.#modules.set(module.path, module);
    for (const declaration of module.declarations) {
      const known = { ...declaration, module };
      if (declaration.value !== undefined) this.#values.set(declaration.name, known);
      if (declaration.isType) this.#types.set(declaration.name, known);
    }
    this.#count += 1;
    if (this.#count % PRUNE_INTERVAL === 0) this.#prune();
  }

  #moduleOf(name: string, code: string, known: readonly string[]): CellModule {
    const { text, isJsx } = plainTypeScript(code);
    const path = `${this.#folder}/${name}.${isJsx ? 'tsx' : 'ts'}`;
    const kind = isJsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
    const declarations = cellDeclarations(file);
    // In front, where nothing that the cell leaves open can swallow it.
    const imports = [...this.#imports(known, declarations), ''].join('\n');
    const [open, close] = isObjectLiteralCell(code) ? ['(', ')'] : ['', ''];
    const head = imports + open;
    return {
      path,
      text: `${head}${text}\n${close}\nexport { ${exportsOf(declarations).join(', ')} };\n`,
      version: ++this.#version,
      cellStart: head.length,
      cellEnd: head.length + text.length,
      declarations,
      isAugmentation: AUGMENTS.test(text),
    };
  }

  /** Variables as variables, so that they may be assigned to; all else by an import. */
  #imports(names: readonly string[], own: readonly CellDeclaration[]): readonly string[] {
    const ownValues = new Set(own.filter(({ value }) => value !== undefined).map(({ name }) => name));
    const ownTypes = new Set(own.filter(({ isType }) => isType).map(({ name }) => name));
    return names.flatMap((name) => {
      const value = ownValues.has(name) ? undefined : this.#values.get(name);
      const type = ownTypes.has(name) ? undefined : this.#types.get(name);
      const isSame = value?.module === type?.module;
      if (value?.value === 'constant' && (isSame || (type === undefined && !ownTypes.has(name)))) {
        return [`import { ${name} } from ${specifier(value.module)};`];
      }
      return [
        ...(value === undefined
          ? []
          : [`declare var ${name}: typeof import(${specifier(value.module)}).${name};`]),
        // A name that the cell gives a value of its own can't be an import of a class.
        ...(type === undefined || ownValues.has(name)
          ? []
          : [`import type { ${name} } from ${specifier(type.module)};`]),
      ];
    });
  }

  /** Forgets modules that neither a name nor a module that is kept leads to. */
  #prune(): void {
    const drafts = [...this.#modules.keys()].filter((path) => path.includes(`/${DRAFT}.`));
    const kept = new Set<string>([...this.augmentations, ...drafts]);
    const waiting = [...this.#values.values(), ...this.#types.values()].map(({ module }) => module);
    for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
      if (kept.has(module.path)) continue;
      kept.add(module.path);
      for (const [, fileName = ''] of module.text.matchAll(/["']\.\/((?:In\[|rjit-declared-)[^"']*)["']/gu)) {
        const imported = this.#modules.get(`${this.#folder}/${fileName}`);
        if (imported !== undefined) waiting.push(imported);
      }
    }
    for (const path of this.#modules.keys()) if (!kept.has(path)) this.#modules.delete(path);
  }
}

function specifier({ path }: CellModule): string {
  return JSON.stringify(`./${path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)}`);
}

function exportsOf(declarations: readonly CellDeclaration[]): readonly string[] {
  return [...new Set(declarations.filter(({ isExported }) => !isExported).map(({ name }) => name))];
}
