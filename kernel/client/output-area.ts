/** A notebook's outputs as a front end shows them: streams merged, cleared and updated in place. */
import { isJsonObject, type JsonObject, type JsonValue, type Message } from '../jupyter/messages.ts';
import type { NotebookOutput } from './notebook.ts';

/** What a front end could show at all, and far below what brings a process down. */
const DEFAULT_ROOM_BYTE_LENGTH = 100_000_000;

interface Entry {
  output: NotebookOutput;
}

/** The displays of a whole notebook by their id: an update changes each of them, in whichever cell it stands. */
export class Displays {
  readonly #entries = new Map<string, Entry[]>();

  add(displayId: string, entry: Entry): void {
    const entries = this.#entries.get(displayId);
    if (entries === undefined) this.#entries.set(displayId, [entry]);
    else entries.push(entry);
  }

  update(displayId: string, data: JsonObject, metadata: JsonObject): void {
    for (const entry of this.#entries.get(displayId) ?? []) {
      if ('data' in entry.output) entry.output = { ...entry.output, data, metadata };
    }
  }
}

/** The outputs of one cell, built from its iopub messages; what finds no room is dropped, and an output says so. */
export class OutputArea {
  /** In UTF-16 code units of text, roughly bytes; each output counts, whether it is cleared later or not. */
  readonly roomByteLength: number;
  readonly #displays: Displays;
  #byteLength = 0;
  #entries: Entry[] = [];
  #clearOnNext = false;
  #executionCount: number | null = null;

  constructor(displays = new Displays(), roomByteLength = DEFAULT_ROOM_BYTE_LENGTH) {
    this.#displays = displays;
    this.roomByteLength = roomByteLength;
  }

  /** More came than there is room for. */
  get isFull(): boolean {
    return this.#byteLength > this.roomByteLength;
  }

  get outputs(): readonly NotebookOutput[] {
    return this.#entries.map(({ output }) => output);
  }

  /** From `execute_input`; null while the cell has not started. */
  get executionCount(): number | null {
    return this.#executionCount;
  }

  /** Takes any iopub message of the cell; those that aren't output change nothing. */
  apply({ header, content }: Message): void {
    if (this.isFull) return;
    if (outputTypes.has(header.messageType)) {
      this.#byteLength += textLength(content);
      if (this.isFull) {
        const room = `${Math.round(this.roomByteLength / 1e6)} MB`;
        this.#stream(
          'stderr',
          `\n… the output behind this is left out: the cell put out more than ${room}\n`,
        );
        return;
      }
    }
    switch (header.messageType) {
      case 'execute_input':
        this.#executionCount = countOf(content);
        break;
      case 'stream':
        this.#stream(textOf(content.name), textOf(content.text));
        break;
      case 'display_data':
        this.#add({ outputType: 'display_data', ...displayOf(content) }, displayIdOf(content));
        break;
      case 'execute_result':
        this.#add(
          { outputType: 'execute_result', ...displayOf(content), executionCount: countOf(content) },
          displayIdOf(content),
        );
        break;
      case 'update_display_data':
        this.#update(content);
        break;
      case 'error':
        this.#add({ outputType: 'error', ...errorOf(content) }, undefined);
        break;
      case 'clear_output':
        if (content.wait === true) this.#clearOnNext = true;
        else this.#clear();
        break;
    }
  }

  #stream(name: string, text: string): void {
    this.#clearIfWaiting();
    const last = this.#entries.at(-1);
    if (last?.output.outputType === 'stream' && last.output.name === name) {
      last.output = { ...last.output, text: last.output.text + text };
    } else {
      this.#entries.push({ output: { outputType: 'stream', name, text } });
    }
  }

  #add(output: NotebookOutput, displayId: string | undefined): void {
    this.#clearIfWaiting();
    const entry = { output };
    this.#entries.push(entry);
    if (displayId !== undefined) this.#displays.add(displayId, entry);
  }

  #update(content: JsonObject): void {
    const displayId = displayIdOf(content);
    const { data, metadata } = displayOf(content);
    if (displayId !== undefined) this.#displays.update(displayId, data, metadata);
  }

  #clearIfWaiting(): void {
    if (this.#clearOnNext) this.#clear();
  }

  #clear(): void {
    this.#clearOnNext = false;
    this.#entries = [];
  }
}

const outputTypes: ReadonlySet<string> = new Set([
  'stream',
  'display_data',
  'execute_result',
  'update_display_data',
  'error',
]);

function textLength(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, member: JsonValue) => sum + textLength(member), 0);
}

function displayOf({ data, metadata }: JsonObject): { data: JsonObject; metadata: JsonObject } {
  return { data: isJsonObject(data) ? data : {}, metadata: isJsonObject(metadata) ? metadata : {} };
}

function displayIdOf({ transient }: JsonObject): string | undefined {
  const id = isJsonObject(transient) ? transient.display_id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function errorOf({ ename, evalue, traceback }: JsonObject) {
  return {
    ename: textOf(ename),
    evalue: textOf(evalue),
    traceback: Array.isArray(traceback) ? traceback.map(textOf) : [],
  };
}

function countOf({ execution_count: count }: JsonObject): number | null {
  return typeof count === 'number' ? count : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
