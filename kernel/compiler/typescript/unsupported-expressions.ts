import type { Expression } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelExpression } from './babel-ast.ts';

type Refusal = readonly [message: string, hint: string];

export const CLOSURE: Refusal = [
  'a function inside a function is not supported',
  'move it to the top level of the cell, and pass it what it uses',
];
const STRING: Refusal = [
  'strings are not supported as values',
  `only 'throw new Error(…)' takes a string, as its message`,
];
const OBJECT: Refusal = ['objects are not supported', 'use separate variables, or a tuple [a, b]'];
const OPTIONAL: Refusal = [`'?.' is not supported`, `write '.': a value is never null here`];
const WAIT: Refusal = [`'await' is not supported`, 'compiled functions run to their end: remove it'];
const JSX: Refusal = ['JSX is not supported', 'write it in a cell of its own'];

const REFUSALS: Partial<Readonly<Record<BabelExpression['type'], Refusal>>> = {
  ArrowFunctionExpression: CLOSURE,
  FunctionExpression: CLOSURE,
  ClassExpression: ['classes are not supported', 'write functions on numbers, tuples and arrays'],
  ObjectExpression: OBJECT,
  StringLiteral: STRING,
  TemplateLiteral: ['template strings are not supported', STRING[1]],
  TaggedTemplateExpression: ['template strings are not supported', STRING[1]],
  RegExpLiteral: [
    'regular expressions are not supported',
    'strings do not compile: compare the bytes of a Uint8Array',
  ],
  OptionalMemberExpression: OPTIONAL,
  OptionalCallExpression: OPTIONAL,
  AwaitExpression: WAIT,
  YieldExpression: ['generators are not supported', 'return one value, or write into an array'],
  SequenceExpression: ['a comma between expressions is not supported here', 'write two statements'],
  ThisExpression: [`'this' is not supported`, 'pass the value as a parameter'],
  Super: [`'super' is not supported`, 'call a function by its name'],
  Import: [`'import' is not supported`, 'call functions of this cell and Math'],
  ImportExpression: [`'import' is not supported`, 'call functions of this cell and Math'],
  MetaProperty: ['meta properties are not supported', 'remove it'],
  TSInstantiationExpression: [
    'type arguments are not supported',
    'remove them: the types follow from the arguments',
  ],
  JSXElement: JSX,
  JSXFragment: JSX,
};

const NEW_ARRAY: Refusal = [
  'a new array is not supported',
  'take an array as a parameter; the caller makes it',
];
const NEW_OBJECT: Refusal = [`'new' is not supported`, 'use separate variables, tuples and arrays'];

/** Reports an expression that never compiles. */
export function refuseExpression(adapter: Adapter, node: BabelExpression): Expression {
  if (node.type === 'NewExpression') {
    const [message, hint] = /Array$/.test(adapter.text(node.callee)) ? NEW_ARRAY : NEW_OBJECT;
    return adapter.refuse(message, node, hint);
  }
  const [message, hint] = REFUSALS[node.type] ?? [
    'this expression is not supported',
    'write it with operators and calls',
  ];
  return adapter.refuse(message, node, hint);
}
