/** The scripts beside this file, run by the Python that has numba. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '../../support/repository-root.ts';
import type { RefereeOutcome } from './explain.ts';
import { type LiftedFunction, parseLiftedFunction, type WireValue } from './lifted-function.ts';

const SCRIPTS = join(repositoryRoot, 'test', 'conformance', 'numba');

/** The functions of numba's tests, as they are found. */
export async function* liftedFunctions(python: string): AsyncGenerator<LiftedFunction> {
  const child = spawn(python, [join(SCRIPTS, 'lift_main.py')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) yield parseLiftedFunction(line);
  const [status] = await closed;
  if (status !== 0) throw new Error(`lift_main.py ended with status ${String(status)}`);
}

export interface RefereeQuestion {
  readonly name: string;
  readonly source: string;
  readonly parameters: readonly string[];
  /** The arguments of each call. */
  readonly calls: readonly (readonly WireValue[])[];
}

/** For each question the outcomes of its calls; `undefined` for what the referee can't tell. */
export async function askReferee(
  python: string,
  referee: 'model' | 'numba',
  questions: readonly RefereeQuestion[],
): Promise<readonly (readonly RefereeOutcome[])[]> {
  if (questions.length === 0) return [];
  const child = spawn(python, [join(SCRIPTS, 'referee_main.py'), referee], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const answers: (readonly RefereeOutcome[])[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const outcomes = JSON.parse(line) as readonly (RefereeOutcome | null)[] | null;
    answers.push((outcomes ?? []).map((outcome) => outcome ?? undefined));
  }
  const [status] = await closed;
  if (status !== 0 || answers.length !== questions.length) {
    throw new Error(
      `referee_main.py ${referee} answered ${answers.length} of ${questions.length}, status ${String(status)}`,
    );
  }
  return answers;
}
