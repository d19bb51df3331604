/** The session and the managed backend as the interpreter that the protocol's side of the kernel drives. */
import { AutomaticBackend } from './automatic-backend.ts';
import { CellWatch } from './cell-watch.ts';
import type { Intelligence } from './intelligence.ts';
import type {
  CellId,
  CodePlace,
  CommMessage,
  Completions,
  ExecuteOutcome,
  ExecuteRequest,
  InspectRequest,
  Interpreter,
  InterpreterEvents,
  IsComplete,
  Output,
} from './jupyter/interpreter.ts';
import type { MimeBundle } from './jupyter/messages.ts';
import type { Output as SessionOutput } from './session/execution.ts';
import { SessionProcess } from './session/session-process.ts';
import type { StartingSession } from './starting-session.ts';
import { parseTypeCheckMode, type TypeCheckMode, typeErrorOutcome } from './type-checks.ts';

/** A cell `name?` waits until the types are loaded, on a slow machine, too; it can be interrupted. */
const CELL_INSPECTION_TIMEOUT_MS = 60_000;

export class SessionInterpreter implements Interpreter {
  readonly #session: SessionProcess;
  readonly #backend: AutomaticBackend;
  readonly #watch: CellWatch;
  #intelligence: Promise<Intelligence> | undefined;
  #typeChecks: TypeCheckMode = 'warn';

  constructor(
    { onOutput, onInput, onRestart }: InterpreterEvents,
    { child, env, endpointFolder }: StartingSession,
    log: (text: string) => void,
  ) {
    const backend = new AutomaticBackend(endpointFolder, log);
    this.#backend = backend;
    this.#watch = new CellWatch({
      intelligence: () => this.#loadedIntelligence(),
      mode: () => this.#typeChecks,
      warn: (text, { cellId }) => onOutput({ kind: 'stream', name: 'stderr', text }, cellId),
    });
    this.#session = new SessionProcess({
      ...{ onInput, env, backend, child },
      onOutput: (output, cellId) => onOutput(withBytes(output), cellId),
      onDeclared: (declarations) => this.#watch.tell((intelligence) => intelligence.declared(declarations)),
      onMagic: (magic) => this.#watch.tell((intelligence) => intelligence.magicAdded(magic)),
      onRestart: () => {
        onRestart();
        this.#watch.tell((intelligence) => intelligence.forget());
      },
      typeChecks: (mode) => this.#setTypeChecks(mode),
      inspect: async (code, wantsSource) => {
        const intelligence = await this.#watch.loaded();
        const request = { code, cursor: code.length, wantsSource };
        return (await intelligence.inspect(request, CELL_INSPECTION_TIMEOUT_MS)) ?? null;
      },
    });
    void this.#session.ready.then(() => {
      backend.startSoon();
      this.#watch.idle();
    });
  }

  async execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    const refusal = this.#typeChecks === 'strict' ? await this.#refuse(request) : undefined;
    if (refusal !== undefined) return refusal;
    const done = this.#watch.begin(request);
    this.#backend.startFor(request.code);
    const outcome = await this.#session.execute(request);
    done();
    this.#backend.startSoon();
    return outcome;
  }

  comm({ buffers, ...message }: CommMessage, cellId: CellId, subshell: number): Promise<boolean> {
    const buffersBase64 = buffers.map((bytes) => Buffer.from(bytes).toString('base64'));
    return this.#session.comm({ ...message, buffersBase64 }, cellId, subshell);
  }

  interrupt(): Promise<void> {
    return this.#session.interrupt();
  }

  isComplete(code: string): Promise<IsComplete> {
    return this.#session.isComplete(code);
  }

  async complete(place: CodePlace): Promise<Completions> {
    return (await this.#watch.loaded()).complete(place);
  }

  async inspect(request: InspectRequest): Promise<MimeBundle | undefined> {
    return (await this.#watch.loaded()).inspect(request);
  }

  holdOutput(held: boolean): void {
    this.#session.holdOutput(held);
  }

  async shutdown(): Promise<void> {
    this.#watch.close();
    const intelligence = await this.#intelligence;
    await Promise.all([this.#session.shutdown(), this.#backend.dispose(), intelligence?.close()]);
  }

  /** `%ts strict`: a cell with an error in its types is not run. */
  async #refuse(request: ExecuteRequest): Promise<ExecuteOutcome | undefined> {
    const intelligence = await this.#watch.loaded();
    const found = await intelligence.check(request.code);
    return found.length === 0 ? undefined : typeErrorOutcome(found, request);
  }

  #setTypeChecks(mode: string | undefined): TypeCheckMode {
    if (mode !== undefined) this.#typeChecks = parseTypeCheckMode(mode);
    return this.#typeChecks;
  }

  /** Loaded when first needed: it brings all magics along, and no cell waits for it. */
  #loadedIntelligence(): Promise<Intelligence> {
    this.#intelligence ??= import('./intelligence.ts').then(
      (module) => new module.Intelligence(this.#session, process.cwd()),
    );
    return this.#intelligence;
  }
}

/** Bytes travel as base64 between the processes. */
function withBytes(output: SessionOutput): Output {
  if (output.kind === 'comm') {
    const { buffersBase64, ...message } = output.message;
    return { kind: 'comm', message: { ...message, buffers: decoded(buffersBase64) } };
  }
  if (output.kind !== 'broadcast') return output;
  const { buffersBase64, ...broadcast } = output;
  return { ...broadcast, buffers: decoded(buffersBase64) };
}

function decoded(buffersBase64: readonly string[]): readonly Uint8Array[] {
  return buffersBase64.map((text) => Buffer.from(text, 'base64'));
}
