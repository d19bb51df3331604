/** The session and the managed backend as the interpreter that the protocol's side of the kernel drives. */
import type {
  ExecuteOutcome,
  ExecuteRequest,
  Interpreter,
  InterpreterEvents,
  IsComplete,
} from './jupyter/interpreter.ts';
import { ManagedBackend } from './rjit/managed-backend.ts';
import { SessionProcess } from './session/session-process.ts';

/** Only this machine may use the backend that the kernel starts by itself, at a port that is free. */
const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 0 } as const;

export class SessionInterpreter implements Interpreter {
  readonly #session: SessionProcess;
  readonly #backend: ManagedBackend;

  constructor({ onOutput, onInput }: InterpreterEvents, log: (text: string) => void) {
    const backend = new ManagedBackend({ onCrash: (reason) => log(`the backend ended: ${reason}`) });
    this.#backend = backend;
    this.#session = new SessionProcess({
      onOutput,
      onInput,
      env: { ...process.env, RJIT_ENDPOINT_FILE: backend.endpointFile },
      backend: {
        start: (address) => backend.start({ ...DEFAULT_ADDRESS, ...address }),
        stop: () => backend.stop(),
        endpointFile: backend.endpointFile,
      },
    });
    // Behind the session, so as not to compete with its start; a failure is also what the first remote call says.
    void this.#session.ready.then(() => this.#startBackend(log));
  }

  execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    return this.#session.execute(request);
  }

  interrupt(): Promise<void> {
    return this.#session.interrupt();
  }

  isComplete(code: string): Promise<IsComplete> {
    return this.#session.isComplete(code);
  }

  holdOutput(held: boolean): void {
    this.#session.holdOutput(held);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#session.shutdown(), this.#backend.dispose()]);
  }

  async #startBackend(log: (text: string) => void): Promise<void> {
    try {
      await this.#backend.start(DEFAULT_ADDRESS);
    } catch (error) {
      log(`no local backend: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
