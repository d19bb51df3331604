import type { CompileReport, CompileRequest } from '../contract/compile-messages.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { MadeCode } from '../llvm/code-loader.ts';
import type { CallReply, Jit } from '../llvm/jit.ts';
import {
  type CompiledFunction,
  CompiledFunctions,
  type CompileOutcome,
  type ModuleJournal,
} from './compiled-functions.ts';
import type { HotService } from './data-connection.ts';
import type { Limits } from './limits.ts';
import type { WorkerRecord } from './worker-record.ts';

/** Why the worker should be replaced: its memory can't be trusted any more. */
export interface Damage {
  readonly reason: string;
  readonly functionName: string;
  readonly address: bigint;
}

export interface SupervisorLink extends ModuleJournal {
  damaged(damage: Damage): void;
}

/** A call that was only stopped at a division leaves the process as it was. */
const harmlessSignals = new Set(['SIGFPE']);

/** The functions of this worker's session, and the running of them. */
export class WorkerSession implements HotService {
  readonly functions: CompiledFunctions;
  readonly #jit: Jit;
  readonly #record: WorkerRecord;
  readonly #limits: Limits;
  readonly #supervisor: SupervisorLink;
  #waiting: Promise<CompileOutcome> | undefined;

  constructor(jit: Jit, record: WorkerRecord, limits: Limits, supervisor: SupervisorLink) {
    this.#jit = jit;
    this.#record = record;
    this.#limits = limits;
    this.#supervisor = supervisor;
    this.functions = new CompiledFunctions(jit, supervisor, limits.maxSessionIrByteLength);
  }

  get target(): Jit['target'] {
    return this.#jit.target;
  }

  beginRequest(sequenceId: number): void {
    this.#jit.beginRequest(sequenceId);
  }

  call(handle: number, packed: Uint8Array): CallReply {
    const compiled = this.functions.get(handle);
    try {
      return this.#jit.call(compiled.jitHandle, packed);
    } catch (error) {
      throw this.#failed(compiled, error);
    }
  }

  map(
    handle: number,
    length: number,
    columns: readonly Uint8Array[],
    allocate: (byteLength: number) => Uint8Array,
  ): Uint8Array {
    const compiled = this.functions.get(handle);
    try {
      return this.#jit.map(compiled.jitHandle, length, columns, allocate);
    } catch (error) {
      throw this.#failed(compiled, error);
    }
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  makeAside(request: CompileRequest): Promise<MadeCode | undefined> {
    return this.functions.makeAside(request);
  }

  compile(request: CompileRequest): CompileReport {
    checkNotEmpty(request);
    return reportOf(this.functions.compile(request));
  }

  async compileAside(request: CompileRequest, begun?: Promise<MadeCode | undefined>): Promise<CompileReport> {
    checkNotEmpty(request);
    this.#waiting = this.functions.compileAside(request, begun).finally(() => {
      this.#waiting = undefined;
    });
    return reportOf(await this.#waiting);
  }

  /** Resolves when nothing is waited for. */
  async whenFree(): Promise<void> {
    await this.#waiting?.catch(() => undefined);
  }

  emit(handle: number, kind: string): string {
    const { jitHandle } = this.functions.get(handle);
    if (kind === 'opt' || kind === 'asm') return this.#jit.emit(jitHandle, kind);
    throw new RemoteError('bad-request', `emit knows 'opt' (optimised IR) and 'asm', not '${kind}'`);
  }

  #failed(compiled: CompiledFunction, caught: unknown): unknown {
    if (!(caught instanceof RemoteError)) return caught;
    if (caught.code === 'cancelled') return this.#cancelledOrTimedOut(compiled, caught);
    if (caught.code === 'jit-crash' && !harmlessSignals.has(caught.signalName ?? '')) {
      this.#supervisor.damaged({
        reason: caught.signalName ?? 'a fault',
        functionName: compiled.symbol,
        address: caught.address ?? 0n,
      });
    }
    return caught;
  }

  #cancelledOrTimedOut(compiled: CompiledFunction, error: RemoteError): RemoteError {
    if (!this.#record.hasTimedOut(this.#record.read()?.sequence ?? 0)) return error;
    return new RemoteError(
      'timeout',
      `${compiled.name} ran longer than the ${this.#limits.callTimeoutMs} ms this server allows a call ` +
        '(--call-timeout-ms)',
      { functionName: compiled.symbol, cause: error },
    );
  }
}

function checkNotEmpty({ ir, functions }: CompileRequest): void {
  if (ir !== '' && functions.length > 0) return;
  throw new RemoteError('bad-request', 'rjit:compile needs IR text and at least one function');
}

function reportOf({ functions, report }: CompileOutcome): CompileReport {
  return { ...report, functions };
}
