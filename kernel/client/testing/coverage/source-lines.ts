/** On which lines of a notebook's file the lines of its cells stand: a notebook is JSON, written a line a line. */

interface Token {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** For each cell, for each line of its source, the line of the file; empty where the text isn't a notebook. */
export function sourceLines(text: string): readonly (readonly number[])[] {
  const reader = new PlaceReader(tokensOf(text));
  reader.value([]);
  return reader.cells;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/\n|"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g)) {
    if (token === '\n') line += 1;
    else tokens.push({ text: token, line });
  }
  return tokens;
}

/** Walks JSON that is known to be valid, with the path to where it is. */
class PlaceReader {
  readonly cells: number[][] = [];
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  value(path: readonly (string | number)[]): void {
    const token = this.#next();
    if (token === undefined) return;
    if (token.text === '{' || token.text === '[') this.#members(token.text === '{', path);
    else if (token.text.startsWith('"')) this.#string(token, path);
  }

  #members(isObject: boolean, path: readonly (string | number)[]): void {
    for (let index = 0; this.#at < this.#tokens.length; index++) {
      const next = this.#tokens[this.#at]?.text;
      if (next === '}' || next === ']') break;
      const key = isObject ? this.#key() : index;
      this.value([...path, key]);
      if (this.#tokens[this.#at]?.text === ',') this.#at += 1;
    }
    this.#at += 1;
  }

  #key(): string {
    const key = unquoted(this.#next());
    this.#at += 1;
    return key;
  }

  #string(token: Token, [cells, cell, source]: readonly (string | number)[]): void {
    if (cells !== 'cells' || typeof cell !== 'number' || source !== 'source') return;
    // A string of several lines stands on one line of the file.
    const count = unquoted(token).replace(/\n$/, '').split('\n').length;
    const lines = Array.from({ length: count }, () => token.line);
    this.cells[cell] = [...(this.cells[cell] ?? []), ...lines];
  }

  #next(): Token | undefined {
    this.#at += 1;
    return this.#tokens[this.#at - 1];
  }
}

function unquoted(token: Token | undefined): string {
  const value: unknown = JSON.parse(token?.text ?? '""');
  return typeof value === 'string' ? value : '';
}
