import { completeWord } from './completion.ts';
import type { MagicContext } from './context.ts';
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';

const usage = `%ts            say how the types of cells are checked
%ts warn       show what is wrong with them beside the cell's output
%ts strict     don't run a cell with an error in its types
%ts off        check nothing`;

const modes: Readonly<Record<string, string>> = {
  warn: 'type errors are warnings',
  strict: 'a cell with a type error does not run',
  off: 'types are not checked',
};

/** `%ts`: how the types of cells are checked, from the next cell on. */
export const tsMagic: LineMagic = {
  name: 'ts',
  summary: 'show type errors as warnings, refuse them, or ignore them',
  usage,
  async run(args: string, { typeChecks, write }: MagicContext): Promise<undefined> {
    const mode = args.replace(/(?<=^|\s)\/\/.*$/u, '').trim();
    if (mode !== '' && !Object.hasOwn(modes, mode)) {
      throw new UsageError(`%ts takes warn, strict or off; found ${mode}. It is used as\n\n${usage}`);
    }
    const current = await typeChecks(mode === '' ? undefined : mode);
    if (mode === '') write(`${current}: ${modes[current] ?? ''}\n`);
  },
  complete(args, cursor) {
    const candidates = Object.entries(modes).map(([text, signature]) => ({
      text,
      type: 'command',
      signature,
    }));
    return completeWord(args, cursor, candidates);
  },
};
