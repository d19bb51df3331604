/** The command line of `rjit run`. */
import { parseArgs } from 'node:util';
import type { JupyterServer } from './jupyter-server.ts';
import { type Parameters, parseParameters } from './parameters.ts';
import { parseServer } from './server-option.ts';

export const usage = `usage: rjit run NOTEBOOK [-o OUT | --in-place] [OPTIONS]

Runs the cells of a notebook one after the other. Cells tagged "skip-execution" are not run; a cell tagged
"raises-exception" may fail.

  -o, --output OUT          write the executed notebook to OUT, while it runs and at the end
  --in-place                write it to NOTEBOOK itself
  --autosave SECONDS        within a cell that runs long (10); every cell's end is saved anyway
  -p, --parameter NAME=VALUE  assign a value behind the cell tagged "parameters" (papermill's); may be given again
  --allow-errors            go on behind a cell that fails
  --timeout SECONDS         for each cell; it is interrupted then, and has failed
  --startup-timeout SECONDS for the kernel to answer (60)
  --max-output MEGABYTES    a cell that puts out more is interrupted, and has failed (100)
  --kernel NAME             use this kernelspec instead of the notebook's
  --cwd DIR                 where the kernel runs, instead of the notebook's folder
  --server URL, --token T   reach the kernel through a Jupyter server, or rjit gateway
  --no-times                don't record in the cells' metadata when they ran
  --keep-kernel             when the run stops before its end, or this process does, the kernel goes on
  --resume                  go on where the run that wrote OUT stopped, in the kernel that --keep-kernel kept
  --show                    print each cell with its output

Exit status: 0 all cells ran, 1 a cell failed, 2 wrong usage, no such notebook or kernel, 130 interrupted.
`;

const options = {
  output: { type: 'string', short: 'o' },
  'in-place': { type: 'boolean' },
  autosave: { type: 'string' },
  parameter: { type: 'string', short: 'p', multiple: true },
  'allow-errors': { type: 'boolean' },
  timeout: { type: 'string' },
  'timeout-ms': { type: 'string' },
  'startup-timeout': { type: 'string' },
  'max-output': { type: 'string' },
  kernel: { type: 'string' },
  cwd: { type: 'string' },
  server: { type: 'string' },
  token: { type: 'string' },
  'no-times': { type: 'boolean' },
  'keep-kernel': { type: 'boolean' },
  resume: { type: 'boolean' },
  show: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface RunArguments {
  readonly path: string;
  readonly output: string | undefined;
  readonly autosaveIntervalMs: number;
  readonly parameters: Parameters;
  readonly allowErrors: boolean;
  readonly timeoutMs: number | undefined;
  readonly startupTimeoutMs: number | undefined;
  readonly maxOutputByteLength: number | undefined;
  readonly kernel: string | undefined;
  readonly cwd: string | undefined;
  readonly server: JupyterServer | undefined;
  readonly recordTimes: boolean;
  readonly keepKernel: boolean;
  readonly resume: boolean;
  readonly show: boolean;
}

export class RunUsageError extends Error {
  override readonly name = 'RunUsageError';
}

type Values = ReturnType<typeof parse>['values'];

/** @throws {RunUsageError} @throws {ParameterError} */
export function parseRunArguments(argv: readonly string[]): RunArguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [path, extra] = positionals;
  if (path === undefined) throw new RunUsageError(`no notebook given\n\n${usage}`);
  if (extra !== undefined) throw new RunUsageError(`one notebook at a time; found "${path}" and "${extra}"`);
  refuseContradictions(values);
  return {
    path,
    output: values['in-place'] ? path : values.output,
    autosaveIntervalMs: scaled(values, 'autosave', 'seconds', 1000) ?? 10_000,
    parameters: parseParameters(values.parameter ?? []),
    allowErrors: values['allow-errors'] ?? false,
    timeoutMs: scaled(values, 'timeout', 'seconds', 1000) ?? scaled(values, 'timeout-ms', 'milliseconds', 1),
    startupTimeoutMs: scaled(values, 'startup-timeout', 'seconds', 1000),
    maxOutputByteLength: scaled(values, 'max-output', 'megabytes', 1e6),
    kernel: values.kernel,
    cwd: values.cwd,
    server: parseServer(values),
    recordTimes: !(values['no-times'] ?? false),
    keepKernel: values['keep-kernel'] ?? false,
    resume: values.resume ?? false,
    show: values.show ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    // parseArgs says which option is wrong and why.
    throw new RunUsageError(`${error instanceof Error ? error.message : String(error)}; see rjit run --help`);
  }
}

function refuseContradictions(values: Values): void {
  const output = values['in-place'] === true || values.output !== undefined;
  if (values['in-place'] && values.output !== undefined) {
    throw new RunUsageError('both --in-place and --output are given; choose one');
  }
  const needsOutput = values.resume ? '--resume' : values['keep-kernel'] ? '--keep-kernel' : undefined;
  if (needsOutput === undefined) return;
  if (!output) throw new RunUsageError(`${needsOutput} needs -o OUT: what is done is read from there`);
  if (values.server !== undefined || values['no-times']) {
    const other = values.server === undefined ? '--no-times' : '--server';
    throw new RunUsageError(`${needsOutput} does not go together with ${other}`);
  }
}

/** A positive number in `unit`, times `factor`. */
function scaled(
  values: Values,
  name: 'autosave' | 'timeout' | 'timeout-ms' | 'startup-timeout' | 'max-output',
  unit: string,
  factor: number,
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value > 0) return value * factor;
  throw new RunUsageError(`--${name} is "${text}"; expected a positive number of ${unit}`);
}
