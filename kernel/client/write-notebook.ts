/** Notebooks to files, byte for byte as Jupyter's nbformat writes them, so that saving again changes nothing. */
import { renameSync, writeFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, type JsonValue } from '../jupyter/messages.ts';
import type { Cell, Notebook, NotebookOutput } from './notebook.ts';

/** Replaces the file in one step: a reader, or a crash, never sees half a notebook. */
export function writeNotebook(notebook: Notebook, path: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, notebookText(notebook));
  renameSync(temporary, path);
}

/** JSON with sorted keys, indented by one space, text as lists of lines, a newline at the end. */
export function notebookText(notebook: Notebook): string {
  const json = {
    cells: notebook.cells.map(cellJson),
    metadata: notebook.metadata,
    nbformat: 4,
    nbformat_minor: notebook.nbformatMinor,
  };
  return `${JSON.stringify(sortKeys(json), undefined, 1)}\n`;
}

function cellJson(cell: Cell): JsonObject {
  const common = {
    ...cell.rest,
    cell_type: cell.cellType,
    metadata: cell.metadata,
    source: splitLines(cell.source),
  };
  if (cell.cellType !== 'code') return common;
  return { ...common, execution_count: cell.executionCount, outputs: cell.outputs.map(outputJson) };
}

function outputJson(output: NotebookOutput): JsonObject {
  switch (output.outputType) {
    case 'stream':
      return { output_type: output.outputType, name: output.name, text: splitLines(output.text) };
    case 'display_data':
      return { output_type: output.outputType, data: dataJson(output.data), metadata: output.metadata };
    case 'execute_result':
      return {
        output_type: output.outputType,
        data: dataJson(output.data),
        metadata: output.metadata,
        execution_count: output.executionCount,
      };
    case 'error': {
      const { ename, evalue, traceback } = output;
      return { output_type: output.outputType, ename, evalue, traceback };
    }
  }
}

function dataJson(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([mimeType, value]): [string, JsonValue] => [
      mimeType,
      typeof value === 'string' && isLinesOfText(mimeType) ? splitLines(value) : value,
    ]),
  );
}

/** The MIME types whose text nbformat writes line by line; base64 stays one string. */
function isLinesOfText(mimeType: string): boolean {
  return ['application/javascript', 'image/svg+xml'].includes(mimeType) || mimeType.startsWith('text/');
}

/** Python's `str.splitlines(True)`: at these characters and no others. */
function splitLines(text: string): readonly string[] {
  return (
    text.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[\s\S]+/g,
    ) ?? []
  );
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}
