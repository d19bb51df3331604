import { inspect } from 'node:util';
import type { CellEvaluator } from './cell-evaluator.ts';
import { CellNotParsed, Terminated } from './cell-failure.ts';
import { type CellRun, currentRun, KeyboardInterrupt, newRun } from './cell-run.ts';
import type { CellSources } from './cell-sources.ts';
import type { CodeCoverage, CoveredSource } from './code-coverage.ts';
import { mimeBundle } from './display/mime-bundle.ts';
import { reportError, reportInterrupt, reportUnparsed } from './error-report.ts';
import type { ErrorReport, ExecuteOutcome, ExecuteRequest } from './execution.ts';
import type { JsonObject } from './json.ts';
import type { OutputChannel } from './output-channel.ts';
import type { SessionHistory } from './session-history.ts';
import type { SessionMessage } from './session-messages.ts';

interface CellExecutorOptions {
  readonly evaluator: () => CellEvaluator | Promise<CellEvaluator>;
  readonly channel: OutputChannel;
  readonly sources: CellSources;
  readonly history: SessionHistory;
  readonly send: (message: SessionMessage) => void;
}

interface ActiveCell {
  readonly request: ExecuteRequest;
  readonly run: CellRun;
}

/** Runs cells, one at a time, and reports how each ended. */
export class CellExecutor {
  readonly #options: CellExecutorOptions;
  #active: ActiveCell | undefined;
  #silentRuns = 0;
  #coverage: CodeCoverage | undefined;

  constructor(options: CellExecutorOptions) {
    this.#options = options;
  }

  /** The run of the cell that has begun and isn't done. */
  get activeRun(): CellRun | undefined {
    return this.#active?.run;
  }

  execute(request: ExecuteRequest): void {
    const fileName = request.silent ? `In[silent-${++this.#silentRuns}]` : `In[${request.executionCount}]`;
    const run = newRun(request.cellId, fileName, request.allowStdin);
    const active = { request, run };
    this.#active = active;
    this.#options.channel.beginCell(request.cellId);
    currentRun.run(run, () => {
      this.#run(request, run).then(
        (outcome) => this.#finish(active, outcome),
        (thrown: unknown) => {
          // What an interrupted cell was waiting for may fail when another cell runs already.
          if (this.#active !== active) return;
          if (thrown instanceof Terminated || run.interrupted) this.interrupted(thrown);
          else this.#finish(active, this.#failure(thrown, run));
        },
      );
    });
  }

  /** Ends the active cell because of an interrupt, whatever it still waits for. False when there is none. */
  interrupted(thrown?: unknown): boolean {
    const active = this.#active;
    if (active === undefined) return false;
    active.run.interrupted = true;
    const stack =
      active.run.interruptedAt ?? (thrown instanceof KeyboardInterrupt ? thrown.stack : undefined);
    this.#finish(active, { status: 'error', ...reportInterrupt(stack, this.#options.sources) });
    return true;
  }

  async #run(request: ExecuteRequest, run: CellRun): Promise<ExecuteOutcome> {
    const { history } = this.#options;
    if (request.storeHistory) history.begin(request.executionCount, request.code);
    const parts = this.#options.evaluator();
    const evaluator = parts instanceof Promise ? await parts : parts;
    if (request.wantsCoverage) await this.#measure();
    const { value, isShown } = await evaluator.evaluate(request.code, run.fileName);
    // Without a result to show, a promise that the cell ends in is left to itself.
    const shown = isShown ? (isThenable(value) ? await value : value) : undefined;
    if (request.storeHistory) history.end(request.executionCount, shown);
    const result = shown === undefined || request.silent ? {} : { result: await mimeBundle(shown) };
    const userExpressions = await this.#userExpressions(request, run, evaluator);
    return { status: 'ok', ...result, userExpressions, payload: run.payload };
  }

  async #measure(): Promise<void> {
    const { CodeCoverage } = await import('./code-coverage.ts');
    this.#coverage ??= new CodeCoverage(this.#options.sources);
  }

  /** What has run since this was asked last; undefined when nobody measures. */
  takeCoverage(): { readonly coverage?: readonly CoveredSource[] } {
    return this.#coverage === undefined ? {} : { coverage: this.#coverage.take() };
  }

  async #userExpressions(
    { userExpressions }: ExecuteRequest,
    run: CellRun,
    evaluator: CellEvaluator,
  ): Promise<JsonObject> {
    const replies: Record<string, JsonObject> = {};
    for (const [name, expression] of Object.entries(userExpressions)) {
      try {
        const { value } = await evaluator.evaluate(expression, `${run.fileName}/expression`);
        replies[name] = { status: 'ok', data: await mimeBundle(await value), metadata: {} };
      } catch (thrown) {
        if (thrown instanceof Terminated) throw thrown;
        const { ename, evalue, traceback } = this.#failure(thrown, run);
        replies[name] = { status: 'error', ename, evalue, traceback };
      }
    }
    return replies;
  }

  #failure(thrown: unknown, run: CellRun): { status: 'error' } & ErrorReport {
    const { sources } = this.#options;
    if (thrown instanceof CellNotParsed) {
      return { status: 'error', ...reportUnparsed(thrown, run.fileName, sources) };
    }
    try {
      return { status: 'error', ...reportError(thrown, sources) };
    } catch (reason) {
      // The value's own `inspect` or a getter of it threw.
      const evalue = `a thrown ${typeof thrown} that can't be shown: ${inspect(reason)}`;
      return { status: 'error', ename: 'Error', evalue, traceback: [evalue] };
    }
  }

  #finish(active: ActiveCell, outcome: ExecuteOutcome): void {
    if (this.#active !== active) return;
    this.#active = undefined;
    const { channel, send } = this.#options;
    const { cellId, wantsCoverage } = active.request;
    channel.endCell();
    send({ op: 'done', cellId, outcome: { ...outcome, ...(wantsCoverage && this.takeCoverage()) } });
  }
}

/** Not what throws when it is asked, as a revoked proxy does: that is a value to show like any other. */
function isThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return typeof Reflect.get(value, 'then') === 'function';
  } catch {
    return false;
  }
}
