import { blankTypes } from './blank-types.ts';
import { NotErasable } from './erased-ranges.ts';
import { parseSource } from './parse-source.ts';
import { SourceEdits } from './source-edits.ts';
import { childList, childNode, forEachChild, nameOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * One TypeScript file to an ES module. Types become white space; imports that only types use are dropped, as the
 * TypeScript compiler does. What white space can't express is compiled, with an inline source map: that loads the
 * compiler into the calling thread. Throws SyntaxError.
 */
export async function transformModule(source: string, fileName: string): Promise<string> {
  const parsed = parseSource(source);
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    throw new SyntaxError(`${message} (${fileName}:${line}:${column})`);
  }
  const edits = new SourceEdits(source);
  try {
    blankTypes(parsed.program, edits, parsed.masked);
    dropTypeImports(parsed.program, edits);
    return edits.apply().code;
  } catch (thrown) {
    if (!(thrown instanceof NotErasable)) throw thrown;
  }
  return await compile(source, fileName, parsed.jsx);
}

async function compile(source: string, fileName: string, jsx: boolean): Promise<string> {
  const { transpile } = await import('./transpile.ts');
  const response = transpile({ id: 0, source, fileName, jsx });
  if (!response.ok) {
    const line = source.slice(0, response.offset).split('\n').length;
    throw new SyntaxError(`${response.message} (${fileName}:${line})`);
  }
  const map: unknown = JSON.parse(response.sourceMap);
  const located = JSON.stringify({ ...Object(map), sources: [fileName] });
  const base64 = Buffer.from(located).toString('base64');
  return `${response.code}\n//# sourceMappingURL=data:application/json;base64,${base64}\n`;
}

function dropTypeImports(program: SyntaxNode, edits: SourceEdits): void {
  const used = new Set<string>();
  for (const statement of childList(program, 'body')) collectValueNames(statement, used);
  for (const statement of childList(program, 'body')) {
    if (statement.type === 'TSImportEqualsDeclaration' || statement.type === 'TSExportAssignment') {
      if (statement.importKind !== 'type') throw new NotErasable(statement);
    }
    if (statement.type === 'ImportDeclaration' && statement.importKind !== 'type') {
      dropUnused(statement, used, edits);
    } else if (statement.type === 'ExportNamedDeclaration' && statement.exportKind !== 'type') {
      dropTypeExports(statement, edits);
    }
  }
}

function dropUnused(node: SyntaxNode, used: ReadonlySet<string>, edits: SourceEdits): void {
  const specifiers = childList(node, 'specifiers');
  const kept = specifiers.filter((specifier) => {
    const local = childNode(specifier, 'local');
    return specifier.importKind !== 'type' && local !== undefined && used.has(nameOf(local));
  });
  if (kept.length === specifiers.length) return;
  const from = childNode(node, 'source');
  if (kept.length === 0 || from === undefined) {
    edits.blank(node.start, node.end, ';');
    return;
  }
  const text = (specifier: SyntaxNode): string => edits.source.slice(specifier.start, specifier.end);
  const named = kept.filter(({ type }) => type === 'ImportSpecifier').map(text);
  const others = kept.filter(({ type }) => type !== 'ImportSpecifier').map(text);
  const clause = named.length > 0 ? [...others, `{ ${named.join(', ')} }`] : others;
  edits.replace(node.start, from.start, `import ${clause.join(', ')} from `);
}

/** `export { a, type B }`. */
function dropTypeExports(node: SyntaxNode, edits: SourceEdits): void {
  const specifiers = childList(node, 'specifiers');
  const first = specifiers[0];
  const last = specifiers.at(-1);
  const kept = specifiers.filter(({ exportKind }) => exportKind !== 'type');
  if (first === undefined || last === undefined || kept.length === specifiers.length) return;
  const text = kept.map(({ start, end }) => edits.source.slice(start, end)).join(', ');
  edits.replace(first.start, last.end, text.padEnd(1));
}

/** TypeScript's wrappers of an expression; of all its other nodes nothing is left at run time. */
const wrappers = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
]);

function collectValueNames(node: SyntaxNode, names: Set<string>): void {
  if (node.type === 'ImportDeclaration' || node.declare === true) return;
  if (node.type.startsWith('TS') && !wrappers.has(node.type)) return;
  if (node.type === 'Identifier' || node.type === 'JSXIdentifier') names.add(nameOf(node));
  const property = staticPropertyName(node);
  forEachChild(node, (child) => {
    if (child !== property) collectValueNames(child, names);
  });
}

/** The name after a dot or before a colon, which refers to no variable. */
function staticPropertyName(node: SyntaxNode): SyntaxNode | undefined {
  if (node.computed === true || node.shorthand === true) return undefined;
  return /MemberExpression$/u.test(node.type) ? childNode(node, 'property') : childNode(node, 'key');
}
