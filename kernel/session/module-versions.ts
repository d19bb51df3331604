import { statSync } from 'node:fs';

interface ModuleFile {
  version: number;
  modifiedMs: number;
  /** Local files that it imports. */
  readonly imports: Set<string>;
}

/**
 * Which local files have changed since they were imported. A module's version is part of its URL, so that an edited
 * file is a new module to Node, and so is every file that imports it; all others keep their state.
 */
export class ModuleVersions {
  readonly #files = new Map<string, ModuleFile>();
  /** What this round of imports has found of each file; true for changed. */
  #checked = new Map<string, boolean>();

  /** Call when a cell imports: only then are files looked at again, so that one import sees one state of them. */
  beginImport(): void {
    this.#checked = new Map();
  }

  recordImport(importer: string, imported: string): void {
    this.#files.get(importer)?.imports.add(imported);
  }

  /** Throws what `stat` does when the file isn't there. */
  version(path: string): number {
    const file = this.#files.get(path);
    if (file === undefined) {
      this.#files.set(path, { version: 0, modifiedMs: modifiedMs(path), imports: new Set() });
      this.#checked.set(path, false);
      return 0;
    }
    this.#hasChanged(path, file);
    return file.version;
  }

  #hasChanged(path: string, file: ModuleFile): boolean {
    const known = this.#checked.get(path);
    if (known !== undefined) return known;
    // Files that import each other: the one that is asked again hasn't changed on that account.
    this.#checked.set(path, false);
    const newModifiedMs = modifiedMs(path);
    let isChanged = newModifiedMs !== file.modifiedMs;
    for (const imported of file.imports) {
      const importedFile = this.#files.get(imported);
      if (importedFile !== undefined && this.#hasChanged(imported, importedFile)) isChanged = true;
    }
    this.#checked.set(path, isChanged);
    if (!isChanged) return false;
    file.version += 1;
    file.modifiedMs = newModifiedMs;
    file.imports.clear();
    return true;
  }
}

function modifiedMs(path: string): number {
  // A file that is gone has changed; that it is gone is reported by whoever reads it.
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
