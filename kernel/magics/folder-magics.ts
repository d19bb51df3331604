/** `%cd`, `%pwd`, `%ls` and `%env`: where the session is and what surrounds it. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

let previous: string | undefined;

export const cdMagic: LineMagic = {
  name: 'cd',
  summary: 'change the current folder',
  usage: '%cd [FOLDER]       home without one; - for the one before',
  async run(args, { write }): Promise<undefined> {
    const [folder = '~', extra] = splitWords(args).map(({ text }) => text);
    if (extra !== undefined)
      throw new UsageError(`%cd takes one folder; write quotes around one with blanks: '${args}'`);
    const here = process.cwd();
    if (folder === '-' && previous === undefined) throw new UsageError('there is no folder before this one');
    const target = folder === '-' ? (previous ?? here) : folder.replace(/^~(?=$|[/\\])/, homedir());
    try {
      process.chdir(target);
    } catch (error) {
      throw new UsageError(
        `${target} is no folder to change to: ${error instanceof Error ? error.message : ''}`,
      );
    }
    previous = here;
    write(`${process.cwd()}\n`);
  },
};

export const pwdMagic: LineMagic = {
  name: 'pwd',
  summary: 'the current folder',
  usage: '%pwd',
  run: async () => process.cwd(),
};

export const lsMagic: LineMagic = {
  name: 'ls',
  summary: 'list a folder',
  usage: '%ls [FOLDER]',
  async run(args, { write }): Promise<undefined> {
    const [folder = '.'] = splitWords(args).map(({ text }) => text);
    const entries = readdirSync(join(folder), { withFileTypes: true }).filter(
      ({ name }) => !name.startsWith('.'),
    );
    const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    write(names.map((name) => `${name}\n`).join(''));
  },
};

/** Names whose values nobody wants in a saved notebook. */
const SECRET = /key|token|secret|password|credential/i;

export const envMagic: LineMagic = {
  name: 'env',
  summary: 'show or set environment variables',
  usage: `%env               all of them, but for secrets
%env NAME          one
%env NAME=VALUE    set one, also with a blank instead of the =`,
  async run(args, { write }): Promise<unknown> {
    const [, name, , value] = /^(\w+)(\s*=\s*|\s+)?(.*)$/s.exec(args.trim()) ?? [];
    if (args.trim() === '') {
      const names = Object.keys(process.env).sort();
      write(names.map((each) => `${each}=${SECRET.test(each) ? '<hidden>' : process.env[each]}\n`).join(''));
      return undefined;
    }
    if (name === undefined)
      throw new UsageError(`"${args}" is no name of a variable. It is used as\n\n${envMagic.usage}`);
    if (value === undefined || value === '') {
      const found = process.env[name];
      if (found === undefined)
        throw new UsageError(`there is no environment variable ${name}; %env ${name}=VALUE makes it`);
      return found;
    }
    process.env[name] = value;
    write(`${name}=${value}\n`);
    return undefined;
  },
};
