/** Cells and their outputs as text for a terminal. */
import { stripVTControlCharacters } from 'node:util';
import { isJsonObject, type JsonValue, type MimeBundle } from '../jupyter/messages.ts';
import type { CodeCell, NotebookOutput } from './notebook.ts';

export interface RenderOptions {
  /** False takes ANSI colours out of what kernels wrote. */
  readonly colour: boolean;
}

/** `In [3]:` and the source, then each output; ends with a newline. */
export function renderCell(cell: CodeCell, options: RenderOptions): string {
  const outputs = cell.outputs.map((output) => renderOutput(output, options));
  return [`${renderInput(cell)}\n`, ...outputs].join('');
}

export function renderInput(cell: CodeCell): string {
  const prompt = `In [${cell.executionCount ?? ' '}]: `;
  return prompt + cell.source.trimEnd().replaceAll('\n', `\n${' '.repeat(prompt.length)}`);
}

function renderOutput(output: NotebookOutput, { colour }: RenderOptions): string {
  const text = endLine(outputText(output));
  return colour ? text : stripVTControlCharacters(text);
}

function outputText(output: NotebookOutput): string {
  switch (output.outputType) {
    case 'stream':
      return output.text;
    case 'display_data':
      return dataText(output.data);
    case 'execute_result': {
      const text = dataText(output.data);
      return `Out[${output.executionCount ?? ' '}]: ${text.includes('\n') ? '\n' : ''}${text}`;
    }
    case 'error':
      return errorText(output);
  }
}

export function errorText(error: {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}): string {
  return error.traceback.length > 0 ? error.traceback.join('\n') : `${error.ename}: ${error.evalue}`;
}

/** The plain text; without one, which MIME types there are. */
function dataText(data: MimeBundle): string {
  const text = data['text/plain'];
  if (typeof text === 'string') return text;
  return Object.entries(data)
    .map(([mimeType, value]) => `<${mimeType}, ${lengthOf(value)} characters>`)
    .join(' ');
}

function lengthOf(value: JsonValue): number {
  return typeof value === 'string'
    ? value.length
    : JSON.stringify(isJsonObject(value) ? value : [value]).length;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
