import type { Cursor } from './cursor.ts';

/** Modules whose functions compile. Of numba, the types and the decorators have a meaning. */
const MODULES: ReadonlySet<string> = new Set(['math', 'cmath', 'numpy', 'numba']);
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
    if (MODULES.has(module)) cursor.imports.set(alias, module);
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
    if (module !== undefined && module !== '__future__') cursor.imports.set(alias, `${module}.${name}`);
  } while (cursor.accept(',') !== undefined);
  if (open !== undefined) cursor.expect(')', 'after the imported names');
}
