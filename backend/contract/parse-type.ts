import { SignatureError } from './signature-error.ts';
import { isTypeWord, namedType, suggestedName } from './type-names.ts';
import type { FunctionType, Type } from './types.ts';

/** Bounds the recursion: signatures also come from the wire. */
const MAX_DEPTH = 32;
const MAX_TEXT_LENGTH = 10_000;

interface Token {
  readonly kind: 'word' | 'punctuation' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a type: `int64`, `unsigned long`, `double*`, `float64[]`, `float64[,]`, Numba's `float64[:]`, `{int32, double}`,
 * `(int64, float64)`, `int64(int64 a, int64 b)`, `int64 foo(int64)`, `int64 (*foo)(int64)`, `Name<p, …>`.
 *
 * @throws SignatureError with the offending span
 */
export function parseType(text: string): Type {
  return new TypeParser(text).parse();
}

/**
 * Reads a function type. A name in front of the parameters (`int64 foo(int64)`) becomes its `label`.
 *
 * @throws SignatureError with the offending span
 */
export function parseSignature(text: string): FunctionType {
  const type = parseType(text);
  if (type.kind === 'function') return type;
  throw new SignatureError(
    `expected signature representing function type, got \`${text.trim()}\`; write for example int64(int64, int64)`,
    text,
    0,
    text.length,
  );
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)|([*(){}<>,[\]|]|:(?::1)?)/gy;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      throw new SignatureError(
        `the character '${text[start]}' cannot stand in a signature; write a type such as int64 or float64`,
        text,
        start,
        start + 1,
      );
    }
    const end = pattern.lastIndex;
    if (match[1]) tokens.push({ kind: 'word', text: match[1], start, end });
    else if (match[2]) tokens.push({ kind: 'punctuation', text: match[2], start, end });
    // RBC's annotations follow a bar; the parser refuses them whatever they hold.
    if (match[2] === '|') return tokens;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

class TypeParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    if (text.length > MAX_TEXT_LENGTH) {
      throw new SignatureError(
        `signature of ${text.length} characters; at most ${MAX_TEXT_LENGTH} are accepted`,
        text.slice(0, 80),
        0,
        80,
      );
    }
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Type {
    if (this.#peek().kind === 'end') return { kind: 'void' };
    const type = this.#type();
    if (this.#peek().kind !== 'end') this.#failHere('the end of the signature');
    return type;
  }

  #type(): Type {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#failHere(`a type nested at most ${MAX_DEPTH} deep`);
    let type = this.#base();
    for (let next = this.#suffix(type); next; next = this.#suffix(type)) type = next;
    this.#depth -= 1;
    return type;
  }

  #base(): Type {
    const token = this.#peek();
    if (token.kind === 'word') return this.#named();
    if (this.#accept('{')) return { kind: 'struct', members: this.#list('}') };
    // RBC reads a bare `*` as `void*`.
    if (token.text === '*') return { kind: 'void' };
    if (this.#accept('(')) return this.#tuple(token);
    return this.#failHere('a type such as int64 or float64');
  }

  /** `(a, b)` is a tuple. RBC reads `()` as a function without parameters and result. */
  #tuple(open: Token): Type {
    const members = this.#list(')');
    if (members.length === 0) return { kind: 'function', result: { kind: 'void' }, parameters: [] };
    if (members.length > 1) return { kind: 'tuple', members };
    const end = this.#previous().end;
    const inner = this.#text.slice(open.end, end - 1).trim();
    return this.#fail(
      `a tuple of one type; write void(${inner}) for a function without a result, or ${inner} alone`,
      open.start,
      end,
    );
  }

  #named(): Type {
    const words: Token[] = [];
    while (this.#peek().kind === 'word') words.push(this.#next());
    const first = words[0];
    const last = words.at(-1);
    if (!first || !last) return this.#failHere('a type');
    if (this.#peek().text === '<') {
      if (words.length === 1) return this.#custom(first.text);
      return this.#failHere(`',' or the end after the name of a type`);
    }
    const whole = namedType(joined(words));
    if (whole) return whole;
    for (let count = words.length - 1; count > 0; count -= 1) {
      const type = namedType(joined(words.slice(0, count)));
      const label = words[count];
      if (!type || !label || isTypeWord(label.text)) continue;
      this.#position -= words.length - count - 1;
      return { ...type, label: label.text };
    }
    return this.#unknown(words, first, last);
  }

  #unknown(words: readonly Token[], first: Token, last: Token): never {
    const suggestion = suggestedName(first.text);
    const known = 'bool, int8 … int64, uint8 … uint64, float32, float64, complex64, complex128, void';
    return this.#fail(
      `unknown type \`${joined(words)}\`; ${suggestion ? `write ${suggestion}` : `known are ${known}`}`,
      first.start,
      last.end,
    );
  }

  /** `Array<T>` is RBC's spelling of `T[]`. */
  #custom(name: string): Type {
    this.#expect('<');
    const parameters = this.#list('>', true);
    const element = parameters[0];
    if (name === 'Array' && element && parameters.length === 1) return { kind: 'array', element, rank: 1 };
    return { kind: 'custom', name, parameters };
  }

  #suffix(type: Type): Type | undefined {
    if (this.#accept('*')) return { kind: 'pointer', element: type };
    if (this.#accept('[')) {
      let rank = 1;
      this.#acceptDimension();
      for (; this.#accept(','); rank += 1) this.#acceptDimension();
      this.#expect(']');
      return { kind: 'array', element: type, rank };
    }
    if (this.#accept('(')) return this.#function(type);
    if (this.#peek().kind === 'word' && type.label === undefined)
      return { ...type, label: this.#next().text };
    if (this.#peek().text === '|') {
      return this.#failHere(
        "',' or the end; annotations after '|' belong to table functions and are not read here",
      );
    }
    return undefined;
  }

  /** Numba writes `float64[:]`, and `float64[::1]` for what is contiguous. */
  #acceptDimension(): void {
    if (!this.#accept(':')) this.#accept('::1');
  }

  #function(before: Type): FunctionType {
    const { label, ...result } = before;
    const name = this.#pointerName();
    if (name !== undefined) {
      return labelled({ kind: 'function', result: before, parameters: this.#parameters() }, name.text);
    }
    return labelled({ kind: 'function', result, parameters: this.#parameters() }, label);
  }

  /** Steps over the `*foo)(` of `int64 (*foo)(int64)`, where it is one. A bare `*` is also a parameter, `void*`. */
  #pointerName(): { readonly text: string | undefined } | undefined {
    const [star, ...after] = this.#tokens.slice(this.#position, this.#position + 4);
    const name = after[0]?.kind === 'word' ? after.shift() : undefined;
    if (star?.text !== '*' || after[0]?.text !== ')' || after[1]?.text !== '(') return undefined;
    this.#position += name ? 4 : 3;
    return { text: name?.text };
  }

  /** C's `(void)` is an empty parameter list. */
  #parameters(): readonly Type[] {
    const start = this.#peek().start;
    const parameters = this.#list(')');
    const nameless = parameters.length === 1 && parameters[0]?.label === undefined;
    if (nameless && parameters[0]?.kind === 'void') return [];
    if (parameters.some((type) => type.kind === 'void')) {
      this.#fail('a parameter of type void; leave it out', start, this.#previous().end);
    }
    return parameters;
  }

  #list(close: ')' | '}' | '>', namesAllowed = false): Type[] {
    const types: Type[] = [];
    if (this.#accept(close)) return types;
    do {
      types.push(namesAllowed ? this.#customParameter() : this.#type());
    } while (this.#accept(','));
    if (this.#peek().text !== close) this.#failHere(`',' or '${close}'`);
    this.#next();
    return types;
  }

  /** Parameters of a custom type may be names that only the other side knows. */
  #customParameter(): Type {
    const token = this.#peek();
    const after = this.#tokens[this.#position + 1]?.text;
    if (token.kind === 'word' && (after === ',' || after === '>') && !namedType(token.text)) {
      this.#next();
      return { kind: 'custom', name: token.text, parameters: [] };
    }
    return this.#type();
  }

  #peek(): Token {
    return (
      this.#tokens[this.#position] ?? {
        kind: 'end',
        text: '',
        start: this.#text.length,
        end: this.#text.length,
      }
    );
  }

  #previous(): Token {
    return this.#tokens[this.#position - 1] ?? this.#peek();
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #accept(text: string): boolean {
    if (this.#peek().text !== text) return false;
    this.#position += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#failHere(`'${text}'`);
  }

  #failHere(expected: string): never {
    const token = this.#peek();
    const found = token.kind === 'end' ? 'it ends' : `found '${token.text}'`;
    return this.#fail(
      `${found} where ${expected} is expected`,
      token.start,
      Math.max(token.end, token.start + 1),
    );
  }

  #fail(what: string, start: number, end: number): never {
    throw new SignatureError(`failed to parse \`${this.#text.trim()}\`: ${what}`, this.#text, start, end);
  }
}

function joined(words: readonly Token[]): string {
  return words.map((word) => word.text).join(' ');
}

function labelled(type: FunctionType, label: string | undefined): FunctionType {
  return label === undefined ? type : { ...type, label };
}
