/** The thread of the language service, the one place of the kernel process where TypeScript is loaded. */
import { parentPort, workerData } from 'node:worker_threads';
import { NotebookService } from './notebook-service.ts';
import type { ServiceReply, ServiceRequest } from './protocol.ts';

export interface ServiceWorkerData {
  readonly folder: string;
  readonly globals: string;
}

const { folder, globals } = workerData as ServiceWorkerData;
const service = new NotebookService(folder.replaceAll('\\', '/'), globals);

parentPort?.on('message', (request: ServiceRequest) => {
  const reply = handle(request);
  if (reply !== undefined) parentPort?.postMessage(reply);
});

/** TypeScript has bugs of its own; one of them must not take the thread along. */
function handle(request: ServiceRequest): ServiceReply | undefined {
  const id = 'id' in request ? request.id : undefined;
  try {
    if ('op' in request) {
      service.tell(request);
      return undefined;
    }
    return { id: request.id, ok: true, answer: service.ask(request.question) };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return id === undefined ? undefined : { id, ok: false, message };
  }
}
