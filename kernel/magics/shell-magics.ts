/** `!command`, `%%bash`, `%%sh`, `%%python` and `%%script`: other programs, with their output in the cell. */
import type { CellMagicContext } from './context.ts';
import type { CellMagic, LineMagic } from './registry.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

/** What a cell's program ended with. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(program: string, exitCode: number) {
    super(`${program} ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** A failing command is said, but the cell goes on, as in IPython. */
export const shellMagic: LineMagic = {
  name: '!',
  spelling: '!COMMAND',
  summary: "run a command in the system's shell",
  usage: '!COMMAND',
  async run(command, context): Promise<undefined> {
    if (command.trim() === '') throw new UsageError('! needs a command behind it, as in !ls');
    const exitCode = await runCommand({ file: command, shell: true }, context);
    if (exitCode !== 0) context.writeError(`exit code ${exitCode}\n`);
  },
};

export const bashMagic = programMagic('bash', 'bash');
export const shMagic = programMagic('sh', 'sh');
export const pythonMagic = programMagic('python', process.platform === 'win32' ? 'python' : 'python3');

export const scriptMagic: CellMagic = {
  name: 'script',
  summary: 'run a program with the cell as its input',
  usage: '%%script PROGRAM [ARGUMENT…]',
  async run(args, body, context): Promise<undefined> {
    const [program, ...words] = splitWords(args).map(({ text }) => text);
    if (program === undefined)
      throw new UsageError(`%%script needs a program. It is used as\n\n${scriptMagic.usage}`);
    await runScript(program, words, body, context);
  },
};

function programMagic(name: string, program: string): CellMagic {
  return {
    name,
    summary: `run the cell as a script of ${name}`,
    usage: `%%${name} [ARGUMENT…]`,
    async run(args, body, context): Promise<undefined> {
      const words = splitWords(args).map(({ text }) => text);
      // Both shells and Python read the program from standard input for `-`, and the rest is its arguments.
      const before =
        words.length === 0 ? [] : [name === 'python' ? '-' : '-s', ...(name === 'python' ? [] : ['--'])];
      await runScript(program, [...before, ...words], body, context);
    },
  };
}

async function runScript(
  program: string,
  args: readonly string[],
  input: string,
  context: CellMagicContext,
): Promise<void> {
  const exitCode = await runCommand({ file: program, args, input }, context);
  if (exitCode !== 0) throw new CommandError(program, exitCode);
}
