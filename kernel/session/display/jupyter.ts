/** `jupyter`: the names under which Deno's kernel has its helpers, so that notebooks written for it move over. */
import type { DisplayFunction } from './display.ts';
import { displaySymbol, mimeBundle } from './mime-bundle.ts';
import { html, image, md, svg } from './views.ts';

interface DenoDisplayOptions {
  readonly raw?: boolean;
  readonly update?: boolean;
  readonly display_id?: string;
}

export function jupyterNamespace(display: DisplayFunction) {
  return {
    $display: displaySymbol,
    html,
    md,
    svg,
    image,
    /** The MIME bundle that a value is shown as. */
    format: async (value: unknown) => mimeBundle(value),
    display: async (value: unknown, { raw, update, display_id: id }: DenoDisplayOptions = {}) => {
      const options = { raw: raw ?? false, update: update ?? false };
      display(value, id === undefined ? options : { ...options, id });
    },
  };
}
