/** A signature or type text that can't be read. Offsets are UTF-16, into `text`; `end` is exclusive. */
export class SignatureError extends Error {
  readonly text: string;
  readonly start: number;
  readonly end: number;

  constructor(message: string, text: string, start: number, end: number) {
    super(message);
    this.name = 'SignatureError';
    this.text = text;
    this.start = start;
    this.end = end;
  }
}
