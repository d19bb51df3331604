import { MagicString } from 'magic-string';
import { type PositionMap, positionMap } from './position-map.ts';

/**
 * Collects changes to one text, by its own offsets, and applies them. Knows whether any of them moved what
 * follows on a line: when none did, positions in the result are positions in the source and no map is needed.
 */
export class SourceEdits {
  readonly source: string;
  #text: MagicString | undefined;
  #moves = false;
  #hoisted = '';

  constructor(source: string) {
    this.source = source;
  }

  /** Turns a range into white space of the same shape, beginning with `first` where a token has to stay. */
  blank(start: number, end: number, first = ''): void {
    if (end <= start) return;
    const shape = this.source.slice(start, end).replace(/[^\r\n\u2028\u2029]/gu, (c) => ' '.repeat(c.length));
    this.#magic().update(start, end, first + shape.slice(first.length));
  }

  /** Replaces a range; line breaks of the range that the new text lacks are added, so that lines stay. */
  replace(start: number, end: number, text: string): void {
    const lineBreaks = (part: string): number => part.split('\n').length - 1;
    const missing = lineBreaks(this.source.slice(start, end)) - lineBreaks(text);
    this.#moves ||= text.length !== end - start;
    this.#magic().update(start, end, text + '\n'.repeat(Math.max(0, missing)));
  }

  insertBefore(offset: number, text: string): void {
    this.#moves = true;
    this.#magic().appendRight(offset, text);
  }

  insertAfter(offset: number, text: string): void {
    this.#moves = true;
    this.#magic().appendLeft(offset, text);
  }

  /** Puts text in front of everything. */
  hoist(text: string): void {
    this.#moves = true;
    this.#hoisted += text;
  }

  /** Moves a range to the front, wrapped in `before` and `after`; its own edits go with it. */
  hoistRange(start: number, end: number, before: string, after: string): void {
    this.#moves = true;
    const text = this.#magic();
    text.appendRight(start, before);
    text.appendLeft(end, after);
    if (start > 0) text.move(start, end, 0);
  }

  apply(): { readonly code: string; readonly map: PositionMap | undefined } {
    const text = this.#text;
    if (text === undefined && this.#hoisted === '') return { code: this.source, map: undefined };
    const edited = this.#magic();
    if (this.#hoisted !== '') edited.prepend(this.#hoisted);
    const code = edited.toString();
    if (!this.#moves) return { code, map: undefined };
    // Most maps are never asked: only an error makes one.
    return { code, map: positionMap(() => ({ ...edited.generateDecodedMap({ hires: true }), version: 3 })) };
  }

  #magic(): MagicString {
    this.#text ??= new MagicString(this.source);
    return this.#text;
  }
}
