/** Ways to compare two values of one kind of output. `exact` is nbval's; the others are asked for by name. */
import { isJsonObject, type JsonValue } from '../../jupyter/messages.ts';
import { normaliseMarkup } from './markup.ts';
import { comparePixels } from './pixels.ts';
import { normaliseVegaLite } from './vega-lite.ts';

/** Two texts that a diff of makes sense for. */
export interface ValueDifference {
  readonly expected: string;
  readonly actual: string;
}

/** Undefined when the values agree. */
export type Comparer = (expected: JsonValue, actual: JsonValue) => ValueDifference | undefined;

export interface Tolerance {
  /** Relative to the expected number. */
  readonly rtol: number;
  readonly atol: number;
  /** Of an image's pixels, how many may differ, from 0 to 1. */
  readonly pixelShare: number;
}

/** Numbers as programs print them, so that what surrounds them is compared as it stands. */
const NUMBER = /(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)(?![\w])/g;

export const COMPARER_NAMES = ['exact', 'numbers', 'markup', 'pixels', 'vega-lite', 'ignore'] as const;
export type ComparerName = (typeof COMPARER_NAMES)[number];

export function isComparerName(name: string): name is ComparerName {
  return COMPARER_NAMES.some((known) => known === name);
}

export function comparerNamed(name: ComparerName, tolerance: Tolerance): Comparer {
  switch (name) {
    case 'exact':
      return exact;
    case 'numbers':
      return (expected, actual) =>
        closeEnough(expected, actual, tolerance) ? undefined : texts(expected, actual);
    case 'markup':
      return (expected, actual) => exact(normalised(expected), normalised(actual));
    case 'pixels':
      return (expected, actual) => pictures(expected, actual, tolerance);
    case 'vega-lite':
      return (expected, actual) => {
        const [left, right] = [normaliseVegaLite(expected), normaliseVegaLite(actual)];
        return closeEnough(left, right, tolerance) ? undefined : texts(left, right);
      };
    case 'ignore':
      return ignore;
  }
}

/** JSON by content, whatever the order of its keys; text by every character. */
export const exact: Comparer = (expected, actual) => {
  const difference = texts(expected, actual);
  return difference.expected === difference.actual ? undefined : difference;
};

function pictures(
  expected: JsonValue,
  actual: JsonValue,
  { pixelShare }: Tolerance,
): ValueDifference | undefined {
  const difference = comparePixels(valueText(expected), valueText(actual), pixelShare);
  return difference === undefined ? undefined : { expected: 'the image', actual: difference };
}

export const ignore: Comparer = () => undefined;

function texts(expected: JsonValue, actual: JsonValue): ValueDifference {
  return { expected: valueText(expected), actual: valueText(actual) };
}

/** JSON with its keys in order, one value a line, so that a diff names the place. */
export function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, sortedKeys, 2);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function normalised(value: JsonValue): JsonValue {
  return typeof value === 'string' ? normaliseMarkup(value) : value;
}

function closeEnough(expected: JsonValue, actual: JsonValue, tolerance: Tolerance): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') return isClose(expected, actual, tolerance);
  if (typeof expected === 'string' && typeof actual === 'string')
    return closeTexts(expected, actual, tolerance);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return (
      expected.length === actual.length &&
      expected.every((value, index) => closeEnough(value, actual[index] ?? null, tolerance))
    );
  }
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = Object.keys(expected);
    return (
      keys.length === Object.keys(actual).length &&
      keys.every((key) => {
        const other = actual[key];
        return other !== undefined && closeEnough(expected[key] ?? null, other, tolerance);
      })
    );
  }
  return expected === actual;
}

/** What is no number must be the same but for white space: a number's width moves the columns behind it. */
function closeTexts(expected: string, actual: string, tolerance: Tolerance): boolean {
  const others = (text: string) => text.split(NUMBER).map((part) => part.replaceAll(/[ \t]+/g, ' '));
  const numbers = (text: string) => [...text.matchAll(NUMBER)].map(([number]) => Number(number));
  const [left, right] = [numbers(expected), numbers(actual)];
  return (
    left.length === right.length &&
    left.every((value, index) => isClose(value, right[index] ?? Number.NaN, tolerance)) &&
    JSON.stringify(others(expected)) === JSON.stringify(others(actual))
  );
}

/** numpy's `isclose`, the expected value being the reference. */
function isClose(expected: number, actual: number, { rtol, atol }: Tolerance): boolean {
  return expected === actual || Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}
