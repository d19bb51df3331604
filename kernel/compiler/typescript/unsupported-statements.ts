import type { Adapter } from './adapter.ts';
import type { BabelStatement } from './babel-ast.ts';
import { CLOSURE } from './unsupported-expressions.ts';

type Refusal = readonly [message: string, hint: string];

const ELSEWHERE: Refusal = ['this belongs to the top level', 'move it to the top level of the cell'];
const CLASS: Refusal = ['classes are not supported', 'write functions on numbers, tuples and arrays'];

const REFUSALS: Partial<Readonly<Record<BabelStatement['type'], Refusal>>> = {
  ClassDeclaration: CLASS,
  FunctionDeclaration: CLOSURE,
  TryStatement: [
    `'try' is not supported`,
    'test before you compute; an error ends the call and reaches the caller',
  ],
  ForInStatement: [
    `'for … in' is not supported`,
    `write 'for (let i = 0; i < n; i++)' or 'for (const x of a)'`,
  ],
  DebuggerStatement: [`'debugger' is not supported`, 'remove it'],
  WithStatement: [`'with' is not supported`, 'remove it'],
  EnumDeclaration: ['enums are not supported', 'write a constant for each: const RED = 0'],
  TSEnumDeclaration: ['enums are not supported', 'write a constant for each: const RED = 0'],
  TSModuleDeclaration: ['namespaces are not supported', 'write functions at the top level'],
  TSTypeAliasDeclaration: [
    'a type declaration inside a function is not supported',
    'move it to the top level of the cell',
  ],
  TSInterfaceDeclaration: [
    'interfaces are not supported, because objects are not',
    'pass numbers, tuples and typed arrays; a type can be named with type Name = …',
  ],
  TSDeclareFunction: ELSEWHERE,
  ImportDeclaration: [
    `'import' is not supported`,
    'Math is always there; a compiled function can use nothing else',
  ],
  TSImportEqualsDeclaration: [`'import' is not supported`, 'Math is always there'],
  ExportNamedDeclaration: [`'export … from' is not supported`, 'remove it'],
  ExportAllDeclaration: [`'export … from' is not supported`, 'remove it'],
};

/** Reports a statement that never compiles. */
export function refuseStatement(adapter: Adapter, node: BabelStatement): [] {
  const [message, hint] = REFUSALS[node.type] ?? ['this statement is not supported', 'remove it'];
  const { start, end } = adapter.span(node);
  const firstLine = adapter.source.slice(start, end).search(/[\r\n]|$/);
  adapter.reportUnsupported(message, { start, end: start + firstLine }, hint);
  return [];
}
