/** What cells make to be shown: HTML, Markdown, SVG, images, tables. The names and their use are those of Deno's kernel. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { isPlainObject, isRecords, type Row, recordsTable, type TableOptions } from './html-table.ts';
import { imageView } from './known-views.ts';
import { displaySymbol } from './mime-bundle.ts';

/** A value with a rich view. */
export interface Displayable {
  readonly [displaySymbol]: () => Readonly<Record<string, unknown>>;
}

export type TextTag = (strings: TemplateStringsArray, ...values: readonly unknown[]) => Displayable;

const textTag =
  (mimeType: string): TextTag =>
  (strings, ...values) =>
    textView(mimeType, String.raw({ raw: strings }, ...values));

/** `` html`<b>${name}</b>` `` */
export const html = textTag('text/html');
/** `` md`# Title` `` */
export const md = textTag('text/markdown');
/** `` svg`<svg …>…</svg>` `` */
export const svg = textTag('image/svg+xml');

/**
 * A picture, from the path or URL of a file or from its bytes.
 * @throws TypeError when it is no PNG, JPEG, GIF, WebP or SVG
 */
export function image(source: string | URL | Uint8Array): Displayable {
  const bytes =
    source instanceof Uint8Array
      ? source
      : readFileSync(source instanceof URL ? fileURLToPath(source) : source);
  const view = imageView(bytes);
  if (view !== undefined)
    return displayable({ ...view, 'text/plain': `[${Object.keys(view)}, ${bytes.length} bytes]` });
  const text = Buffer.from(bytes).toString('utf8');
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg[\s/>]/is.test(text))
    return textView('image/svg+xml', text);
  const what = source instanceof Uint8Array ? `these ${bytes.length} bytes are` : `${String(source)} is`;
  throw new TypeError(`${what} no image; expected a PNG, JPEG, GIF, WebP or SVG file`);
}

/**
 * A table of records, of the rows of a matrix, of a Map's entries, or of the elements of an array or typed array.
 * @throws TypeError for a value that has no rows
 */
export function table(value: unknown, options: TableOptions = {}): Displayable {
  const rows = rowsOf(value);
  if (rows === undefined) {
    throw new TypeError(
      `${inspect(value, { depth: 0 })} has no rows; expected an array, a typed array, a Map or an object`,
    );
  }
  return displayable({ 'text/html': recordsTable(rows, options), 'text/plain': inspect(value) });
}

function rowsOf(value: unknown): readonly Row[] | undefined {
  if (isRecords(value)) return value;
  if (value instanceof Map) return [...value].map(([key, entry]) => ({ key, value: entry }));
  if (
    Array.isArray(value) ||
    value instanceof Set ||
    (ArrayBuffer.isView(value) && !(value instanceof DataView))
  ) {
    const elements: readonly unknown[] = Array.from(value as Iterable<unknown>);
    return elements.map((element) => rowOf(element));
  }
  if (isPlainObject(value)) return Object.entries(value).map(([key, entry]) => ({ key, value: entry }));
  return undefined;
}

function rowOf(element: unknown): Row {
  if (isPlainObject(element)) return element;
  if (Array.isArray(element) || (ArrayBuffer.isView(element) && !(element instanceof DataView))) {
    return Object.fromEntries(
      Array.from(element as Iterable<unknown>).map((cell, index) => [`${index}`, cell]),
    );
  }
  return { value: element };
}

function textView(mimeType: string, text: string): Displayable {
  return displayable({ [mimeType]: text, 'text/plain': text });
}

function displayable(view: Readonly<Record<string, unknown>>): Displayable {
  return { [displaySymbol]: () => view };
}
