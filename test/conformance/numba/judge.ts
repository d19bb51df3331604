/** Finds the reason of every disagreement, with the help of referees where the rules alone don't tell. */
import { type Disagreement, explanation, lookedInto, type RefereeOutcome, type Referees } from './explain.ts';
import { askReferee, type RefereeQuestion } from './functions.ts';

export interface Judged extends Disagreement, Referees {
  /** `undefined` where there is none: a bug. */
  readonly reason: string | undefined;
}

export async function judge(python: string, all: readonly Disagreement[]): Promise<readonly Judged[]> {
  let judged: readonly Judged[] = all.map((one) => ({ ...one, reason: explanation(one, {}) }));
  for (const referee of ['model', 'numba'] as const) {
    const open = judged.filter(({ reason }) => reason === undefined);
    const outcomes = await outcomesOf(python, referee, open);
    judged = judged.map((one) => {
      const outcome = outcomes.get(one);
      if (!outcome) return one;
      const heard = { ...one, [referee]: outcome };
      return { ...heard, reason: explanation(heard, heard) };
    });
  }
  return judged.map((one) => ({ ...one, reason: one.reason ?? lookedInto(one) }));
}

async function outcomesOf(
  python: string,
  referee: 'model' | 'numba',
  open: readonly Judged[],
): Promise<ReadonlyMap<Judged, RefereeOutcome>> {
  const groups = new Map<string, Judged[]>();
  for (const one of open) {
    const key = `${one.function.file}:${one.function.line} ${one.signature}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const questions = [...groups.values()].map(questionOf);
  const answers = await askReferee(python, referee, questions);
  const outcomes = new Map<Judged, RefereeOutcome>();
  for (const [index, group] of [...groups.values()].entries()) {
    for (const [position, one] of group.entries()) outcomes.set(one, answers[index]?.[position]);
  }
  return outcomes;
}

function questionOf(group: readonly Judged[]): RefereeQuestion {
  const [first] = group;
  if (!first) throw new Error('an empty group');
  const { name, source } = first.function;
  const calls = group.map(({ call }) => call.arguments);
  return { name, source, parameters: first.parameters, calls };
}
