import { inspect } from 'node:util';
import type { JsonObject, MimeBundle } from './json.ts';
import { mimeBundle, rawBundle } from './mime-bundle.ts';
import type { OutputChannel } from './output-channel.ts';

export interface DisplayOptions {
  /** Names the display, so that it can be updated later, also from another cell. */
  readonly id?: string;
  /** True to replace the display of that id wherever it is shown. */
  readonly update?: boolean;
  readonly metadata?: JsonObject;
  /** True when the value is a MIME bundle itself: `{ 'text/html': '<b>hi</b>' }`. */
  readonly raw?: boolean;
}

/** What `display` returns. */
export interface Display {
  readonly id: string;
  update(value: unknown): void;
  [inspect.custom](): string;
}

/** The global `display` of a session. */
export interface DisplayFunction {
  (value: unknown, options?: DisplayOptions): Display;
  /** Removes what the cell has shown; with `wait`, only when the next output comes. */
  clear(wait?: boolean): void;
}

export function displayFunction(channel: OutputChannel): DisplayFunction {
  const show = (value: unknown, options: DisplayOptions, id: string): void => {
    const write = (data: MimeBundle): void => {
      const metadata = options.metadata ?? {};
      channel.writeRich({ kind: 'display', data, metadata, displayId: id, update: options.update === true });
    };
    const bundle = options.raw === true ? rawBundle(value) : mimeBundle(value);
    // A view that takes its time is shown when it is there; its failure is reported like any rejection.
    if (bundle instanceof Promise) void bundle.then(write);
    else write(bundle);
  };
  const display = (value: unknown, options: DisplayOptions = {}): Display => {
    const id = options.id ?? crypto.randomUUID();
    show(value, options, id);
    return {
      id,
      update: (next) => show(next, { ...options, update: true }, id),
      [inspect.custom]: () => `Display { id: '${id}' }`,
    };
  };
  const clear = (wait = false): void => channel.writeRich({ kind: 'clear', wait });
  return Object.assign(display, { clear });
}
