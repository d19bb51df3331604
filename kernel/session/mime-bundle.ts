import { inspect } from 'node:util';
import { isJsonObject, type MimeBundle } from './json.ts';

/** Objects bring their own rich views under this symbol, a protocol that Deno's kernel began. */
const display = Symbol.for('Jupyter.display');

/** The representations of a value, `text/plain` always among them. A value's own view may take its time. */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const view = displayMethod(value);
  if (view === undefined) return { 'text/plain': plainText(value) };
  const bundle: unknown = view.call(value);
  return bundle instanceof Promise
    ? bundle.then((later: unknown) => completeBundle(later, value))
    : completeBundle(bundle, value);
}

export function plainText(value: unknown): string {
  return inspect(value);
}

/** Checks what an object says of itself and adds the plain text that every bundle needs. */
export function completeBundle(bundle: unknown, value: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null) {
    throw new TypeError(
      `[Symbol.for('Jupyter.display')]() returned ${plainText(bundle)}; expected a MIME bundle`,
    );
  }
  const entries = Object.entries(bundle).map(([type, data]) => [type, encodeBinary(data)]);
  const plain = 'text/plain' in bundle ? {} : { 'text/plain': plainText(value) };
  const complete: unknown = JSON.parse(JSON.stringify({ ...plain, ...Object.fromEntries(entries) }));
  return isJsonObject(complete) ? complete : {};
}

function encodeBinary(data: unknown): unknown {
  return data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data;
}

/** The rich view that a value brings along. */
function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = Reflect.get(value, display);
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : undefined;
}
