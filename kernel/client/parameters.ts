/**
 * papermill's parameters: a cell tagged `parameters` holds the defaults; other values are assigned right behind it, or
 * before the first cell when no cell has the tag.
 */
import { isJsonObject, type JsonValue } from '../jupyter/messages.ts';
import { type Notebook, tagsOf } from './notebook.ts';

export type Parameters = Readonly<Record<string, JsonValue>>;

/** A parameter that can't be read or assigned; the text says what was expected. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/** Reads `name=value` words. A value is JSON where it can be read as JSON, else text. @throws {ParameterError} */
export function parseParameters(words: readonly string[]): Parameters {
  return Object.fromEntries(words.map(parseParameter));
}

function parseParameter(word: string): readonly [string, JsonValue] {
  const [, name = '', value = ''] = /^([\p{L}_$][\p{L}\p{N}_$]*)=(.*)$/su.exec(word) ?? [];
  if (name === '') throw new ParameterError(`the parameter is "${word}"; expected NAME=VALUE`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    // papermill reads these words as Python's constants too.
    const constants: Readonly<Record<string, JsonValue>> = { True: true, False: false, None: null };
    return [name, Object.hasOwn(constants, value) ? (constants[value] ?? null) : value];
  }
}

export interface InjectedCode {
  /** The cell behind which it runs; -1: before the first. */
  readonly after: number;
  readonly code: string;
}

/** @param language As the kernel's `language_info` names it. @throws {ParameterError} for an unknown language */
export function injectedCode(notebook: Notebook, parameters: Parameters, language: string): InjectedCode {
  const after = notebook.cells.findIndex((cell) => tagsOf(cell).includes('parameters'));
  const write = writers[language.toLowerCase()];
  if (write === undefined) {
    const known = Object.keys(writers).join(', ');
    throw new ParameterError(
      `the kernel's language is "${language}"; parameters can be assigned in ${known}`,
    );
  }
  const lines = Object.entries(parameters).map(([name, value]) => write(name, value));
  return { after, code: lines.join('\n') };
}

const writers: Readonly<Record<string, (name: string, value: JsonValue) => string>> = {
  python: (name, value) => `${name} = ${pythonLiteral(value)}`,
  // `let` also takes the place of what the notebook declared with const.
  typescript: (name, value) => `let ${name} = ${JSON.stringify(value)};`,
  javascript: (name, value) => `let ${name} = ${JSON.stringify(value)};`,
};

/** A JSON string is a Python string too. */
function pythonLiteral(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}: ${pythonLiteral(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return `[${value.map(pythonLiteral).join(', ')}]`;
}
