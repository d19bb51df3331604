/** `jupyter`: the names under which Deno's kernel has its helpers, so that notebooks written for it move over. */
import type { CellMagic, LineMagic, MagicRegistry } from '../../magics/registry.ts';
import { type CommOptions, type Comms, plainJson, toBase64 } from '../comms.ts';
import type { OutputChannel } from '../output-channel.ts';
import type { UserMagic } from '../session-messages.ts';
import type { DisplayFunction } from './display.ts';
import { displaySymbol, mimeBundle } from './mime-bundle.ts';
import { html, image, md, svg } from './views.ts';

interface DenoDisplayOptions {
  readonly raw?: boolean;
  readonly update?: boolean;
  readonly display_id?: string;
}

interface NamespaceOptions {
  readonly display: DisplayFunction;
  readonly comms: Comms;
  readonly channel: OutputChannel;
  readonly magics: () => MagicRegistry | undefined;
  /** Tells who completes and describes magics. */
  readonly announceMagic: (magic: UserMagic) => void;
}

export function jupyterNamespace({ display, comms, channel, magics, announceMagic }: NamespaceOptions) {
  return {
    /** From the next cell on, `%name` runs it. One of the same name is replaced. */
    addLineMagic: (magic: LineMagic) => {
      magics()?.addLineMagic(magic);
      announceMagic(described('line', magic));
    },
    /** From the next cell on, `%%name` runs it. */
    addCellMagic: (magic: CellMagic) => {
      magics()?.addCellMagic(magic);
      announceMagic(described('cell', magic));
    },
    comms,
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
    /** Sends a message of any type to the front ends. */
    broadcast: async (messageType: string, content: object, options: CommOptions = {}) => {
      const { metadata = {}, buffers = [] } = options;
      channel.writeRich({
        kind: 'broadcast',
        messageType,
        content: plainJson(content),
        metadata: plainJson(metadata),
        buffersBase64: buffers.map(toBase64),
      });
    },
  };
}

/** A user's object may lack what its type asks for. */
function described(kind: UserMagic['kind'], magic: LineMagic | CellMagic): UserMagic {
  const { name, summary, usage, options } = magic;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { kind, name, summary: text(summary), usage: text(usage), options: options?.map(String) ?? [] };
}
