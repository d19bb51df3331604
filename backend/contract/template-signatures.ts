/**
 * Signatures with template variables: `T(T, T), T = [int32, float64]` stands for `int32(int32, int32)` and
 * `float64(float64, float64)`, as in RBC. A variable has one type throughout a signature; of several, every combination
 * is made, the first variable changing slowest. What a variable stands for may contain others.
 */
import { formatType } from './format-type.ts';
import { parseSignature, parseType } from './parse-type.ts';
import { SignatureError } from './signature-error.ts';
import { namedType } from './type-names.ts';
import type { FunctionType } from './types.ts';

/** What each template variable may be. */
export type Templates = Readonly<Record<string, readonly string[]>>;

/** More is a mistake: each becomes a function of its own. */
const MAX_SIGNATURES = 256;

/**
 * Reads a signature, and those that it makes of its template variables, each once.
 *
 * @param templates more variables; those of the text itself come first
 * @throws SignatureError with the offending span
 */
export function parseSignatures(text: string, templates: Templates = {}): readonly FunctionType[] {
  const { signature, clauses } = splitTemplates(text);
  const variables = new Map<string, readonly string[]>(Object.entries(templates));
  for (const { name, types, start, end } of clauses) {
    if (types.length === 0) throw new SignatureError(`${name} has no types to choose from`, text, start, end);
    variables.set(name, types);
  }
  for (const [name, types] of variables) checkVariable(text, name, types, variables);
  const made = new Map<string, FunctionType>();
  for (const { text: concrete, types } of expand(signature, variables, new Map(), new Set())) {
    const type = parseConcrete(text, signature, concrete, types);
    made.set(`${type.label ?? ''} ${formatType(type)}`, type);
    if (made.size > MAX_SIGNATURES) {
      const message = `the template makes more than ${MAX_SIGNATURES} signatures; write fewer types`;
      throw new SignatureError(message, text, 0, text.length);
    }
  }
  return [...made.values()];
}

interface Clause {
  readonly name: string;
  readonly types: readonly string[];
  readonly start: number;
  readonly end: number;
}

const CLAUSE_START = /,\s*([A-Za-z_]\w*)\s*=\s*/y;

/** `signature, NAME = [type, …], …` */
function splitTemplates(text: string): { readonly signature: string; readonly clauses: readonly Clause[] } {
  const clauses: Clause[] = [];
  const equals = text.indexOf('=');
  const first = equals === -1 ? -1 : text.lastIndexOf(',', equals);
  if (first === -1) return { signature: text, clauses };
  for (let at = first; at < text.length; ) {
    CLAUSE_START.lastIndex = at;
    const match = CLAUSE_START.exec(text);
    if (!match) return failClause(text, at);
    const list = CLAUSE_START.lastIndex;
    const end = text[list] === '[' ? closingBracket(text, list) : -1;
    if (end === -1) return failClause(text, list);
    const types = splitList(text.slice(list + 1, end));
    clauses.push({ name: match[1] ?? '', types, start: at + 1, end: end + 1 });
    at = text.slice(end + 1).trim() === '' ? text.length : end + 1;
  }
  return { signature: text.slice(0, first), clauses };
}

function failClause(text: string, at: number): never {
  const message =
    'what a template variable stands for is a list; write for example T(T), T = [int32, float64]';
  throw new SignatureError(message, text, Math.min(at, text.length - 1), text.length);
}

/** Where the bracket at `open` closes, or -1. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '[') depth += 1;
    if (text[at] === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** By commas outside of all brackets. */
function splitList(text: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const character of text) {
    if ('([{<'.includes(character)) depth += 1;
    if (')]}>'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  items.push(item.trim());
  return items.filter((one) => one !== '');
}

function checkVariable(
  text: string,
  name: string,
  types: readonly string[],
  variables: ReadonlyMap<string, unknown>,
): void {
  const clause = Math.max(0, text.search(new RegExp(`\\b${name}\\s*=`)));
  const fail = (message: string, shown = name): never => {
    const at = Math.max(clause, text.indexOf(shown, clause));
    throw new SignatureError(message, text, at, Math.min(text.length, at + shown.length));
  };
  if (namedType(name)) fail(`${name} is a type itself; write another name for the template variable`);
  if (types.length === 0) fail(`${name} has no types to choose from`);
  for (const type of types) {
    if ([...type.matchAll(WORD)].some(([word]) => variables.has(word))) continue;
    try {
      parseType(type);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      fail(error.message, type);
    }
  }
}

const WORD = /[A-Za-z_]\w*/g;

interface Expansion {
  readonly text: string;
  readonly types: ReadonlyMap<string, string>;
}

/** Puts a type for the first variable, everywhere, then goes on with the next one. */
function* expand(
  text: string,
  variables: ReadonlyMap<string, readonly string[]>,
  types: ReadonlyMap<string, string>,
  busy: ReadonlySet<string>,
): Generator<Expansion> {
  const name = [...text.matchAll(WORD)].map(([word]) => word).find((word) => variables.has(word));
  if (name === undefined) {
    yield { text, types };
    return;
  }
  const chosen = types.get(name);
  if (chosen !== undefined) {
    yield* expand(replaceWord(text, name, chosen), variables, types, busy);
    return;
  }
  if (busy.has(name)) {
    throw new SignatureError(`${name} stands for itself; write types for it`, text, 0, text.length);
  }
  for (const choice of variables.get(name) ?? []) {
    for (const made of expand(choice, variables, types, new Set([...busy, name]))) {
      const known = new Map([...made.types, [name, made.text]]);
      yield* expand(replaceWord(text, name, made.text), variables, known, busy);
    }
  }
}

function replaceWord(text: string, name: string, by: string): string {
  return text.replace(WORD, (word) => (word === name ? by : word));
}

/** An error in what was made is shown in what was written. */
function parseConcrete(
  text: string,
  signature: string,
  concrete: string,
  types: ReadonlyMap<string, string>,
): FunctionType {
  try {
    return parseSignature(concrete);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    const { start, end } = error;
    const place = (offset: number) => writtenOffset(signature, types, offset);
    throw new SignatureError(error.message, text, place(start), Math.max(place(start) + 1, place(end)));
  }
}

/** Where in `signature` the character stands that is at `offset` when each variable has become its type. */
function writtenOffset(signature: string, types: ReadonlyMap<string, string>, offset: number): number {
  let shift = 0;
  for (const { 0: word, index } of signature.matchAll(WORD)) {
    const grown = (types.get(word) ?? word).length - word.length;
    if (index + shift + word.length + grown > offset) break;
    shift += grown;
  }
  return Math.min(signature.length, Math.max(0, offset - shift));
}
