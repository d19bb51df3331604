/**
 * What a cell says about its own test, in nbval's words: comments on lines of their own (`# NBVAL_SKIP`,
 * `// NBVAL_SKIP`) or tags (`nbval-skip`). Markers of ours take a value: `// NBVAL_TIMEOUT: 30`, `nbval-timeout:30`.
 */
import { type CodeCell, tagsOf } from './notebook.ts';

export interface ExpectedException {
  readonly ename: string;
  /** Must be contained in the error's text. */
  readonly evalue?: string;
}

export interface CellMarkers {
  /** False: the cell is run, its outputs may differ. */
  readonly checkOutput: boolean;
  /** True: the cell must end with an exception. */
  readonly raisesException: boolean;
  /** Which one; any when absent. */
  readonly expectedException?: ExpectedException;
  /** True: the cell is not run. */
  readonly skip: boolean;
  /** Instead of the notebook's. */
  readonly timeoutMs?: number;
  /** The cell fails when it takes longer, whatever it gives. */
  readonly budgetMs?: number;
  /** `text/html=markup`: how outputs of a kind are compared. */
  readonly comparisons: readonly string[];
  /** Markers that contradict each other, or that don't exist. */
  readonly warnings: readonly string[];
  /** Values that can't be read: the cell can't be judged as its author meant it. */
  readonly problems: readonly string[];
}

interface Marker {
  readonly name: string;
  readonly value: string | undefined;
}

type Effect = { readonly group: string } & (
  | { readonly flags: Partial<CellMarkers> }
  | { readonly read: (value: string) => Partial<CellMarkers> | undefined; readonly expected: string }
);

const seconds = (field: 'timeoutMs' | 'budgetMs') => (value: string) => {
  const milliseconds = Number(value) * 1000;
  return value !== '' && milliseconds > 0 ? { [field]: milliseconds } : undefined;
};

const effects: Readonly<Record<string, Effect>> = {
  NBVAL_IGNORE_OUTPUT: { group: 'check', flags: { checkOutput: false } },
  PYTEST_VALIDATE_IGNORE_OUTPUT: { group: 'check', flags: { checkOutput: false } },
  NBVAL_CHECK_OUTPUT: { group: 'check', flags: { checkOutput: true } },
  NBVAL_RAISES_EXCEPTION: { group: 'exception', flags: { raisesException: true } },
  NBVAL_SKIP: { group: 'skip', flags: { skip: true } },
  NBVAL_TIMEOUT: { group: 'timeout', read: seconds('timeoutMs'), expected: 'a number of seconds' },
  NBVAL_BUDGET: { group: 'budget', read: seconds('budgetMs'), expected: 'a number of seconds' },
  NBVAL_COMPARE: {
    group: 'compare',
    read: (value) => (value === '' ? undefined : { comparisons: value.split(/[\s,]+/) }),
    expected: 'KEY=COMPARER, such as text/html=markup',
  },
};

/** Reads the comments and tags of a cell; comments win over tags. With `lax`, outputs are checked only on request. */
export function cellMarkers(cell: CodeCell, { lax = false } = {}): CellMarkers {
  const warnings: string[] = [];
  const problems: string[] = [];
  const fromTags = effectOf(tagsOf(cell).flatMap(markerOfTag), 'tags', warnings, problems);
  const comments = cell.source.split(/\r\n|\n|\r/).flatMap(markerOfComment);
  const fromComments = effectOf(comments, 'comments', warnings, problems);
  for (const [group, name] of fromComments.groups) {
    const tag = fromTags.groups.get(group) ?? name;
    if (tag !== name)
      warnings.push(`the comment ${name} and the tag ${tag} contradict each other; the comment counts`);
  }
  return {
    checkOutput: !lax,
    raisesException: false,
    skip: false,
    comparisons: [],
    ...fromTags.flags,
    ...fromComments.flags,
    warnings,
    problems,
  };
}

function markerOfTag(tag: string): readonly Marker[] {
  const [word = '', ...value] = tag.split(':');
  const name =
    word === 'raises-exception' ? 'NBVAL_RAISES_EXCEPTION' : word.toUpperCase().replaceAll('-', '_');
  // nbval's tags are in lower case with dashes and nothing else; other tags are none of our business.
  if (word !== word.toLowerCase() || word.includes('_') || !isMarkerName(name)) return [];
  return [{ name, value: value.length === 0 ? undefined : value.join(':').trim() }];
}

function markerOfComment(line: string): readonly Marker[] {
  const match = /^\s*(?:#+|\/\/+)\s*([A-Z_]+)\s*(?::\s*(.*?)\s*)?$/.exec(line);
  const [, name = '', value] = match ?? [];
  return isMarkerName(name) ? [{ name, value }] : [];
}

function isMarkerName(name: string): boolean {
  return name.startsWith('NBVAL_') || Object.hasOwn(effects, name);
}

/** The markers of one kind, the last of those that contradict each other winning, as in nbval. */
function effectOf(
  markers: readonly Marker[],
  what: string,
  warnings: string[],
  problems: string[],
): { readonly flags: Partial<CellMarkers>; readonly groups: ReadonlyMap<string, string> } {
  const groups = new Map<string, string>();
  let flags: Partial<CellMarkers> = {};
  for (const { name, value } of markers) {
    const effect = effects[name];
    if (effect === undefined) {
      warnings.push(`there is no marker ${name}; expected one of ${Object.keys(effects).join(', ')}`);
      continue;
    }
    const before = groups.get(effect.group);
    if (before !== undefined && before !== name) {
      warnings.push(`the ${what} ${before} and ${name} contradict each other; the last one counts`);
    }
    groups.set(effect.group, name);
    const read = readEffect(name, value, effect);
    if (typeof read === 'string') problems.push(read);
    else flags = { ...flags, ...read };
  }
  return { flags, groups };
}

/** A text says what is wrong. */
function readEffect(name: string, value: string | undefined, effect: Effect): Partial<CellMarkers> | string {
  if ('read' in effect) {
    return (
      effect.read(value ?? '') ?? `${name} is "${value ?? ''}"; expected ${effect.expected} after "${name}:"`
    );
  }
  if (value === undefined) return effect.flags;
  if (name !== 'NBVAL_RAISES_EXCEPTION') return `${name} takes no value; found "${value}"`;
  const [, ename = '', evalue = ''] = /^([^:]*?)\s*(?::\s*(.*))?$/s.exec(value) ?? [];
  const expectedException = evalue === '' ? { ename } : { ename, evalue };
  return ename === ''
    ? `${name} is "${value}"; expected NAME or NAME: TEXT`
    : { ...effect.flags, expectedException };
}
