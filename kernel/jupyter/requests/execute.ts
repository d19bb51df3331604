import { ContentReader } from '../content.ts';
import type { Execution } from '../executions.ts';
import type { ExecuteOutcome } from '../interpreter.ts';
import { errorContent } from '../iopub.ts';
import { isJsonObject, type JsonObject, type Message, type MimeBundle } from '../messages.ts';
import type { KernelServices, Reply, RequestHandler } from '../request-handler.ts';

interface ExecuteContent {
  readonly code: string;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  readonly allowStdin: boolean;
  readonly stopOnError: boolean;
  readonly wantsCoverage: boolean;
}

export const execute: RequestHandler = {
  replyType: 'execute_reply',
  async handle(request, kernel, shell) {
    const content = parseContent(request);
    const started = new Date().toISOString();
    const execution = kernel.executions.begin(request, content, shell);
    const { executionCount } = execution;
    const parent = request.headerJson;
    if (!content.silent) kernel.iopub.executeInput(content.code, executionCount, parent);
    const outcome = await kernel.interpreter.execute({
      ...content,
      cellId: execution.cellId,
      executionCount,
      ...(shell.number > 0 && { subshell: shell.number }),
    });
    publishOutcome(kernel, execution, outcome);
    if (content.storeHistory && !content.silent) {
      shell.history.append(executionCount, content.code, resultText(outcome));
    }
    return replyTo(outcome, executionCount, content.stopOnError, started, kernel.engine);
  },
};

function parseContent(request: Message): ExecuteContent {
  const read = new ContentReader(request);
  const silent = read.boolean('silent', false);
  return {
    code: read.string('code'),
    silent,
    storeHistory: read.boolean('store_history', !silent),
    userExpressions: read.stringRecord('user_expressions'),
    allowStdin: read.boolean('allow_stdin', true),
    stopOnError: read.boolean('stop_on_error', true),
    // An extension of ours: where the protocol lets clients and kernels put what others need not know.
    wantsCoverage: isJsonObject(request.metadata.rjit) && request.metadata.rjit.coverage === true,
  };
}

function publishOutcome(kernel: KernelServices, execution: Execution, outcome: ExecuteOutcome): void {
  if (execution.silent) return;
  const parent = execution.requester.headerJson;
  if (outcome.status === 'error') {
    kernel.iopub.error(outcome, parent);
  } else if (outcome.result !== undefined) {
    kernel.iopub.executeResult(execution.executionCount, outcome.result, outcome.metadata ?? {}, parent);
  }
}

function replyTo(
  outcome: ExecuteOutcome,
  executionCount: number,
  stopOnError: boolean,
  started: string,
  engine: string,
): Reply {
  // ipykernel's metadata: JupyterLab shows a cell's execution time from `started`.
  const { status, coverage } = outcome;
  const ours = coverage === undefined ? {} : { rjit: { coverage } };
  const metadata: JsonObject = { started, dependencies_met: true, engine, status, ...ours };
  if (outcome.status === 'ok') {
    const { userExpressions, payload } = outcome;
    const content = {
      status: 'ok',
      execution_count: executionCount,
      user_expressions: userExpressions,
      payload,
    };
    return { content, metadata };
  }
  const content = {
    status: 'error',
    execution_count: executionCount,
    user_expressions: {},
    payload: [],
    ...errorContent(outcome),
  };
  return { content, metadata, abortsQueue: stopOnError };
}

function resultText(outcome: ExecuteOutcome): string | undefined {
  const result: MimeBundle | undefined = outcome.status === 'ok' ? outcome.result : undefined;
  const text = result?.['text/plain'];
  return typeof text === 'string' ? text : undefined;
}
