import type { JsonObject, MimeBundle } from '../json.ts';
import type { OutputChannel } from '../output-channel.ts';
import { mimeBundle, rawBundle } from './mime-bundle.ts';

export interface DisplayOptions {
  /**
   * Names the display, so that it can be updated later, also from another cell; true for a name that nobody else has.
   * With it, `display` returns the display.
   */
  readonly id?: string | true;
  /** True to replace the display of that id wherever it is shown. */
  readonly update?: boolean;
  readonly metadata?: JsonObject;
  /** True when the value is a MIME bundle itself: `{ 'text/html': '<b>hi</b>' }`. */
  readonly raw?: boolean;
}

/** A display that can be updated. */
export interface Display {
  readonly id: string;
  update(value: unknown): void;
}

/** The global `display` of a session. */
export interface DisplayFunction {
  (value: unknown, options?: DisplayOptions): Display | undefined;
  /** Removes what the cell has shown; with `wait`, only when the next output comes. */
  clear(wait?: boolean): void;
}

export function displayFunction(channel: OutputChannel): DisplayFunction {
  const show = (value: unknown, options: DisplayOptions, id: string | undefined): void => {
    const { metadata = {}, update = false, raw = false } = options;
    const displayId = id === undefined ? {} : { displayId: id };
    const write = (data: MimeBundle): void =>
      channel.writeRich({ kind: 'display', data, metadata, ...displayId, update });
    const bundle = raw ? rawBundle(value) : mimeBundle(value);
    // A view that takes its time is shown when it is there; its failure is reported like any rejection.
    if (bundle instanceof Promise) void bundle.then(write);
    else write(bundle);
  };
  const display = (value: unknown, options: DisplayOptions = {}): Display | undefined => {
    const id = options.id === true ? crypto.randomUUID() : options.id;
    show(value, options, id);
    if (id === undefined) return undefined;
    return { id, update: (next) => show(next, { ...options, update: true }, id) };
  };
  const clear = (wait = false): void => channel.writeRich({ kind: 'clear', wait });
  return Object.assign(display, { clear });
}
