import type { Cursor } from './cursor.ts';

/** Modules that can be imported, and the module whose names theirs are: numba's types are numpy's. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ['math', 'math'],
  ['cmath', 'cmath'],
  ['numpy', 'numpy'],
  ['numba', 'numpy'],
  ['numba.core', 'numpy'],
  ['numba.types', 'numpy'],
  ['numba.core.types', 'numpy'],
]);

/** Names of numba without their like in numpy. Decorators are read where they stand and need no entry. */
const NUMBA_NAMES: ReadonlyMap<string, string | undefined> = new Map([
  ['jit', undefined],
  ['njit', undefined],
  ['prange', 'range'],
  ['types', 'numpy'],
]);
const HINT = 'math, cmath and numpy can be imported';

/** `import …` and `from … import …`: fills the module's table of imported names. */
export function importStatement(cursor: Cursor): void {
  if (cursor.take().text === 'from') fromImport(cursor);
  else plainImport(cursor);
}

function plainImport(cursor: Cursor): void {
  do {
    const { start } = cursor.token.span;
    const module = dottedName(cursor);
    const alias = cursor.accept('as') === undefined ? module : cursor.takeName('a name for the module').text;
    const path = MODULES.get(module);
    if (path !== undefined) cursor.imports.set(alias, path);
    else cursor.reportUnsupported(`the module '${module}' cannot be imported`, cursor.spanFrom(start), HINT);
  } while (cursor.accept(',') !== undefined);
}

function dottedName(cursor: Cursor): string {
  let name = cursor.takeName('a module').text;
  while (cursor.accept('.') !== undefined) name += `.${cursor.takeName('a module').text}`;
  return name;
}

function fromImport(cursor: Cursor): void {
  const { start } = cursor.token.span;
  while (cursor.accept('.') !== undefined || cursor.accept('...') !== undefined);
  const isRelative = cursor.token.span.start > start;
  const module = isRelative && cursor.at('import') ? '.' : dottedName(cursor);
  const moduleSpan = cursor.spanFrom(start);
  const shown = cursor.source.slice(start, moduleSpan.end);
  cursor.expect('import', 'after the module');
  const isKnown = !isRelative && (MODULES.has(module) || module === '__future__');
  if (!isKnown) cursor.reportUnsupported(`the module '${shown}' cannot be imported`, moduleSpan, HINT);
  if (cursor.at('*')) {
    const star = cursor.take();
    if (isKnown) {
      cursor.reportUnsupported(
        `'import *' is not supported`,
        star.span,
        `name what you need: from ${module} import …`,
      );
    }
    return;
  }
  importedNames(cursor, isKnown ? module : undefined);
}

function importedNames(cursor: Cursor, module: string | undefined): void {
  const open = cursor.accept('(');
  do {
    if (open !== undefined && cursor.at(')')) break;
    const name = cursor.takeName('a name to import').text;
    const alias = cursor.accept('as') === undefined ? name : cursor.takeName('a name').text;
    const path = module === undefined ? undefined : importPath(module, name);
    if (path !== undefined) cursor.imports.set(alias, path);
  } while (cursor.accept(',') !== undefined);
  if (open !== undefined) cursor.expect(')', 'after the imported names');
}

/** What an imported name stands for; undefined where it stands for nothing in the cell. */
function importPath(module: string, name: string): string | undefined {
  if (module.startsWith('numba') && NUMBA_NAMES.has(name)) return NUMBA_NAMES.get(name);
  const path = MODULES.get(module);
  return path === undefined ? undefined : `${path}.${name}`;
}
