/**
 * Compares a cell's outputs as nbval does: streams are merged by name, all other outputs taken apart into MIME types
 * and the fields of errors; what is the same kind must be the same, in order, and nothing may be missing or new.
 */
import type { JsonValue } from '../jupyter/messages.ts';
import { foldStream } from './fold-stream.ts';
import type { NotebookOutput } from './notebook.ts';
import { type Comparer, exact, ignore, valueText } from './testing/comparers.ts';

export interface OutputDifference {
  /** `stdout`, `text/plain`, `ename`, … */
  readonly key: string;
  /** Absent where there should be nothing. */
  readonly expected?: string;
  /** Absent where there should be something. */
  readonly actual?: string;
}

export interface CompareOptions {
  /** Takes out of a text what differs from run to run, on both sides. */
  readonly sanitize?: (text: string) => string;
  /** By key; a kind of output without one is compared exactly, images not at all. */
  readonly comparers?: Readonly<Record<string, Comparer>>;
}

/** Images differ between machines; widgets' ids are drawn at random; tracebacks name places. */
const skippedKeys: ReadonlySet<string> = new Set([
  'application/vnd.jupyter.widget-view+json',
  'image/jpeg',
  'image/png',
]);

/** Empty when the outputs agree. */
export function compareOutputs(
  expected: readonly NotebookOutput[],
  actual: readonly NotebookOutput[],
  { sanitize = (text) => text, comparers = {} }: CompareOptions = {},
): OutputDifference[] {
  const isCompared = (key: string) => Object.hasOwn(comparers, key) || !skippedKeys.has(key);
  const clean = (value: JsonValue) => (typeof value === 'string' ? sanitize(value) : value);
  const wanted = valuesByKey(expected);
  const found = valuesByKey(actual);
  const differences: OutputDifference[] = [];
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    if (!isCompared(key)) continue;
    const comparer = comparers[key] ?? exact;
    const wantedValues = (wanted.get(key) ?? []).map(clean);
    const foundValues = (found.get(key) ?? []).map(clean);
    for (let index = 0; index < Math.max(wantedValues.length, foundValues.length); index++) {
      const difference = differenceOf(comparer, wantedValues[index], foundValues[index]);
      if (difference !== undefined) differences.push({ key, ...difference });
    }
  }
  return differences;
}

function differenceOf(
  comparer: Comparer,
  expected: JsonValue | undefined,
  actual: JsonValue | undefined,
): Omit<OutputDifference, 'key'> | undefined {
  if (expected !== undefined && actual !== undefined) return comparer(expected, actual);
  if (comparer === ignore) return undefined;
  if (expected !== undefined) return { expected: valueText(expected) };
  return actual === undefined ? undefined : { actual: valueText(actual) };
}

/** The values of all outputs of a cell by their kind, each kind in the order in which it came. */
function valuesByKey(outputs: readonly NotebookOutput[]): ReadonlyMap<string, readonly JsonValue[]> {
  const values = new Map<string, JsonValue[]>();
  const streams = new Map<string, string>();
  const add = (key: string, value: JsonValue) => {
    const list = values.get(key);
    if (list === undefined) values.set(key, [value]);
    else list.push(value);
  };
  for (const output of outputs) {
    switch (output.outputType) {
      case 'stream':
        // The key stands where its first part came.
        if (!streams.has(output.name)) values.set(output.name, []);
        streams.set(output.name, (streams.get(output.name) ?? '') + output.text);
        break;
      case 'error':
        add('ename', output.ename);
        add('evalue', output.evalue);
        break;
      case 'display_data':
      case 'execute_result':
        for (const [type, value] of Object.entries(output.data)) add(type, value);
    }
  }
  for (const [name, text] of streams) values.set(name, [foldStream(text)]);
  return values;
}
