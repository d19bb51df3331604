/** Notebook files to notebooks; whatever isn't one gets an error that names the place. */
import { readFileSync } from 'node:fs';
import { describeJson, isJsonObject, type JsonObject, type JsonValue } from '../jupyter/messages.ts';
import type { Cell, Notebook, NotebookOutput } from './notebook.ts';

/** The file isn't a notebook of nbformat 4; the text says where, what was found and what was expected. */
export class NotebookError extends Error {
  override readonly name = 'NotebookError';
}

/** @throws {NotebookError} */
export function readNotebook(path: string): Notebook {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new NotebookError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseNotebook(text, path);
}

/** @throws {NotebookError} naming `path`. */
export function parseNotebook(text: string, path: string): Notebook {
  try {
    return toNotebook(parseJson(text));
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    throw new NotebookError(`${path} is not a Jupyter notebook: ${error.message}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotebookError(`it is not JSON (${reason}); expected a file that Jupyter saved (.ipynb)`);
  }
}

function toNotebook(json: unknown): Notebook {
  const fields = requireObject(json, 'the file');
  const { nbformat } = fields;
  if (nbformat !== 4) {
    const hint = typeof nbformat === 'number' ? '; convert it with: jupyter nbconvert --to notebook' : '';
    throw new NotebookError(`nbformat is ${describeJson(nbformat)}; expected 4${hint}`);
  }
  return {
    nbformatMinor: requireInteger(fields.nbformat_minor, 'nbformat_minor'),
    metadata: requireObject(fields.metadata, 'metadata'),
    cells: requireArray(fields.cells, 'cells').map((cell, index) => toCell(cell, `cells[${index}]`)),
  };
}

function toCell(json: JsonValue, at: string): Cell {
  const {
    cell_type: cellType,
    source,
    metadata,
    outputs,
    execution_count,
    ...rest
  } = requireObject(json, at);
  const common = {
    source: requireMultiline(source, `${at}.source`),
    metadata: requireObject(metadata, `${at}.metadata`),
    rest,
  };
  if (cellType === 'markdown' || cellType === 'raw') return { ...common, cellType };
  if (cellType !== 'code') {
    const found = describeJson(cellType);
    throw new NotebookError(`${at}.cell_type is ${found}; expected "code", "markdown" or "raw"`);
  }
  return {
    ...common,
    cellType,
    executionCount: requireCount(execution_count, `${at}.execution_count`),
    outputs: requireArray(outputs, `${at}.outputs`).map((output, index) =>
      toOutput(output, `${at}.outputs[${index}]`),
    ),
  };
}

function toOutput(json: JsonValue, at: string): NotebookOutput {
  const fields = requireObject(json, at);
  const outputType = fields.output_type;
  switch (outputType) {
    case 'stream':
      return {
        outputType,
        name: requireString(fields.name, `${at}.name`),
        text: requireMultiline(fields.text, `${at}.text`),
      };
    case 'display_data':
      return { outputType, ...toDisplay(fields, at) };
    case 'execute_result': {
      const executionCount = requireCount(fields.execution_count, `${at}.execution_count`);
      return { outputType, ...toDisplay(fields, at), executionCount };
    }
    case 'error':
      return {
        outputType,
        ename: requireString(fields.ename, `${at}.ename`),
        evalue: requireString(fields.evalue, `${at}.evalue`),
        traceback: requireArray(fields.traceback, `${at}.traceback`).map((line) =>
          requireString(line, `${at}.traceback`),
        ),
      };
    default:
      throw new NotebookError(
        `${at}.output_type is ${describeJson(outputType)}; expected "stream", "display_data", "execute_result" or "error"`,
      );
  }
}

function toDisplay(fields: JsonObject, at: string): { data: JsonObject; metadata: JsonObject } {
  const data = Object.entries(requireObject(fields.data, `${at}.data`)).map(
    ([mimeType, value]): [string, JsonValue] => [mimeType, joinLines(mimeType, value)],
  );
  return { data: Object.fromEntries(data), metadata: requireObject(fields.metadata ?? {}, `${at}.metadata`) };
}

/** In a file, text of any MIME type but JSON may be a list of lines. */
function joinLines(mimeType: string, value: JsonValue): JsonValue {
  if (isJsonMimeType(mimeType) || !Array.isArray(value)) return value;
  return value.every((line) => typeof line === 'string') ? value.join('') : value;
}

function isJsonMimeType(mimeType: string): boolean {
  return (
    mimeType === 'application/json' || (mimeType.startsWith('application/') && mimeType.endsWith('+json'))
  );
}

function requireObject(value: unknown, at: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new NotebookError(`${at} is ${describeJson(value)}; expected an object`);
}

function requireArray(value: unknown, at: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw new NotebookError(`${at} is ${describeJson(value)}; expected an array`);
}

function requireString(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  throw new NotebookError(`${at} is ${describeJson(value)}; expected a string`);
}

function requireInteger(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new NotebookError(`${at} is ${describeJson(value)}; expected an integer`);
}

function requireCount(value: unknown, at: string): number | null {
  return value === null ? null : requireInteger(value, at);
}

function requireMultiline(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value.join('');
  throw new NotebookError(`${at} is ${describeJson(value)}; expected a string or an array of strings`);
}
