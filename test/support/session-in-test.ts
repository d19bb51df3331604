import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { CellId, ExecuteOutcome, Output } from '../../kernel/session/execution.ts';
import { type SessionOptions, SessionProcess } from '../../kernel/session/session-process.ts';

export interface RecordedOutput {
  readonly output: Output;
  readonly cellId: CellId | undefined;
}

export interface CellOptions {
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly wantsCoverage?: boolean;
  readonly userExpressions?: Readonly<Record<string, string>>;
  readonly subshell?: number;
  readonly executionCount?: number;
}

/** A session whose outputs are kept, and that a test drives cell by cell. */
export class SessionInTest {
  readonly outputs: RecordedOutput[] = [];
  readonly session: SessionProcess;
  #cells = 0;

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = new SessionProcess({
      keepsSpare: false,
      onInput: () => Promise.reject(new Error('this test types nothing')),
      // The test runner asks for colours; what a session prints must not depend on that.
      env: { ...process.env, FORCE_COLOR: '0' },
      ...options,
      onOutput: (output, cellId) => this.outputs.push({ output, cellId }),
    });
  }

  /** The cell that ran last. */
  get lastCell(): CellId {
    return this.#cells;
  }

  run(code: string, options: CellOptions = {}): Promise<ExecuteOutcome> {
    this.#cells += 1;
    return this.session.execute({
      cellId: this.#cells,
      code,
      executionCount: this.#cells,
      silent: false,
      storeHistory: true,
      allowStdin: true,
      userExpressions: {},
      ...options,
    });
  }

  /** The plain text of the cell's result, or what went wrong. */
  async show(code: string, options?: CellOptions): Promise<string> {
    return showOutcome(await this.run(code, options));
  }

  /** All text that a cell has written to one stream. */
  text(cellId: CellId, stream: 'stdout' | 'stderr' = 'stdout'): string {
    return this.outputs
      .filter(({ cellId: id }) => id === cellId)
      .map(({ output }) => (output.kind === 'stream' && output.name === stream ? output.text : ''))
      .join('');
  }

  /** Waits for output of a cell that is still running, or comes late. */
  async until(isThere: () => boolean, what: string): Promise<void> {
    await until(isThere, what);
  }
}

export function showOutcome(outcome: ExecuteOutcome): string {
  if (outcome.status === 'error') return `${outcome.ename}: ${outcome.evalue}`;
  return outcome.result === undefined ? '' : String(outcome.result['text/plain']);
}

export function plainTraceback(outcome: ExecuteOutcome): string {
  return outcome.status === 'error' ? stripVTControlCharacters(outcome.traceback.join('\n')) : '';
}

const DEADLINE_MS = 20_000;

/** Polls a condition; fails after a generous deadline. */
export async function until(isThere: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!isThere()) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
    await sleep(2);
  }
}

/** Runs a test with a session and ends the session, however the test ends. */
export function withSession(
  test: (session: SessionInTest) => Promise<void>,
  options?: Partial<SessionOptions>,
): () => Promise<void> {
  return async () => {
    const session = new SessionInTest(options);
    try {
      await test(session);
    } finally {
      await session.session.shutdown();
    }
  };
}
