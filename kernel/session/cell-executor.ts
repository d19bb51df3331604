import { inspect } from 'node:util';
import type { CellEvaluator, CellValue } from './cell-evaluator.ts';
import { CellNotParsed, Terminated } from './cell-failure.ts';
import { type CellRun, currentRun, KeyboardInterrupt, newRun } from './cell-run.ts';
import type { CellSources } from './cell-sources.ts';
import type { CodeCoverage, CoveredSource } from './code-coverage.ts';
import { mimeBundle } from './display/mime-bundle.ts';
import { reportError, reportInterrupt, reportUnparsed } from './error-report.ts';
import type { ErrorReport, ExecuteOutcome, ExecuteRequest } from './execution.ts';
import type { JsonObject, MimeBundle } from './json.ts';
import { after, awaited, type MaybePromise, otherwise } from './maybe-promise.ts';
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

type Evaluate = (evaluator: CellEvaluator, code: string, name: string) => MaybePromise<CellValue>;

interface ActiveCell {
  readonly request: ExecuteRequest;
  readonly run: CellRun;
}

/** Runs cells, of the main shell and of each subshell one at a time, and reports how each ended. */
export class CellExecutor {
  readonly #options: CellExecutorOptions;
  readonly #active = new Set<ActiveCell>();
  #idleSince = performance.now();
  #silentRuns = 0;
  #coverage: CodeCoverage | undefined;

  constructor(options: CellExecutorOptions) {
    this.#options = options;
  }

  /** The runs of the cells that have begun and aren't done. */
  get activeRuns(): readonly CellRun[] {
    return Array.from(this.#active, ({ run }) => run);
  }

  /** For how long no cell has run; 0 while one does. */
  get idleMs(): number {
    return this.#active.size > 0 ? 0 : performance.now() - this.#idleSince;
  }

  execute(request: ExecuteRequest): void {
    this.#start(request, (evaluator, code, name) => evaluator.evaluate(code, name));
  }

  /** The same in the middle of another cell's code: the cell is done at once unless it awaits something. */
  executeWithin(request: ExecuteRequest): void {
    this.#start(request, (evaluator, code, name) => evaluator.evaluateWithin(code, name));
  }

  /** Ends the active cells because of an interrupt, whatever they still wait for. False when there are none. */
  interrupted(): boolean {
    const cells = [...this.#active];
    for (const active of cells) this.#finish(active, this.#interruption(active.run));
    return cells.length > 0;
  }

  #start(request: ExecuteRequest, evaluate: Evaluate): void {
    const run = newRun(request.cellId, this.#nameOf(request), request.allowStdin);
    const active = { request, run };
    this.#active.add(active);
    this.#options.channel.beginCell(request.cellId, request.subshell === undefined);
    currentRun.run(run, () => {
      const outcome = otherwise(
        () => this.#run(active, evaluate),
        (thrown) => this.#reached(active, thrown),
      );
      void after(outcome, (reached) => reached && this.#finish(active, reached));
    });
  }

  #nameOf({ silent, executionCount, subshell }: ExecuteRequest): string {
    if (silent) return `In[silent-${++this.#silentRuns}]`;
    return subshell === undefined ? `In[${executionCount}]` : `In[sub${subshell}-${executionCount}]`;
  }

  /** What a cell comes to that has thrown; undefined when it is done already. */
  #reached(active: ActiveCell, thrown: unknown): ExecuteOutcome | undefined {
    // What an interrupted cell was waiting for may fail when another cell runs already.
    if (!this.#active.has(active)) return undefined;
    const { run } = active;
    return thrown instanceof Terminated || run.interrupted
      ? this.#interruption(run, thrown)
      : this.#failure(thrown, run);
  }

  #interruption(run: CellRun, thrown?: unknown): ExecuteOutcome {
    run.interrupted = true;
    const stack = run.interruptedAt ?? (thrown instanceof KeyboardInterrupt ? thrown.stack : undefined);
    return { status: 'error', ...reportInterrupt(stack, this.#options.sources) };
  }

  #run({ request, run }: ActiveCell, evaluate: Evaluate): MaybePromise<ExecuteOutcome> {
    const { history } = this.#options;
    const { code, executionCount, silent } = request;
    // A subshell counts its cells itself; `In` and `Out` are those of the main shell.
    const isStored = request.storeHistory && request.subshell === undefined;
    if (isStored) history.begin(executionCount, code);
    return after(this.#evaluatorFor(request), (evaluator) =>
      after(evaluate(evaluator, code, run.fileName), ({ value, isShown }) =>
        // Without a result to show, a promise that the cell ends in is left to itself.
        after(isShown ? awaited(value) : undefined, (shown) => {
          if (isStored) history.end(executionCount, shown);
          const bundle = shown === undefined || silent ? undefined : mimeBundle(shown);
          return after<MimeBundle | undefined, ExecuteOutcome>(bundle, (result) =>
            after(this.#userExpressions(request, run, evaluator, evaluate), (userExpressions) => {
              return { status: 'ok', ...(result && { result }), userExpressions, payload: run.payload };
            }),
          );
        }),
      ),
    );
  }

  #evaluatorFor({ wantsCoverage }: ExecuteRequest): MaybePromise<CellEvaluator> {
    const evaluator = this.#options.evaluator();
    return wantsCoverage ? this.#measure().then(() => evaluator) : evaluator;
  }

  async #measure(): Promise<void> {
    const { CodeCoverage } = await import('./code-coverage.ts');
    this.#coverage ??= new CodeCoverage(this.#options.sources);
  }

  /** What has run since this was asked last; undefined when nobody measures. */
  takeCoverage(): { readonly coverage?: readonly CoveredSource[] } {
    return this.#coverage === undefined ? {} : { coverage: this.#coverage.take() };
  }

  #userExpressions(
    { userExpressions }: ExecuteRequest,
    run: CellRun,
    evaluator: CellEvaluator,
    evaluate: Evaluate,
  ): MaybePromise<JsonObject> {
    const replies: Record<string, JsonObject> = {};
    const reply = (expression: string): MaybePromise<JsonObject> =>
      after(evaluate(evaluator, expression, `${run.fileName}/expression`), ({ value }) =>
        after(awaited(value), (result) =>
          after(mimeBundle(result), (data) => ({ status: 'ok', data, metadata: {} })),
        ),
      );
    const failure = (thrown: unknown): JsonObject => {
      if (thrown instanceof Terminated) throw thrown;
      return { ...this.#failure(thrown, run) };
    };
    let last: MaybePromise<void> | undefined;
    for (const [name, expression] of Object.entries(userExpressions)) {
      last = after(last, () =>
        after(
          otherwise(() => reply(expression), failure),
          (replied) => {
            replies[name] = replied;
          },
        ),
      );
    }
    return after(last, () => replies);
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
    if (!this.#active.delete(active)) return;
    this.#idleSince = performance.now();
    const { channel, send } = this.#options;
    const { cellId, wantsCoverage } = active.request;
    const isAwaited = channel.endCell(cellId);
    send({ op: 'done', cellId, outcome: { ...outcome, ...(wantsCoverage && this.takeCoverage()) } });
    if (isAwaited) channel.announceEnd();
  }
}
