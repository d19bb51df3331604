/** Rich views of values that bring none themselves, recognised by what they are, not by the library they come from. */
import { isPlainObject, isRecords, recordsTable } from './html-table.ts';

type View = Readonly<Record<string, unknown>>;

/** What front ends show instead of the plain text; undefined for a value that is best shown as text. */
export function knownView(value: unknown): View | undefined {
  if (value instanceof Uint8Array) return imageView(value);
  if (isRecords(value)) return { 'text/html': recordsTable(value) };
  if (typeof value !== 'object' || value === null) return undefined;
  return elementView(value) ?? canvasView(value) ?? dataFrameView(value) ?? chartView(value);
}

/** By the bytes with which files of these formats begin. */
const imageSignatures: readonly (readonly [mimeType: string, pattern: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

export function imageView(bytes: Uint8Array): View | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const known = imageSignatures.find(([, pattern]) => pattern.test(start));
  return known && { [known[0]]: bytes };
}

/** Elements of a DOM in Node (jsdom, linkedom, …), which Observable Plot and d3 draw into. */
function elementView(value: object): View | undefined {
  const { outerHTML } = value as { readonly outerHTML?: unknown };
  if (typeof outerHTML !== 'string') return undefined;
  return /^\s*<svg[\s/>]/i.test(outerHTML) ? { 'image/svg+xml': outerHTML } : { 'text/html': outerHTML };
}

function canvasView(value: object): View | undefined {
  const toDataUrl = methodOf(value, 'toDataURL');
  if (toDataUrl === undefined) return undefined;
  const [, mimeType, data] = /^data:(image\/[a-z+]+);base64,(.*)$/s.exec(String(toDataUrl())) ?? [];
  return mimeType === undefined ? undefined : { [mimeType]: data };
}

/** Arquero's tables. */
function dataFrameView(value: object): View | undefined {
  const toHtml = methodOf(value, 'toHTML');
  if (toHtml === undefined || methodOf(value, 'numRows') === undefined) return undefined;
  return { 'text/html': String(toHtml({ limit: 50 })) };
}

function chartView(value: object): View | undefined {
  const toSpec = methodOf(value, 'toSpec');
  const spec: unknown = toSpec === undefined ? value : toSpec();
  if (!isPlainObject(spec)) return undefined;
  return vegaView(spec) ?? plotlyView(spec);
}

/** A specification says in `$schema` what it is, and for which version. */
function vegaView(spec: View): View | undefined {
  const [, library, version] = /\/schema\/(vega|vega-lite)\/v(\d+)/.exec(String(spec.$schema)) ?? [];
  if (library === undefined) return undefined;
  return { [`application/vnd.${library.replace('-', '')}.v${version}+json`]: spec };
}

/** A figure of Plotly's: traces of data, each with its type, and a layout. */
function plotlyView(figure: View): View | undefined {
  // Nothing else is read before it is sure that this is a figure: an object of the user's may have getters.
  const { data, layout } = figure;
  if (!Array.isArray(data) || data.length === 0 || !isPlainObject(layout)) return undefined;
  const isTrace = (trace: unknown) => isPlainObject(trace) && typeof trace.type === 'string';
  return data.every(isTrace) ? { 'application/vnd.plotly.v1+json': { ...figure } } : undefined;
}

function methodOf(value: object, name: string): ((...args: readonly unknown[]) => unknown) | undefined {
  const method: unknown = Reflect.get(value, name);
  return typeof method === 'function' ? (...args) => Reflect.apply(method, value, args) : undefined;
}
