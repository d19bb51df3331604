/**
 * What the session writes between the text on its standard output, so that text and displays arrive in one order
 * although native code and child processes write to the same pipe. A marker is an application program command (ESC _ … ESC \), which terminals ignore, with a token no program prints by accident.
 */
import type { CellId, StreamName } from './execution.ts';

export type Marker =
  /** The text that follows is of this cell and stream. */
  | { readonly kind: 'source'; readonly cellId: CellId | undefined; readonly stream: StreamName }
  /** The text that follows is whoever's turn it is. */
  | { readonly kind: 'reset' }
  /** Here belongs the rich output with this sequence number. */
  | { readonly kind: 'output'; readonly sequence: number };

const END = '\x1b\\';

const introduction = (token: string): string => `\x1b_rjit-${token}:`;

export function formatMarker(token: string, marker: Marker): string {
  return introduction(token) + markerBody(marker) + END;
}

function markerBody(marker: Marker): string {
  switch (marker.kind) {
    case 'source':
      return `${marker.stream === 'stdout' ? 'o' : 'e'}${marker.cellId ?? ''}`;
    case 'reset':
      return 'r';
    case 'output':
      return `d${marker.sequence}`;
  }
}

function parseMarkerBody(body: string): Marker | undefined {
  const number = body.length > 1 ? Number(body.slice(1)) : undefined;
  switch (body[0]) {
    case 'o':
    case 'e':
      return { kind: 'source', cellId: number, stream: body[0] === 'o' ? 'stdout' : 'stderr' };
    case 'r':
      return { kind: 'reset' };
    case 'd':
      return number === undefined ? undefined : { kind: 'output', sequence: number };
    default:
      return undefined;
  }
}

/** Splits what comes out of a pipe, in chunks cut anywhere, into text and markers. */
export class MarkerParser {
  readonly #introduction: Buffer;
  readonly #onText: (text: Buffer) => void;
  readonly #onMarker: (marker: Marker) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(token: string, onText: (text: Buffer) => void, onMarker: (marker: Marker) => void) {
    this.#introduction = Buffer.from(introduction(token));
    this.#onText = onText;
    this.#onMarker = onMarker;
  }

  push(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    for (;;) {
      const start = data.indexOf(this.#introduction);
      if (start < 0) {
        this.#pushText(data);
        return;
      }
      const bodyStart = start + this.#introduction.length;
      const end = data.indexOf(END, bodyStart);
      if (start > 0) this.#onText(data.subarray(0, start));
      if (end < 0) {
        this.#rest = Buffer.from(data.subarray(start));
        return;
      }
      const marker = parseMarkerBody(data.toString('latin1', bodyStart, end));
      if (marker !== undefined) this.#onMarker(marker);
      data = data.subarray(end + END.length);
    }
  }

  /** The pipe has ended: what looked like the beginning of a marker was text. */
  end(): void {
    if (this.#rest.length > 0) this.#onText(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  /** Keeps what may be the beginning of a marker for the next chunk. */
  #pushText(data: Buffer): void {
    const tailStart = data.lastIndexOf(0x1b);
    const tail = tailStart < 0 ? '' : data.toString('latin1', tailStart);
    const isOpen = tail !== '' && this.#introduction.toString('latin1').startsWith(tail);
    const text = isOpen ? data.subarray(0, tailStart) : data;
    if (isOpen) this.#rest = Buffer.from(data.subarray(tailStart));
    if (text.length > 0) this.#onText(text);
  }
}
