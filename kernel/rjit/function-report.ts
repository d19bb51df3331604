/** What became of a remote function, from its source to machine code, side by side for people who want to look. */
import type { CompileTimes } from './remote-overload.ts';

export interface FunctionReport {
  readonly name: string;
  /** By signature; undefined for an overload that is not compiled. */
  readonly overloads: Readonly<Record<string, CompileTimes | undefined>>;
  readonly options: readonly string[];
  readonly source: string | undefined;
  /** Absent where the server can't be reached. */
  readonly ir: string | undefined;
  readonly optimized: string | undefined;
  readonly asm: string | undefined;
}

const PHASES = ['parse', 'verify', 'optimize', 'codegen', 'link'] as const;

/** The MIME bundle that `display(foo.report)` shows. */
export function reportBundle(report: FunctionReport): Readonly<Record<string, string>> {
  return { 'text/html': html(report), 'text/plain': text(report) };
}

function text({ name, overloads, options, ir, optimized, asm }: FunctionReport): string {
  const lines = Object.entries(overloads).map(
    ([signature, times]) => `${name}: ${signature}  ${timesText(times)}`,
  );
  const parts = [
    ['LLVM IR', ir],
    ['optimised IR', optimized],
    ['assembly', asm],
  ].flatMap(([title, part]) => (part === undefined ? [] : [`\n${title}\n${part.trimEnd()}`]));
  return [...lines, ...(options.length === 0 ? [] : [`options: ${options.join(', ')}`]), ...parts].join('\n');
}

function timesText(times: CompileTimes | undefined): string {
  if (times === undefined) return 'not compiled yet';
  const total = times.phaseMicroseconds.total ?? 0;
  return `front end ${milliseconds(times.frontEndMs)}, server ${milliseconds(total / 1000)}${times.cached ? ', cached' : ''}`;
}

function html({ name, overloads, options, source, ir, optimized, asm }: FunctionReport): string {
  const head = ['signature', 'front end', ...PHASES, 'in all'].map((title) => `<th>${title}</th>`).join('');
  const rows = Object.entries(overloads).map(([signature, times]) => overloadRow(signature, times));
  const optionsText = options.length === 0 ? '' : ` <small>(${escaped(options.join(', '))})</small>`;
  // Tables, because front ends take styles out of HTML that they did not make.
  const pairs = [
    [section('source', source), section('LLVM IR', ir)],
    [section('optimised IR', optimized), section('assembly', asm)],
  ];
  const parts = pairs.map(
    (cells) =>
      `<tr>${cells.map((cell) => `<td style="text-align: left; vertical-align: top">${cell}</td>`).join('')}</tr>`,
  );
  return (
    `<b>${escaped(name)}</b>${optionsText}` +
    `<table class="dataframe"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>` +
    `<table>${parts.join('')}</table>`
  );
}

function overloadRow(signature: string, times: CompileTimes | undefined): string {
  const name = `<th style="text-align: left"><code>${escaped(signature)}</code></th>`;
  if (times === undefined) return `<tr>${name}<td colspan="${PHASES.length + 2}">not compiled yet</td></tr>`;
  const { phaseMicroseconds, frontEndMs, cached } = times;
  const phases = PHASES.map((phase) => milliseconds((phaseMicroseconds[phase] ?? 0) / 1000));
  const total = milliseconds(frontEndMs + (phaseMicroseconds.total ?? 0) / 1000);
  const cells = [milliseconds(frontEndMs), ...phases, `${total}${cached ? ' (cached)' : ''}`];
  return `<tr>${name}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function section(title: string, part: string | undefined): string {
  if (part === undefined) return '';
  const lines = part.trimEnd().split('\n').length;
  return (
    `<details open><summary>${title}, ${lines} line${lines === 1 ? '' : 's'}</summary>` +
    `<pre style="word-break: normal; word-wrap: break-word">${escaped(part.trimEnd())}</pre></details>`
  );
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

function escaped(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
