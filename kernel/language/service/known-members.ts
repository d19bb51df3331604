/**
 * The members of values that a cell uses and does not make, from the program as it is. What a cell is about changes with
 * every character and would need another program, with all of its global names merged anew; but what `a.b.` has, where
 * `a` is a variable of an earlier cell or a global, does not depend on the cell.
 */
import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { continuing, type Entry, matchesOf } from './completion-matches.ts';
import { innermostNode } from './nodes.ts';
import { AUGMENTS, type CellModule, type Notebook } from './notebook.ts';
import { plainTypeScript } from './plain-typescript.ts';
import type { ServiceCompletions } from './protocol.ts';

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const STEP = String.raw`\??\.${NAME}|\[\d+\]`;
/** A path, its root and its steps, and the word that its member begins with. */
const MEMBER = new RegExp(
  String.raw`(?<![\p{ID_Continue}$#.])((${NAME})((?:${STEP})*))\??\.([\p{ID_Continue}$]*)$`,
  'u',
);
const STEPS = new RegExp(STEP, 'gu');
const WORDS = new RegExp(NAME, 'gu');
const MEMBER_NAME = new RegExp(`^${NAME}$`, 'u');

interface KnownMembersRequest {
  readonly program: TypeScript.Program;
  readonly notebook: Notebook;
  /** The cell that the program is about. */
  readonly draft: CellModule;
  /** A module of the program in which nothing but globals can be seen by their names. */
  readonly globalsPath: string;
  readonly code: string;
  /** Offset in `code`. */
  readonly cursor: number;
}

/** Undefined where the rest of the cell may have a say in it. */
export function knownMembers(request: KnownMembersRequest): ServiceCompletions | undefined {
  const { program, draft, code, cursor } = request;
  const [, path = '', root = '', steps = '', word = ''] =
    MEMBER.exec(code.slice(code.lastIndexOf('\n', cursor - 1) + 1, cursor)) ?? [];
  if (root === '' || draft.isAugmentation || AUGMENTS.test(code) || isMentionedTwice(code, root))
    return undefined;
  const start = cursor - word.length;
  if (!isMemberAccess(code, start, path)) return undefined;
  const location = program.getSourceFile(draft.path);
  const symbol = rootSymbol(request, root);
  if (symbol === undefined || location === undefined) return undefined;
  const type = typeAt(symbol, steps, program.getTypeChecker(), location);
  if (type === undefined) return undefined;
  const members = type.getApparentProperties();
  const entries = continuing(members, word).filter(isOffered).map(asEntry(program, location));
  const nothing = () => undefined;
  const matches = matchesOf(entries, { program, location, knownName: nothing, ambient: nothing });
  return { start, end: cursor, matches, isTyped: members.some(isOffered) };
}

/** Whoever names it again may declare it, or know more of its type there. */
function isMentionedTwice(code: string, name: string): boolean {
  let count = 0;
  for (const [word] of code.matchAll(WORDS)) if (word === name) count += 1;
  return count > 1;
}

/** Not within a string or a comment, nor in a type. */
function isMemberAccess(code: string, start: number, path: string): boolean {
  const { text, isJsx } = plainTypeScript(`${code.slice(0, start)}_${code.slice(start)}`);
  const kind = isJsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.ESNext, true, kind);
  const node = innermostNode(file, start);
  if (!ts.isIdentifier(node) || !ts.isPropertyAccessExpression(node.parent)) return false;
  return node.parent.expression.getText(file) === path;
}

function rootSymbol(
  { program, notebook, globalsPath }: KnownMembersRequest,
  name: string,
): TypeScript.Symbol | undefined {
  const checker = program.getTypeChecker();
  const known = notebook.knownValue(name);
  if (known === undefined) return globalSymbols(program, globalsPath).get(name);
  const file = program.getSourceFile(known.module.path);
  const module = file && checker.getSymbolAtLocation(file);
  const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
  return symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
}

const globals = new WeakMap<TypeScript.Program, ReadonlyMap<string, TypeScript.Symbol>>();

