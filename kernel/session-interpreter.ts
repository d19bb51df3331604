/** The session and the managed backend as the interpreter that the protocol's side of the kernel drives. */
import { AutomaticBackend } from './automatic-backend.ts';
import type {
  ExecuteOutcome,
  ExecuteRequest,
  Interpreter,
  InterpreterEvents,
  IsComplete,
} from './jupyter/interpreter.ts';
import { SessionProcess } from './session/session-process.ts';

export class SessionInterpreter implements Interpreter {
  readonly #session: SessionProcess;
  readonly #backend: AutomaticBackend;

  constructor({ onOutput, onInput }: InterpreterEvents, log: (text: string) => void) {
    const backend = new AutomaticBackend(log);
    const env = { ...process.env, RJIT_ENDPOINT_FILE: backend.endpointFile };
    this.#backend = backend;
    this.#session = new SessionProcess({ onOutput, onInput, env, backend });
    void this.#session.ready.then(() => backend.startSoon());
  }

  async execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    const outcome = await this.#session.execute(request);
    this.#backend.startNow();
    return outcome;
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
}
