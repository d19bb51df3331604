/** The session and the managed backend as the interpreter that the protocol's side of the kernel drives. */
import { AutomaticBackend } from './automatic-backend.ts';
import type { Intelligence } from './intelligence.ts';
import type {
  CodePlace,
  Completions,
  ExecuteOutcome,
  ExecuteRequest,
  InspectRequest,
  Interpreter,
  InterpreterEvents,
  IsComplete,
} from './jupyter/interpreter.ts';
import type { MimeBundle } from './jupyter/messages.ts';
import { SessionProcess } from './session/session-process.ts';

export class SessionInterpreter implements Interpreter {
  readonly #session: SessionProcess;
  readonly #backend: AutomaticBackend;
  #intelligence: Promise<Intelligence> | undefined;

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

  async complete(place: CodePlace): Promise<Completions> {
    return (await this.#loadedIntelligence()).complete(place);
  }

  async inspect(request: InspectRequest): Promise<MimeBundle | undefined> {
    return (await this.#loadedIntelligence()).inspect(request);
  }

  holdOutput(held: boolean): void {
    this.#session.holdOutput(held);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#session.shutdown(), this.#backend.dispose()]);
  }

  /** Loaded when first needed: it brings all magics along, and no cell waits for it. */
  #loadedIntelligence(): Promise<Intelligence> {
    this.#intelligence ??= import('./intelligence.ts').then((module) => new module.Intelligence());
    return this.#intelligence;
  }
}
