/** The report as one HTML page: each cell that says something, with what the notebook holds and what came beside it. */

import { stripVTControlCharacters } from 'node:util';
import type { JsonObject, JsonValue } from '../../jupyter/messages.ts';
import type { NotebookOutput } from '../notebook.ts';
import { duration } from '../progress.ts';
import { valueText } from './comparers.ts';
import type { CodeCoverage } from './coverage/code-coverage.ts';
import { failureDetails, failureSummary } from './render-failure.ts';
import type { NotebookReport } from './report.ts';
import { type CellFailure, cellTitle, type TestedCell } from './verdict.ts';

const style = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; color: #1b1f24 }
h1 { font-size: 1.4em } h2 { font-size: 1.1em; margin-top: 2em; border-bottom: 1px solid #d0d7de }
details { margin: .4em 0; border-left: 4px solid #2da44e; padding-left: .8em }
details.failed { border-color: #cf222e } details.flaky, details.xfailed { border-color: #bf8700 }
details.skipped { border-color: #8c959f } summary { cursor: pointer }
pre { background: #f6f8fa; padding: .6em; overflow: auto; margin: .3em 0; white-space: pre-wrap }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1em } .sides > div { min-width: 0 }
.sides h3 { font-size: 1em; margin: .3em 0 } .key { color: #57606a; font-size: .85em }
.removed { background: #ffebe9 } .added { background: #dafbe1 }
[data-count]::before { content: attr(data-count); display: inline-block; width: 4em; margin-right: 1em; text-align: right; color: #57606a }
.missed { background: #ffebe9 } .ran::before { background: #dafbe1 } .missed::before { background: #ffcecb }
iframe { width: 100%; border: 1px solid #d0d7de } img { max-width: 100%; background: #fff }
`;

/** Nothing in the page runs scripts, nor does what notebooks bring. */
export function htmlReport(reports: readonly NotebookReport[]): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-src data: blob:";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<title>rjit test</title><style>${style}</style></head>
<body><h1>rjit test</h1>
${reports.map(notebookSection).join('')}</body></html>
`;
}

function notebookSection(report: NotebookReport): string {
  const title = `<h2>${escaped(report.path)}</h2>\n`;
  if ('error' in report) return `${title}<pre class="removed">${escaped(report.error.message)}</pre>\n`;
  const { cells, coverage } = report.tested;
  const ofCells = coverage === undefined || coverage === 'unavailable' ? undefined : coverage.cells;
  return title + cells.map((cell) => cellSection(cell, ofCells?.get(cell.index))).join('');
}

function cellSection(tested: TestedCell, coverage: CodeCoverage | undefined): string {
  const { cell, executed, verdict, durationMs, failedBefore, warnings } = tested;
  const kind = failedBefore === undefined ? verdict.status : 'flaky';
  const open = kind === 'failed' || kind === 'flaky' ? ' open' : '';
  const title = `${kind}: ${cellTitle(tested.index, cell)} (${duration(durationMs)})`;
  const failure = 'failure' in verdict ? verdict.failure : failedBefore;
  return `<details class="${kind}"${open}><summary>${escaped(title)}</summary>
<pre>${sourceHtml(cell.source, coverage)}</pre>
${warnings.map((text) => `<p>${escaped(text)}</p>\n`).join('')}${failure === undefined ? '' : failureSection(failure)}<div class="sides">
<div><h3>The notebook has</h3>${cell.outputs.map(outputHtml).join('')}</div>
<div><h3>This run gives</h3>${executed.outputs.map(outputHtml).join('')}</div>
</div></details>
`;
}

/** Each line that does something with how often it has run; nothing where that was not measured. */
function sourceHtml(source: string, coverage: CodeCoverage | undefined): string {
  if (coverage === undefined) return escaped(source);
  const counts = new Map(coverage.lines.map(({ line, count }) => [line, count]));
  const lines = source.split('\n').map((text, at) => {
    const count = counts.get(at + 1);
    const kind = count === undefined ? '' : count === 0 ? ' class="missed"' : ' class="ran"';
    return `<span${kind} data-count="${count ?? ''}">${escaped(text)}</span>`;
  });
  return lines.join('\n');
}

function failureSection(failure: CellFailure): string {
  const details = failureDetails(failure);
  const lines = details.split('\n').map((line) => {
    const kind = line.startsWith('- ') ? 'removed' : line.startsWith('+ ') ? 'added' : '';
    const text = escaped(line);
    return failure.kind === 'outputs' && kind !== '' ? `<span class="${kind}">${text}</span>` : text;
  });
  const shown = details === '' ? '' : `<pre>${lines.join('\n').trimEnd()}</pre>\n`;
  return `<p><strong>${escaped(failureSummary(failure))}</strong></p>\n${shown}`;
}

function outputHtml(output: NotebookOutput): string {
  switch (output.outputType) {
    case 'stream':
      return `<div class="key">${escaped(output.name)}</div><pre>${plain(output.text)}</pre>`;
    case 'error':
      return `<div class="key">error</div><pre>${plain(`${output.ename}: ${output.evalue}`)}</pre>`;
    case 'display_data':
    case 'execute_result':
      return dataHtml(output.data);
  }
}

function dataHtml(data: JsonObject): string {
  return Object.entries(data)
    .map(([type, value]) => `<div class="key">${escaped(type)}</div>${valueHtml(type, value)}`)
    .join('');
}

function valueHtml(type: string, value: JsonValue): string {
  const text = valueText(value);
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(type)) {
    return `<img alt="" src="data:${type};base64,${escaped(text.replaceAll(/\s/g, ''))}">`;
  }
  if (type === 'image/svg+xml') {
    return `<img alt="" src="data:${type};base64,${Buffer.from(text).toString('base64')}">`;
  }
  // Sandboxed: a notebook's HTML has no business with the page, nor with scripts.
  if (type === 'text/html') return `<iframe sandbox srcdoc="${escaped(text)}"></iframe>`;
  return `<pre>${plain(text)}</pre>`;
}

function plain(text: string): string {
  return escaped(stripVTControlCharacters(text));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
