import {
  CompiledFunction,
  CompileReport,
  type CompileRequest,
  type HelloRequest,
} from '#thrift/remotejit_types.js';
import { Processor } from '#thrift/rjit.js';
import { RemoteError } from '../contract/remote-error.ts';
import { type ThriftService, thriftService, toRemoteFault } from './thrift-dispatch.ts';
import type { WorkerSession } from './worker-session.ts';

/** The part of the `rjit` service that the session's worker answers, without the hot methods. */
export function rjitService(session: WorkerSession): ThriftService {
  return thriftService(Processor, {
    // The supervisor let the connection in; here it only needs its answer.
    attach: async (_session: string, _token: string) => true,
    compile: (request: CompileRequest) => answer(() => compile(session, request)),
    emit: (handle: number, kind: string) => answer(() => session.emit(handle, kind)),
    drop: (handles: readonly number[]) =>
      answer(() => {
        session.functions.drop(handles);
        return true;
      }),
    hello: (_request: HelloRequest) => answer(misplaced),
    cancel: (_session: string, _range: unknown) => answer(misplaced),
    status: () => answer(misplaced),
  });
}

async function answer<T>(run: () => T): Promise<T> {
  try {
    return run();
  } catch (error) {
    throw toRemoteFault(error);
  }
}

function misplaced(): never {
  throw new RemoteError(
    'bad-request',
    'hello, cancel and status belong on the control connection, not on one that began with attach',
  );
}

function compile(session: WorkerSession, request: CompileRequest): CompileReport {
  if (!request.ir || !request.functions?.length) {
    throw new RemoteError('bad-request', 'rjit:compile needs IR text and at least one function');
  }
  const { functions, report } = session.functions.compile({
    ir: request.ir,
    functions: request.functions.map(({ name, signature, symbol }) => ({ name, signature, symbol })),
    options: { ...request.options },
  });
  return new CompileReport({
    functions: functions.map(({ handle, symbol }) => new CompiledFunction({ handle, symbol })),
    phaseMicroseconds: { ...report.phaseMicroseconds },
    cached: report.cached,
  });
}
