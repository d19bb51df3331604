import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { innermostNode, isPath } from './nodes.ts';
import type { CellModule, Notebook } from './notebook.ts';
import type { TypeDiagnostic } from './protocol.ts';

/**
 * What is reported: mistakes about values that TypeScript is sure of. Left out are what a notebook does on purpose
 * (declaring again, implicit `any`, unused names), what the session finds itself and says better (syntax, modules that
 * are not there), and what needs declarations that are not installed.
 */
const REPORTED: ReadonlySet<number> = new Set([
  2322, // Type '{0}' is not assignable to type '{1}'.
  2339, // Property '{0}' does not exist on type '{1}'.
  2551, // … Did you mean '{2}'?
  2345, // Argument of type '{0}' is not assignable to parameter of type '{1}'.
  2349, // This expression is not callable.
  2351, // This expression is not constructable.
  2348, // Value of type '{0}' is not callable. Did you mean to include 'new'?
  2353, // Object literal may only specify known properties.
  2554, // Expected {0} arguments, but got {1}.
  2555, // Expected at least {0} arguments, but got {1}.
  2559, // Type '{0}' has no properties in common with type '{1}'.
  2769, // No overload matches this call.
  2365, // Operator '{0}' cannot be applied to types '{1}' and '{2}'.
  2362, // The left-hand side of an arithmetic operation must be of type 'any', 'number', …
  2363, // The right-hand side …
  2367, // This comparison appears to be unintentional because the types … have no overlap.
  2416, // Property '{0}' in type '{1}' is not assignable to the same property in base type '{2}'.
  2420, // Class '{0}' incorrectly implements interface '{1}'.
  2415, // Class '{0}' incorrectly extends base class '{1}'.
  2488, // Type '{0}' must have a '[Symbol.iterator]()' method that returns an iterator.
  2493, // Tuple type '{0}' of length '{1}' has no element at index '{2}'.
  2511, // Cannot create an instance of an abstract class.
  2515, // Non-abstract class '{0}' does not implement inherited abstract member …
  2540, // Cannot assign to '{0}' because it is a read-only property.
  2305, // Module '{0}' has no exported member '{1}'.
  2614, // … Did you mean to use 'import {1} from {0}' instead?
  2724, // … Did you mean '{2}'?
  1192, // Module '{0}' has no default export.
  2613, // … Did you mean to use 'import { {1} } from {0}' instead?
  2739, // Type '{0}' is missing the following properties from type '{1}'.
  2740, // … and {3} more.
  2741, // Property '{0}' is missing in type '{1}' but required in type '{2}'.
  // Only where the folder's tsconfig.json asks for strictNullChecks:
  2531, // Object is possibly 'null'.
  2532, // Object is possibly 'undefined'.
  2533, // Object is possibly 'null' or 'undefined'.
  18047, // '{0}' is possibly 'null'.
  18048, // '{0}' is possibly 'undefined'.
  18049, // '{0}' is possibly 'null' or 'undefined'.
]);

const MISSING_NAME: ReadonlySet<number> = new Set([
  2304, // Cannot find name '{0}'.
  2552, // Cannot find name '{0}'. Did you mean '{1}'?
]);

const MISSING_MEMBER: ReadonlySet<number> = new Set([2339, 2551]);

const MISSING_EXPORT: ReadonlySet<number> = new Set([2305, 2614, 2724, 1192, 2613]);

/** Data that came from outside, such as a response's JSON, is of whatever type the cell knows it to be. */
const UNKNOWN = "'unknown'";

/** Diagnostics about arithmetic, where a remote function's `number` may be a bigint that no number can hold. */
const ARITHMETIC: ReadonlySet<number> = new Set([2365, 2362, 2363]);

/** What is wrong with the types of a cell; offsets are those of the cell. */
export function diagnoseCell(
  service: TypeScript.LanguageService,
  notebook: Notebook,
  module: CellModule,
): readonly TypeDiagnostic[] {
  const file = service.getProgram()?.getSourceFile(module.path);
  if (file === undefined) return [];
  const { cellStart, cellEnd } = module;
  return service.getSemanticDiagnostics(module.path).flatMap(({ code, start, length = 0, messageText }) => {
    if (start === undefined || start < cellStart || start + length > cellEnd) return [];
    const text = ts.flattenDiagnosticMessageText(messageText, '\n').replace(/\.$/u, '');
    const place = { start: start - cellStart, end: start - cellStart + length };
    const found = { code, message: text, ...place };
    if (MISSING_NAME.has(code)) return missingName(found, file, start);
    if (!REPORTED.has(code) || text.includes(UNKNOWN)) return [];
    if (ARITHMETIC.has(code) && text.includes('bigint')) return [];
    if (MISSING_MEMBER.has(code)) return missingMember(found, notebook, file, start);
    return [MISSING_EXPORT.has(code) ? missingExport(found, file, start) : found];
  });
}

/** An assignment makes a variable of a name that is none. */
function missingName(
  found: TypeDiagnostic,
  file: TypeScript.SourceFile,
  start: number,
): readonly TypeDiagnostic[] {
  const node = innermostNode(file, start);
  if (!ts.isIdentifier(node) || isAssigned(file, node.text)) return [];
  return [{ ...withRefutation(found, node.text), isMissingName: true }];
}

/** What some cell assigns to is there, whatever the types say: `cache.hits = 0`. */
function missingMember(
  found: TypeDiagnostic,
  notebook: Notebook,
  file: TypeScript.SourceFile,
  start: number,
): readonly TypeDiagnostic[] {
  const node = innermostNode(file, start);
  if (!ts.isIdentifier(node) || notebook.assignsMember(node.text)) return [];
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent) || !isPath(parent.expression)) return [found];
  const object = parent.expression.getText(file);
  return [{ ...found, refutation: `${JSON.stringify(node.text)} in Object(${object})` }];
}

function withRefutation(found: TypeDiagnostic, name: string | undefined): TypeDiagnostic {
  return name === undefined ? found : { ...found, refutation: `typeof ${name} !== "undefined"` };
}

/** The module as the import calls it, where TypeScript gives the path of its file. */
function missingExport(found: TypeDiagnostic, file: TypeScript.SourceFile, start: number): TypeDiagnostic {
  const { parent } = innermostNode(file, start);
  if (!ts.isImportSpecifier(parent) && !ts.isImportClause(parent)) return found;
  const specifier = ts.findAncestor(parent, ts.isImportDeclaration)?.moduleSpecifier.getText(file) ?? '';
  const message = found.message.replaceAll(/"[^"]*"/gu, () => `"${specifier.slice(1, -1)}"`);
  return withRefutation({ ...found, message }, parent.name?.text);
}

function isAssigned(file: TypeScript.SourceFile, name: string): boolean {
  const visit = (node: TypeScript.Node): boolean => {
    const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (isAssignment && ts.isIdentifier(node.left) && node.left.text === name) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return visit(file);
}
