/** `%who`, `%whos`, `%reset` and `%history`: what the session knows. */
import { inspect } from 'node:util';
import type { LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';

const VALUE_WIDTH = 60;

export const whoMagic: LineMagic = {
  name: 'who',
  summary: 'list the variables of the cells',
  usage: '%who',
  async run(_args, { variables, write }): Promise<undefined> {
    const names = variables().map(({ name }) => name);
    write(names.length === 0 ? 'no variables\n' : `${names.join('  ')}\n`);
  },
};

export const whosMagic: LineMagic = {
  name: 'whos',
  summary: 'list the variables of the cells with their types and values',
  usage: '%whos',
  async run(_args, { variables, write }): Promise<undefined> {
    const rows = variables().map(({ name, value }) => [name, typeName(value), shortText(value)] as const);
    if (rows.length === 0) {
      write('no variables\n');
      return;
    }
    const table = [['Variable', 'Type', 'Value'] as const, ...rows];
    const width = (column: 0 | 1) => Math.max(...table.map((row) => row[column].length));
    const [names, types] = [width(0), width(1)];
    write(
      table.map(([name, type, value]) => `${name.padEnd(names)}  ${type.padEnd(types)}  ${value}\n`).join(''),
    );
  },
};

export const resetMagic: LineMagic = {
  name: 'reset',
  summary: 'forget the variables of the cells',
  usage: '%reset -f',
  async run(args, { variables, defineGlobal, write }): Promise<undefined> {
    const names = variables().map(({ name }) => name);
    if (args.trim() !== '-f') {
      throw new UsageError(
        `%reset -f forgets ${names.length} variables, and there is no way back; without -f it does nothing`,
      );
    }
    for (const name of names) defineGlobal(name, undefined);
    write(`forgot ${names.length} variables\n`);
  },
};

export const historyMagic: LineMagic = {
  name: 'history',
  summary: 'print what the cells of this session were; with -n, with their numbers',
  usage: '%history [-n] [FIRST[-LAST]]',
  async run(args, { inputs, write }): Promise<undefined> {
    const [, numbered, first, , last] = /^(-n\b)?\s*(\d+)?(-(\d+))?$/.exec(args.trim()) ?? [];
    if (args.trim() !== '' && numbered === undefined && first === undefined) {
      throw new UsageError(`%history does not know "${args.trim()}". It is used as\n\n${historyMagic.usage}`);
    }
    const from = Number(first ?? 1);
    const to = Number(last ?? first ?? Number.POSITIVE_INFINITY);
    for (const [number, text] of inputs().entries()) {
      if (number < from || number > to || number === 0 || text === undefined) continue;
      write(`${numbered === undefined ? '' : `${number}: `}${text.trimEnd()}\n`);
    }
  },
};

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const made: unknown = Reflect.get(value, 'constructor');
  return typeof made === 'function' && made.name !== '' ? made.name : 'object';
}

function shortText(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 8,
    maxStringLength: VALUE_WIDTH,
  });
  const [line = ''] = text.split('\n');
  return line.length > VALUE_WIDTH ? `${line.slice(0, VALUE_WIDTH - 1)}…` : line;
}
