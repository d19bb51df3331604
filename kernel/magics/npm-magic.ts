import type { LineMagic } from './registry.ts';
import { runCommand } from './run-command.ts';
import { CommandError } from './shell-magics.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

/** `%npm install lodash`: packages for the notebook's folder; cells can import them at once. */
export const npmMagic: LineMagic = {
  name: 'npm',
  summary: "run npm in the notebook's folder: %npm install PACKAGE",
  usage: '%npm install [PACKAGE…]      any other command of npm works, too',
  async run(args, context): Promise<undefined> {
    const words = splitWords(args).map(({ text }) => text);
    if (words.length === 0) throw new UsageError(`%npm needs a command. It is used as\n\n${npmMagic.usage}`);
    // On Windows npm is a script, which only the shell can start.
    const exitCode = await runCommand(
      { file: 'npm', args: words, shell: process.platform === 'win32' },
      context,
    );
    if (exitCode !== 0) throw new CommandError(`npm ${words[0]}`, exitCode);
  },
};
