import { currentRun } from './cell-run.ts';
import type { CellId, RichOutput, StreamName } from './execution.ts';
import { formatMarker, type Marker } from './output-markers.ts';
import type { CommHandled, SessionMessage } from './session-messages.ts';
import { CELLS_ENDED, TEXT_WAITS, type ThreadSignals } from './thread-signals.ts';
import { writeFully } from './write-fully.ts';

const STDOUT = 1;
const FLUSH_LENGTH = 1 << 16;

/**
 * All output of the session's JavaScript, in one order, on the real standard output: text in big writes, other
 * output as a marker there and its content on the message pipe. Text is written out when there is much of it, at the
 * end of the event loop's turn, at the end of a cell, and when the control thread finds that it waits too long.
 */
export class OutputChannel {
  readonly #token: string;
  readonly #send: (message: SessionMessage) => void;
  readonly #signals: ThreadSignals;
  #pending = '';
  #sequence = 0;
  #isFlushing = false;
  #isFinal = false;
  /** True from the first text that waits until it is flushed. */
  #isAnnounced = false;
  /** The cell that runs now: its text to standard output needs no marker. */
  #runningCell: CellId | undefined;
  #cell: CellId | undefined;
  #stream: StreamName = 'stdout';

  constructor(token: string, signals: ThreadSignals, send: (message: SessionMessage) => void) {
    this.#token = token;
    this.#signals = signals;
    this.#send = send;
  }

  /** What native code and child processes write is taken for output of the cell that `hasPipes`. */
  beginCell(cellId: CellId, hasPipes: boolean): void {
    this.flush();
    if (!hasPipes) return;
    this.#runningCell = cellId;
    this.#cell = cellId;
  }

  /** Call before the message that the cell is done. True: it had the pipes, and its end is to be announced. */
  endCell(cellId: CellId): boolean {
    this.flush();
    if (this.#runningCell !== cellId) return false;
    this.#runningCell = undefined;
    this.#cell = undefined;
    return true;
  }

  /** Call behind that message: who waits for this takes the processor from it. */
  announceEnd(): void {
    Atomics.add(this.#signals, CELLS_ENDED, 1);
    Atomics.notify(this.#signals, CELLS_ENDED);
  }

  write(stream: StreamName, text: string): void {
    const run = currentRun.getStore();
    const cell = run === undefined ? this.#runningCell : run.cellId;
    if (cell !== this.#cell || stream !== this.#stream) this.#switchTo(cell, stream);
    this.#append(text);
  }

  writeRich(output: RichOutput | CommHandled): void {
    const cellId = currentRun.getStore()?.cellId ?? this.#runningCell;
    const sequence = ++this.#sequence;
    this.#send({ op: 'output', sequence, ...(cellId !== undefined && { cellId }), output });
    this.#append(formatMarker(this.#token, { kind: 'output', sequence }));
  }

  /** Writes nothing, for what runs now may be stopped at any place. */
  hold(): void {
    this.#isFlushing = true;
  }

  release(): void {
    this.#isFlushing = false;
    this.flush();
  }

  /** The process ends: what its exit handlers still print goes out at once. */
  finish(): void {
    this.flush();
    this.#isFinal = true;
  }

  /** True while text is on its way out: a bad moment to stop this thread. */
  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  readonly flush = (): void => {
    if (this.#pending === '' || this.#isFlushing) return;
    this.#isFlushing = true;
    this.#reset();
    const text = this.#pending;
    this.#pending = '';
    this.#isAnnounced = false;
    Atomics.store(this.#signals, TEXT_WAITS, 0);
    writeFully(STDOUT, text);
    this.#isFlushing = false;
  };

  #append(text: string): void {
    this.#pending += text;
    if (this.#isFinal || this.#pending.length >= FLUSH_LENGTH) this.flush();
    else if (!this.#isAnnounced) this.#announce();
  }

  #announce(): void {
    this.#isAnnounced = true;
    Atomics.store(this.#signals, TEXT_WAITS, 1);
    Atomics.notify(this.#signals, TEXT_WAITS);
    setImmediate(this.flush);
  }

  #switchTo(cellId: CellId | undefined, stream: StreamName): void {
    const isDefault = cellId === this.#runningCell && stream === 'stdout';
    const marker: Marker = isDefault ? { kind: 'reset' } : { kind: 'source', cellId, stream };
    // A call in the same expression could flush what `+=` has already read, and write it twice.
    const text = formatMarker(this.#token, marker);
    this.#pending += text;
    this.#cell = cellId;
    this.#stream = stream;
  }

  /** Between two writes, the pipe belongs to native code and child processes of the cell that runs. */
  #reset(): void {
    if (this.#cell !== this.#runningCell || this.#stream !== 'stdout')
      this.#switchTo(this.#runningCell, 'stdout');
  }
}