function globalSymbols(program: TypeScript.Program, path: string): ReadonlyMap<string, TypeScript.Symbol> {
  const known = globals.get(program);
  const file = program.getSourceFile(path);
  if (known !== undefined || file === undefined) return known ?? new Map();
  const symbols = program.getTypeChecker().getSymbolsInScope(file, ts.SymbolFlags.Value);
  const found = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  globals.set(program, found);
  return found;
}

/** Undefined where it may be null, which TypeScript itself has to tell. */
function typeAt(
  root: TypeScript.Symbol,
  steps: string,
  checker: TypeScript.TypeChecker,
  location: TypeScript.Node,
): TypeScript.Type | undefined {
  let type: TypeScript.Type | undefined = checker.getTypeOfSymbol(root);
  for (const [step] of steps.matchAll(STEPS)) {
    const index = /\d+/u.exec(step.startsWith('[') ? step : '')?.[0];
    const name = index ?? step.replace(/^\??\./u, '');
    const property: TypeScript.Symbol | undefined = type && checker.getPropertyOfType(type, name);
    if (property !== undefined) type = checker.getTypeOfSymbolAtLocation(property, location);
    else type = index === undefined ? undefined : type?.getNumberIndexType();
    if (type === undefined || checker.getNonNullableType(type) !== type) return undefined;
  }
  return type && checker.getNonNullableType(type) === type ? type : undefined;
}

function isOffered(symbol: TypeScript.Symbol): boolean {
  const { declarations = [] } = symbol;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (
    MEMBER_NAME.test(symbol.name) &&
    !declarations.some((one) => (ts.getCombinedModifierFlags(one) & hidden) !== 0)
  );
}

function asEntry(program: TypeScript.Program, location: TypeScript.Node) {
  const checker = program.getTypeChecker();
  return (symbol: TypeScript.Symbol): Entry => ({
    name: symbol.name,
    kind: kindOf(symbol, checker, location),
    sortText: `${isDeprecated(symbol) ? 'z' : ''}${isStatic(symbol) ? '10' : '11'}`,
    symbol,
  });
}

/** As TypeScript sorts: a class' own static members before those that every class has. */
function isStatic({ valueDeclaration }: TypeScript.Symbol): boolean {
  return (
    valueDeclaration !== undefined &&
    ts.isClassLike(valueDeclaration.parent) &&
    (ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.Static) !== 0
  );
}

function isDeprecated({ declarations = [] }: TypeScript.Symbol): boolean {
  return declarations.length > 0 && declarations.every((one) => ts.getJSDocDeprecatedTag(one) !== undefined);
}

function kindOf(
  symbol: TypeScript.Symbol,
  checker: TypeScript.TypeChecker,
  location: TypeScript.Node,
): TypeScript.ScriptElementKind {
  const { ScriptElementKind: kind, SymbolFlags: flag } = ts;
  const { flags } = symbol;
  if ((flags & flag.Alias) !== 0) return kind.alias;
  if ((flags & flag.Variable) !== 0 || checker.isUndefinedSymbol(symbol)) return kind.variableElement;
  if ((flags & flag.Function) !== 0) return kind.functionElement;
  if ((flags & flag.Class) !== 0) return kind.classElement;
  if ((flags & flag.Enum) !== 0) return kind.enumElement;
  if ((flags & flag.EnumMember) !== 0) return kind.enumMemberElement;
  if ((flags & flag.Module) !== 0) return kind.moduleElement;
  return isMethod(symbol, checker, location) ? kind.memberFunctionElement : kind.memberVariableElement;
}

/** That of a union is one where it is one in all of its types. */
function isMethod(
  symbol: TypeScript.Symbol,
  checker: TypeScript.TypeChecker,
  location: TypeScript.Node,
): boolean {
  const data = ts.SymbolFlags.Variable | ts.SymbolFlags.PropertyOrAccessor;
  if (checker.getRootSymbols(symbol).some(({ flags }) => (flags & data) !== 0)) return false;
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, location));
  return (symbol.flags & ts.SymbolFlags.Method) !== 0 || type.getCallSignatures().length > 0;
}
