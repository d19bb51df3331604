/** What the kernel publishes: status, inputs, results, errors and output, in order, with floods coalesced. */
import { type Channels, NO_PARENT, type ParentJson, type PublishOptions } from './channels.ts';
import type { CommMessage, ErrorReport, Output } from './interpreter.ts';
import type { JsonObject } from './messages.ts';

/** Output that follows a flush within this time is collected; the first piece of a burst is sent at once. */
const FLUSH_INTERVAL_MS = 20;
/** In UTF-16 units; larger pieces are sent at once, so that one message stays digestible for a front end. */
const FLUSH_LENGTH = 64 * 1024;

/** With this many messages waiting for slow subscribers, the output is held back at its source. */
const MAX_UNPUBLISHED = 64;

type ExecutionState = 'starting' | 'busy' | 'idle';

interface PendingStream {
  readonly name: 'stdout' | 'stderr';
  readonly parent: ParentJson;
  readonly pieces: string[];
  length: number;
}

export class Iopub {
  readonly #channels: Channels;
  readonly #holdOutput: (held: boolean) => void;
  #isHolding = false;
  #pending: PendingStream | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `holdOutput` tells the source of the output to wait, and to go on. */
  constructor(channels: Channels, holdOutput: (held: boolean) => void) {
    this.#channels = channels;
    this.#holdOutput = holdOutput;
  }

  status(state: ExecutionState, parent: ParentJson): void {
    this.#publish('status', { execution_state: state }, parent);
  }

  executeInput(code: string, executionCount: number, parent: ParentJson): void {
    this.#publish('execute_input', { code, execution_count: executionCount }, parent);
  }

  executeResult(executionCount: number, data: JsonObject, metadata: JsonObject, parent: ParentJson): void {
    this.#publish('execute_result', { execution_count: executionCount, data, metadata }, parent);
  }

  error(report: ErrorReport, parent: ParentJson): void {
    this.#publish('error', { ...errorContent(report) }, parent);
  }

  commClose(commId: string, parent: ParentJson): void {
    this.#publish('comm_close', { comm_id: commId, data: {} }, parent);
  }

  /** JEP 65: tells a client that its subscription is active, so that it misses nothing from here on. */
  welcome(topic: Uint8Array): void {
    this.flush();
    const content = { subscription: Buffer.from(topic).toString('utf8') };
    this.#channels.publish('iopub_welcome', content, NO_PARENT, { topic });
  }

  output(output: Output, parent: ParentJson): void {
    switch (output.kind) {
      case 'stream':
        this.#stream(output.name, output.text, parent);
        break;
      case 'display':
        this.#publish(
          output.update ? 'update_display_data' : 'display_data',
          {
            data: output.data,
            metadata: output.metadata,
            transient: output.displayId === undefined ? {} : { display_id: output.displayId },
          },
          parent,
        );
        break;
      case 'clear':
        this.#publish('clear_output', { wait: output.wait }, parent);
        break;
      case 'comm':
        this.#comm(output.message, parent);
        break;
      case 'broadcast':
        this.#publish(output.messageType, output.content, parent, {
          metadata: output.metadata,
          buffers: output.buffers,
        });
        break;
      case 'error':
        this.error(output, parent);
        break;
    }
    if (!this.#isHolding && this.#channels.unpublished > MAX_UNPUBLISHED) void this.#hold();
  }

  /** Sends the output that was held back to be coalesced. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined || pending.length === 0) return;
    this.#channels.publish('stream', { name: pending.name, text: pending.pieces.join('') }, pending.parent);
  }

  close(): void {
    this.flush();
    clearTimeout(this.#timer);
  }

  #comm({ type, commId, targetName, data, metadata, buffers }: CommMessage, parent: ParentJson): void {
    const target = targetName === undefined ? {} : { target_name: targetName };
    this.#publish(type, { comm_id: commId, ...target, data }, parent, { metadata, buffers });
  }

  async #hold(): Promise<void> {
    this.#isHolding = true;
    this.#holdOutput(true);
    await this.#channels.allPublished();
    this.#isHolding = false;
    this.#holdOutput(false);
  }

  #stream(name: 'stdout' | 'stderr', text: string, parent: ParentJson): void {
    if (text === '') return;
    const pending = this.#pending;
    if (pending === undefined || pending.name !== name || pending.parent !== parent) {
      this.flush();
      this.#pending = { name, parent, pieces: [text], length: text.length };
    } else {
      pending.pieces.push(text);
      pending.length += text.length;
    }
    if (this.#timer === undefined) this.#flushAndPause();
    else if ((this.#pending?.length ?? 0) >= FLUSH_LENGTH) this.flush();
  }

  #flushAndPause(): void {
    this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#pending !== undefined) this.#flushAndPause();
    }, FLUSH_INTERVAL_MS);
  }

  /** Every message but a stream ends the stream before it: order on iopub is the order of events. */
  #publish(type: string, content: JsonObject, parent: ParentJson, options: PublishOptions = {}): void {
    this.flush();
    this.#channels.publish(type, content, parent, options);
  }
}

export function errorContent(report: ErrorReport): JsonObject {
  return { ename: report.ename, evalue: report.evalue, traceback: report.traceback };
}
