import type { Statement } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelNode } from './babel-ast.ts';
import { constantString } from './literals.ts';

const EXAMPLE = `write throw new Error('message')`;

/** `throw new RangeError('message')`, with or without `new` and message. */
export function throwStatement(adapter: Adapter, node: BabelNode<'ThrowStatement'>): Statement[] {
  const { argument } = node;
  const span = adapter.span(node);
  const makesError = argument.type === 'NewExpression' || argument.type === 'CallExpression';
  if (!makesError || argument.callee.type !== 'Identifier') {
    adapter.reportUnsupported('only an error with a name can be thrown', adapter.span(argument), EXAMPLE);
    return [];
  }
  const exception = argument.callee.name;
  const [first] = argument.arguments;
  if (first === undefined) return [{ kind: 'raise', exception, message: '', span }];
  if (argument.arguments.length > 1) {
    adapter.reportUnsupported('an error takes one message', adapter.span(argument), EXAMPLE);
    return [];
  }
  const isExpression = first.type !== 'SpreadElement' && first.type !== 'ArgumentPlaceholder';
  const message = isExpression ? constantString(adapter, first) : undefined;
  if (message === undefined) {
    const hint = `write the message as plain text: 'message'`;
    adapter.reportUnsupported('a message made at run time is not supported', adapter.span(first), hint);
    return [];
  }
  return [{ kind: 'raise', exception, message: message.value, span }];
}
