/** Finds the functions that a text of LLVM IR defines or declares, and their types. */

export interface IrParameter {
  /** In one spelling: `i64`, `{ double, double }`, `ptr`. */
  readonly type: string;
  /** What a call has to repeat, such as `zeroext`. */
  readonly attributes: readonly string[];
}

export interface IrDefinition {
  /** Without `@` and quotes. */
  readonly symbol: string;
  /** Offsets of the symbol in the text. */
  readonly start: number;
  readonly end: number;
  readonly isPrivate: boolean;
  /** `fastcc`, or empty for C's. */
  readonly callingConvention: string;
  readonly result: IrParameter;
  readonly parameters: readonly IrParameter[];
}

interface Token {
  readonly text: string;
  readonly start: number;
}

const TOKEN = /;[^\n]*|"(?:[^"\\]|\\.)*"|[@%]"(?:[^"\\]|\\.)*"|[@%][\w$.-]+|\.\.\.|[\w$.-]+|\S/gy;
const DEFINE = /^[ \t]*define\b/gm;
const DECLARE = /^[ \t]*declare\b/gm;
const PRIVATE_LINKAGES: ReadonlySet<string> = new Set(['private', 'internal', 'available_externally']);
const CONVENTIONS: ReadonlySet<string> = new Set([
  'fastcc',
  'coldcc',
  'tailcc',
  'swiftcc',
  'preserve_mostcc',
]);
/** Those that decide how a value is passed. */
const PASSED_ON: ReadonlySet<string> = new Set(['zeroext', 'signext', 'inreg']);
const SCALAR_TYPE = /^(?:void|i\d+|half|bfloat|float|double|fp128|x86_fp80|ptr|%.*)$/;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '<': '>', '(': ')' };

/** Definitions that can't be read are passed over: LLVM will say what is wrong with them. */
export function irDefinitionsIn(ir: string): readonly IrDefinition[] {
  return functionsBehind(DEFINE, ir);
}

/** Functions that the text calls and leaves to others, intrinsics among them. */
export function irDeclarationsIn(ir: string): readonly IrDefinition[] {
  return functionsBehind(DECLARE, ir);
}

function functionsBehind(keyword: RegExp, ir: string): readonly IrDefinition[] {
  return [...ir.matchAll(keyword)].flatMap(
    ({ index, 0: head }) => new DefinitionReader(ir, index + head.length).read() ?? [],
  );
}

class DefinitionReader {
  readonly #tokens: Iterator<Token>;
  #token: Token | undefined;

  constructor(ir: string, start: number) {
    this.#tokens = tokensOf(ir, start);
    this.#advance();
  }

  read(): IrDefinition | undefined {
    const words = this.#wordsBeforeType();
    const result = this.#type();
    const name = this.#token;
    if (result === undefined || name === undefined || !name.text.startsWith('@')) return undefined;
    this.#advance();
    const parameters = this.#parameters();
    if (parameters === undefined) return undefined;
    return {
      symbol: name.text.replace(/^@"?|"$/g, ''),
      start: name.start,
      end: name.start + name.text.length,
      isPrivate: words.some((word) => PRIVATE_LINKAGES.has(word)),
      callingConvention: words.find((word) => CONVENTIONS.has(word)) ?? '',
      result: { type: result, attributes: words.filter((word) => PASSED_ON.has(word)) },
      parameters,
    };
  }

  #advance(): string {
    const text = this.#token?.text ?? '';
    const next = this.#tokens.next();
    this.#token = next.done === true ? undefined : next.value;
    return text;
  }

  #accept(text: string): boolean {
    if (this.#token?.text !== text) return false;
    this.#advance();
    return true;
  }

  /** Linkage, calling convention, attributes with their values. */
  #wordsBeforeType(): string[] {
    const words: string[] = [];
    while (this.#token && !this.#isTypeStart()) {
      if (this.#token.text.startsWith('@')) break;
      if (this.#token.text === '(') this.#skipGroup();
      else words.push(this.#advance());
    }
    return words;
  }

  #isTypeStart(): boolean {
    const text = this.#token?.text ?? '';
    return SCALAR_TYPE.test(text) || text === '{' || text === '[' || text === '<';
  }

  /** A type in one spelling, or undefined. */
  #type(): string | undefined {
    const open = this.#token?.text ?? '';
    let type: string | undefined;
    if (SCALAR_TYPE.test(open)) type = this.#advance();
    else if (open === '{') type = this.#structure('{', '}');
    else if (open === '[' || open === '<') type = this.#sequence(open);
    if (type === undefined) return undefined;
    for (;;) {
      if (this.#accept('*')) type += '*';
      else if (this.#token?.text === '(') return undefined;
      else return type;
    }
  }

  #structure(open: string, close: string): string | undefined {
    this.#accept(open);
    const members: string[] = [];
    while (!this.#accept(close)) {
      const member = this.#type();
      if (member === undefined) return undefined;
      members.push(member);
      this.#accept(',');
    }
    return members.length === 0 ? `${open}${close}` : `${open} ${members.join(', ')} ${close}`;
  }

  /** `[2 x double]`, `<2 x float>`; a packed struct `<{ … }>`. */
  #sequence(open: string): string | undefined {
    this.#advance();
    if (this.#token?.text === '{') {
      const inner = this.#structure('{', '}');
      return inner !== undefined && this.#accept('>') ? `<${inner}>` : undefined;
    }
    const length = this.#advance();
    if (!this.#accept('x')) return undefined;
    const element = this.#type();
    const close = CLOSING[open] ?? '';
    return element !== undefined && this.#accept(close) ? `${open}${length} x ${element}${close}` : undefined;
  }

  #parameters(): readonly IrParameter[] | undefined {
    if (!this.#accept('(')) return undefined;
    const parameters: IrParameter[] = [];
    while (!this.#accept(')')) {
      const type = this.#type();
      if (type === undefined) return undefined;
      parameters.push({ type, attributes: this.#wordsAfterType() });
      this.#accept(',');
    }
    return parameters;
  }

  #wordsAfterType(): string[] {
    const words: string[] = [];
    while (this.#token && this.#token.text !== ',' && this.#token.text !== ')') {
      if (this.#token.text === '(') this.#skipGroup();
      else words.push(this.#advance());
    }
    return words.filter((word) => !word.startsWith('%'));
  }

  #skipGroup(): void {
    let depth = 0;
    do {
      if (this.#token?.text === '(') depth += 1;
      if (this.#token?.text === ')') depth -= 1;
      this.#advance();
    } while (depth > 0 && this.#token);
  }
}

function* tokensOf(text: string, start: number): Generator<Token, undefined> {
  const pattern = new RegExp(TOKEN);
  pattern.lastIndex = start;
  for (;;) {
    const blank = /\s*/y;
    blank.lastIndex = pattern.lastIndex;
    blank.exec(text);
    pattern.lastIndex = blank.lastIndex;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    if (!match[0].startsWith(';')) yield { text: match[0], start: match.index };
  }
}

/** What a call must repeat of a parameter's attributes. */
export function passingAttributes({ attributes }: IrParameter): string {
  return attributes
    .filter((word) => PASSED_ON.has(word))
    .map((word) => `${word} `)
    .join('');
}
