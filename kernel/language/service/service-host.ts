import { statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import type { CellModule, Notebook } from './notebook.ts';

const GLOBALS = 'rjit-globals.d.ts';

/** The version of files that stay as they are. */
const INSTALLED = '1';

/** Where our own declarations lie, which the globals are made of. */
const PACKAGE = fileURLToPath(new URL('../../../../dist/', import.meta.url)).replaceAll('\\', '/');

/**
 * The files of a notebook's program: its cells, which exist in memory only and lie in the notebook's folder, so that
 * their imports resolve from there; the session's globals; and whatever these import.
 */
export class ServiceHost implements TypeScript.LanguageServiceHost {
  readonly directoryExists = ts.sys.directoryExists;
  readonly getDirectories = ts.sys.getDirectories;
  readonly readDirectory = ts.sys.readDirectory;
  readonly #notebook: Notebook;
  readonly #folder: string;
  readonly #globals: { readonly path: string; readonly text: string };
  readonly #nodeTypes: readonly string[];
  readonly #options: TypeScript.CompilerOptions;
  /** Of files on the disk, as they were read last. */
  readonly #snapshots = new Map<
    string,
    { readonly version: string; readonly snapshot: TypeScript.IScriptSnapshot }
  >();
  /** Of the user's files, as of the last question. */
  readonly #versions = new Map<string, string>();
  readonly #resolutions: TypeScript.ModuleResolutionCache;
  #hasUnresolved = false;
  #projectVersion = 0;
  #focused: number | undefined;
  #roots: readonly string[] = [];

  constructor(notebook: Notebook, folder: string, globals: string) {
    this.#notebook = notebook;
    this.#folder = folder;
    this.#globals = { path: `${folder}/${GLOBALS}`, text: globals };
    this.#nodeTypes = nodeTypes(folder);
    this.#options = compilerOptions(folder);
    this.#resolutions = ts.createModuleResolutionCache(folder, (name) => name, this.#options);
  }

  get globalsPath(): string {
    return this.#globals.path;
  }

  /** What is installed, and which files there are, may be different from now on. */
  forgetResolutions(): void {
    this.#resolutions.clear();
  }

  /** Whether the program is complete: a module that it lacks may have come since. */
  get isResolved(): boolean {
    return !this.#hasUnresolved;
  }

  /** From now on, the program is about this module, and the user's files are as they are now. */
  focus({ path, version }: CellModule): void {
    const changed = [...this.#versions].filter(([file, known]) => versionOf(file) !== known);
    for (const [file] of changed) this.#versions.delete(file);
    if (changed.length === 0 && version === this.#focused) return;
    this.#focused = version;
    this.#projectVersion += 1;
    this.#hasUnresolved = false;
    this.#roots = [path];
  }

  /** Without it, TypeScript would ask for the version of every file whenever it is asked something. */
  getProjectVersion(): string {
    return String(this.#projectVersion);
  }

  getScriptFileNames(): string[] {
    return [this.#globals.path, ...this.#nodeTypes, ...this.#notebook.augmentations, ...this.#roots];
  }

  getScriptVersion(path: string): string {
    const module = this.#notebook.module(path);
    if (module !== undefined) return String(module.version);
    // What is installed doesn't change under a running notebook; the user's own files do.
    if (path === this.#globals.path || path.includes('/node_modules/') || path.startsWith(PACKAGE))
      return INSTALLED;
    return this.#versions.get(path) ?? versionOf(path);
  }

  /** TypeScript asks for every file whenever the program is about another text, also for those that are as before. */
  getScriptSnapshot(path: string): TypeScript.IScriptSnapshot | undefined {
    const version = this.getScriptVersion(path);
    const known = this.#snapshots.get(path);
    if (known?.version === version) return known.snapshot;
    const text = this.readFile(path);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    // A cell's text is at hand anyway, and there is no end to cells.
    if (this.#notebook.module(path) !== undefined) return snapshot;
    this.#snapshots.set(path, { version, snapshot });
    if (version !== INSTALLED) this.#versions.set(path, version);
    return snapshot;
  }

  /** Programs come and go faster than what their imports lead to. */
  getModuleResolutionCache(): TypeScript.ModuleResolutionCache {
    return this.#resolutions;
  }

  resolveModuleNameLiterals(
    literals: readonly TypeScript.StringLiteralLike[],
    containingFile: string,
    redirected: TypeScript.ResolvedProjectReference | undefined,
    options: TypeScript.CompilerOptions,
    source: TypeScript.SourceFile,
  ): readonly TypeScript.ResolvedModuleWithFailedLookupLocations[] {
    return literals.map((literal) => {
      const cell = this.#cellOf(literal.text);
      if (cell !== undefined) return { resolvedModule: cell };
      // The declarations of these have no file of their own.
      if (isBuiltin(literal.text)) return { resolvedModule: undefined };
      const mode = ts.getModeForUsageLocation(source, literal, options);
      const known = this.#resolutions;
      const found = ts.resolveModuleName(
        literal.text,
        containingFile,
        options,
        this,
        known,
        redirected,
        mode,
      );
      if (found.resolvedModule === undefined) {
        this.#hasUnresolved = true;
        known.clear();
      }
      return found;
    });
  }

  #cellOf(specifier: string): TypeScript.ResolvedModuleFull | undefined {
    const path = specifier.startsWith('./') ? `${this.#folder}/${specifier.slice(2)}` : '';
    if (this.#notebook.module(path) === undefined) return undefined;
    const [extension = ts.Extension.Ts] = EXTENSIONS.filter((one) => path.endsWith(one));
    return { resolvedFileName: path, extension, isExternalLibraryImport: false };
  }

  fileExists = (path: string): boolean =>
    this.#notebook.module(path) !== undefined || path === this.#globals.path || ts.sys.fileExists(path);

  readFile(path: string): string | undefined {
    const module = this.#notebook.module(path);
    if (module !== undefined) return module.text;
    return path === this.#globals.path ? this.#globals.text : ts.sys.readFile(path);
  }

  getCompilationSettings(): TypeScript.CompilerOptions {
    return this.#options;
  }

  getCurrentDirectory(): string {
    return this.#folder;
  }

  getDefaultLibFileName(options: TypeScript.CompilerOptions): string {
    return ts.getDefaultLibFilePath(options);
  }

  useCaseSensitiveFileNames(): boolean {
    return ts.sys.useCaseSensitiveFileNames;
  }
}

const EXTENSIONS = [ts.Extension.Dts, ts.Extension.Tsx, ts.Extension.Ts];

/** Changes whenever a file does. */
function versionOf(path: string): string {
  try {
    return String(statSync(path).mtimeMs);
  } catch {
    return '0';
  }
}

/** Those of the notebook's folder, else those that came with this package. */
function nodeTypes(folder: string): readonly string[] {
  for (const from of [join(folder, 'notebook.ts'), import.meta.url]) {
    try {
      const manifest = createRequire(from).resolve('@types/node/package.json');
      return [manifest.replaceAll('\\', '/').replace(/[^/]*$/u, 'index.d.ts')];
    } catch {
      // Not there: the next place, or without.
    }
  }
  return [];
}

/** What decides how strict TypeScript is, and how it reads JSX, is the user's to say in the folder's tsconfig.json. */
const TAKEN_FROM_CONFIG = [
  ...['strict', 'noImplicitAny', 'strictNullChecks', 'strictFunctionTypes', 'strictBindCallApply'],
  ...[
    'strictPropertyInitialization',
    'noImplicitThis',
    'useUnknownInCatchVariables',
    'exactOptionalPropertyTypes',
  ],
  ...['noUncheckedIndexedAccess', 'jsx', 'jsxFactory', 'jsxFragmentFactory', 'jsxImportSource', 'paths'],
  ...['experimentalDecorators', 'customConditions'],
];

function compilerOptions(folder: string): TypeScript.CompilerOptions {
  const own = configOf(folder);
  const taken = Object.fromEntries(
    TAKEN_FROM_CONFIG.flatMap((name) => (name in own ? [[name, own[name]]] : [])),
  );
  return {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.esnext.d.ts'],
    types: [],
    jsx: ts.JsxEmit.React,
    // A name that is declared in one cell and used in another would be `never[]` or `null` otherwise.
    strict: false,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    ...taken,
  };
}

function configOf(folder: string): TypeScript.CompilerOptions {
  const path = join(folder, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error !== undefined) return {};
  // Its files are of no interest, and a folder may hold many.
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(config, host, folder).options;
}
