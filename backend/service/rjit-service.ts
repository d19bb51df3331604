import type { HelloRequest } from '#thrift/remotejit_types.js';
import { Processor } from '#thrift/rjit.js';
import { RemoteError } from '../contract/remote-error.ts';
import { type ThriftService, thriftService, toRemoteFault } from './thrift-dispatch.ts';
import type { WorkerSession } from './worker-session.ts';

/** The part of the `rjit` service that the session's worker answers, without what has a codec of its own. */
export function rjitService(session: WorkerSession): ThriftService {
  return thriftService(Processor, {
    // The supervisor let the connection in; here it only needs its answer.
    attach: async (_session: string, _token: string) => true,
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
