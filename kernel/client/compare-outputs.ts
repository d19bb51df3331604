/**
 * Compares a cell's outputs as nbval does: streams are merged by name, all other outputs taken apart into MIME types
 * and the fields of errors; what is the same kind must be the same, in order, and nothing may be missing or new.
 */
import type { JsonValue } from '../jupyter/messages.ts';
import type { NotebookOutput } from './notebook.ts';

export interface OutputDifference {
  /** `stdout`, `text/plain`, `ename`, … */
  readonly key: string;
  /** Absent where there should be nothing. */
  readonly expected?: string;
  /** Absent where there should be something. */
  readonly actual?: string;
}

/** Images differ between machines; tracebacks name places; the rest is bookkeeping. */
const skippedKeys: ReadonlySet<string> = new Set([
  'application/vnd.jupyter.widget-view+json',
  'image/jpeg',
  'image/png',
]);

/** Empty when the outputs agree. */
export function compareOutputs(
  expected: readonly NotebookOutput[],
  actual: readonly NotebookOutput[],
): OutputDifference[] {
  const wanted = byKey(expected);
  const found = byKey(actual);
  const differences: OutputDifference[] = [];
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    const wantedValues = wanted.get(key) ?? [];
    const foundValues = found.get(key) ?? [];
    for (let index = 0; index < Math.max(wantedValues.length, foundValues.length); index++) {
      const wantedValue = wantedValues[index];
      const foundValue = foundValues[index];
      if (wantedValue === foundValue) continue;
      differences.push({
        key,
        ...(wantedValue === undefined ? {} : { expected: wantedValue }),
        ...(foundValue === undefined ? {} : { actual: foundValue }),
      });
    }
  }
  return differences;
}

function byKey(outputs: readonly NotebookOutput[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const add = (key: string, value: string) => values.set(key, [...(values.get(key) ?? []), value]);
  for (const output of outputs) {
    switch (output.outputType) {
      case 'stream':
        values.set(output.name, [(values.get(output.name)?.[0] ?? '') + output.text]);
        break;
      case 'error':
        add('ename', output.ename);
        add('evalue', output.evalue);
        break;
      case 'display_data':
      case 'execute_result':
        for (const [type, value] of Object.entries(output.data)) {
          if (!skippedKeys.has(type)) add(type, textOf(value));
        }
    }
  }
  return values;
}

/** JSON compares by content, whatever the order of its keys. */
function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, sortedKeys);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
