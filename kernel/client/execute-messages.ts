/** What is asked of a kernel that runs a cell, and what it answers, whichever way they travel. */
import { isJsonObject, type Message } from '../jupyter/messages.ts';
import type { ExecuteOptions, ExecuteReply } from './kernel-connection.ts';

export function executeContent(options: ExecuteOptions) {
  return {
    code: options.code,
    silent: options.silent ?? false,
    store_history: options.storeHistory ?? true,
    user_expressions: { ...options.userExpressions },
    allow_stdin: options.onInput !== undefined,
    stop_on_error: options.stopOnError ?? true,
  };
}

export function parseReply({ content, metadata }: Message): ExecuteReply {
  const text = (field: string) => (typeof content[field] === 'string' ? content[field] : '');
  const { status, execution_count: count, traceback } = content;
  return {
    status: status === 'ok' || status === 'aborted' ? status : 'error',
    executionCount: typeof count === 'number' ? count : undefined,
    ename: text('ename'),
    evalue: text('evalue'),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
    content,
    metadata: isJsonObject(metadata) ? metadata : {},
  };
}
