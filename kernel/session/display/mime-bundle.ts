import { inspect } from 'node:util';
import { isJsonObject, type MimeBundle } from '../json.ts';
import { knownView } from './known-views.ts';

/** Objects bring their own rich views under this symbol, a protocol that Deno's kernel began. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display');

/** The representations of a value, `text/plain` always among them. A value's own view may take its time. */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const view = displayMethod(value);
  const bundle: unknown = view === undefined ? orNothing(() => knownView(value)) : view.call(value);
  if (bundle === undefined && view === undefined) return { 'text/plain': plainText(value) };
  return bundle instanceof Promise
    ? bundle.then((later: unknown) => completeBundle(later, () => plainText(value)))
    : completeBundle(bundle, () => plainText(value));
}

/** A bundle that the user has made by hand. */
export function rawBundle(bundle: unknown): MimeBundle {
  return completeBundle(bundle, () => `[${Object.keys(Object(bundle)).join(', ')}]`);
}

export function plainText(value: unknown): string {
  return inspect(value);
}

/** Checks a bundle and adds the plain text that every one needs. */
function completeBundle(bundle: unknown, plain: () => string): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null) {
    throw new TypeError(`${plainText(bundle)} is no MIME bundle: { 'text/html': '<b>text</b>' } is one`);
  }
  const entries = Object.entries(bundle).map(([type, data]) => [type, encodeBinary(data)]);
  const text = 'text/plain' in bundle ? {} : { 'text/plain': plain() };
  const complete: unknown = JSON.parse(JSON.stringify({ ...text, ...Object.fromEntries(entries) }));
  return isJsonObject(complete) ? complete : {};
}

function encodeBinary(data: unknown): unknown {
  return data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data;
}

/** Getters and proxies are the user's code and may fail, which makes their value no less worth showing as text. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** The rich view that a value brings along. */
function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = orNothing(() => Reflect.get(value, displaySymbol));
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : undefined;
}
