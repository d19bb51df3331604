import { StringDecoder } from 'node:string_decoder';
import type { CellId, Output, RichOutput, StreamName } from './execution.ts';
import { type Marker, MarkerParser } from './output-markers.ts';
import { outOfMemoryDump } from './session-death.ts';
import type { CommHandled } from './session-messages.ts';

type OnOutput = (output: Output | CommHandled, cellId: CellId | undefined) => void;

type Item =
  | { readonly kind: 'text'; readonly text: Buffer }
  | { readonly kind: 'marker'; readonly marker: Marker };

const LAST_ERROR_LENGTH = 8192;
const DEBUGGER_NOTICE = 'Waiting for the debugger to disconnect...\n';

/** Puts the output that arrives on three pipes (standard output, standard error, messages) back into one order. */
export class OutputSequencer {
  readonly #onOutput: OnOutput;
  readonly #stdout: MarkerParser;
  readonly #rich = new Map<
    number,
    { readonly output: RichOutput | CommHandled; readonly cellId: CellId | undefined }
  >();
  /** What came on standard output behind a marker whose content isn't here yet. */
  readonly #items: Item[] = [];
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  /** The cell that runs, or ran last: text that says nothing of its cell is its. */
  #currentCell: CellId | undefined;
  /** What the marker before the text says of it. */
  #source: { readonly cellId: CellId | undefined; readonly stream: StreamName } | undefined;
  #lastErrorText = '';
  #isCrashing = false;

  constructor(token: string, onOutput: OnOutput) {
    this.#onOutput = onOutput;
    this.#stdout = new MarkerParser(
      token,
      (text) => this.#items.push({ kind: 'text', text }),
      (marker) => this.#items.push({ kind: 'marker', marker }),
    );
  }

  /** The last of the standard error; a crash explains itself there. */
  get lastErrorText(): string {
    return this.#lastErrorText;
  }

  beginCell(cellId: CellId): void {
    this.#currentCell = cellId;
  }

  pushStdout(chunk: Buffer): void {
    this.#stdout.push(chunk);
    this.#drain();
  }

  pushStderr(chunk: Buffer): void {
    this.#onErrorText(this.#decoders.stderr.write(chunk));
  }

  pushRich(sequence: number, output: RichOutput | CommHandled, cellId: CellId | undefined): void {
    this.#rich.set(sequence, { output, cellId });
    this.#drain();
  }

  /** All pipes have ended. */
  end(): void {
    this.#stdout.end();
    this.#drain();
    for (const { output, cellId } of this.#rich.values()) this.#onOutput(output, cellId);
    this.#rich.clear();
  }

  #drain(): void {
    let taken = 0;
    for (const item of this.#items) {
      if (item.kind === 'text') this.#onText(item.text);
      else if (!this.#onMarker(item.marker)) break;
      taken += 1;
    }
    this.#items.splice(0, taken);
  }

  /** False when the marker's content has not arrived. */
  #onMarker(marker: Marker): boolean {
    switch (marker.kind) {
      case 'source':
        this.#source = { cellId: marker.cellId, stream: marker.stream };
        return true;
      case 'reset':
        this.#source = undefined;
        return true;
      case 'output': {
        const rich = this.#rich.get(marker.sequence);
        if (rich === undefined) return false;
        this.#rich.delete(marker.sequence);
        this.#onOutput(rich.output, rich.cellId);
        return true;
      }
    }
  }

  #onText(bytes: Buffer): void {
    const { cellId, stream } = this.#source ?? { cellId: undefined, stream: 'stdout' };
    const text = this.#decoders.stdout.write(bytes);
    if (text !== '') this.#onOutput({ kind: 'stream', name: stream, text }, cellId ?? this.#currentCell);
  }

  #onErrorText(text: string): void {
    // Said by Node at the exit of a process with an inspector session, such as our control thread's.
    const own = text.replace(DEBUGGER_NOTICE, '');
    this.#lastErrorText = (this.#lastErrorText + text).slice(-LAST_ERROR_LENGTH);
    // The dump is for Node's developers; the report of the death says in words what it means.
    this.#isCrashing ||= text.includes(outOfMemoryDump);
    if (own === '' || this.#isCrashing) return;
    this.#onOutput({ kind: 'stream', name: 'stderr', text: own }, this.#currentCell);
  }
}
