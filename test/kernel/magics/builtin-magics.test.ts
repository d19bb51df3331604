import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinMagics } from '../../../kernel/magics/builtin-magics.ts';
import type { CellMagicContext } from '../../../kernel/magics/context.ts';
import { lineMagicFunction, parseCell } from '../../../kernel/magics/parse-cell.ts';
import { MagicRegistry } from '../../../kernel/magics/registry.ts';
import type { Definition } from '../../../kernel/rjit/remote-jit.ts';
import { runCases } from '../../support/case-runner.ts';
import { unusedContext } from '../../support/magic-context.ts';

/** What a cell did to the session and to RemoteJIT. */
class Recorder {
  readonly calls: string[] = [];
  readonly variables: string[] = [];
  output = '';
  error = '';

  context(cell: string, argumentsOffset = 0, bodyLine = 1): CellMagicContext {
    const record = async (name: string, ...args: unknown[]) => {
      this.calls.push(`${name} ${args.map((arg) => JSON.stringify(arg)).join(' ')}`.trimEnd());
    };
    return {
      ...unusedContext,
      jit: {
        define: async (definition) => {
          await record('define', readable(definition));
          // Every function of the source, as RemoteJIT would.
          const names = definition.source.matchAll(/^(?:def|function) (\w+)/gm);
          return [...names].map(([, name = '']) => ({ name }));
        },
        startServer: (options) => record('startServer', options),
        stopServer: () => record('stopServer'),
        connect: (server) => record('connect', server),
        status: async () => {
          await record('status');
          return {
            address: { host: 'localhost', port: 7890 },
            target: {
              triple: 'x86_64-unknown-linux-gnu',
              dataLayout: '',
              cpu: 'znver4',
              features: '',
              llvmMajor: 19,
              serverVersion: '0.1.0',
            },
            sessions: 2,
            workers: 3,
            uptimeMs: 61_400,
            supervisorPid: 4711,
            workerPids: {},
          };
        },
      },
      defineGlobal: (name, value) => this.variables.push(`${name} = ${JSON.stringify(value)}`),
      write: (text) => {
        this.output += text;
      },
      typeChecks: async (mode) => {
        await record('typeChecks', ...(mode === undefined ? [] : [mode]));
        return mode ?? 'warn';
      },
      fileName: 'In[1]',
      cell,
      argumentsOffset,
      bodyLine,
    };
  }
}

/** The header's blanks left out, and signatures as the cell has them at the places they are said to be. */
function readable({ source, shown = '', signatures, ...rest }: Definition): unknown {
  assert.is(source.length, shown.length);
  const texts = signatures.map((given) =>
    typeof given === 'string' ? given : shown.slice(given.span.start, given.span.end),
  );
  const { fileName, ...options } = rest;
  return { source: source.replace(/^ +$/gm, ''), fileName, signatures: texts, ...options };
}

async function runCell(cell: string): Promise<Recorder> {
  const recorder = new Recorder();
  const registry = builtinMagics();
  const parsed = parseCell(cell, registry);
  try {
    if (parsed.kind === 'magic-error') throw parsed.error;
    if (parsed.kind === 'cell-magic') {
      const context = recorder.context(cell, parsed.argumentsOffset, parsed.bodyLine);
      await registry.runCellMagic(parsed.name, parsed.arguments, parsed.body, context);
    } else {
      const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
      const run = (name: string, args: string) => registry.runLineMagic(name, args, recorder.context(cell));
      await AsyncFunction(lineMagicFunction, parsed.source)(run);
    }
  } catch (error) {
    assert.instance(error, Error);
    const { name, message } = error as Error;
    recorder.error = `${name}: ${message}`;
  }
  return recorder;
}

runCases('test/kernel/magics/cases/run', async ({ case: { source }, section }) => {
  const recorder = await runCell(source);
  switch (section.name) {
    case 'calls':
      return recorder.calls.join('\n');
    case 'variables':
      return recorder.variables.join('\n');
    case 'output':
      return recorder.output;
    case 'error':
      return recorder.error;
    default:
      throw new Error(`a case has no section '${section.name}'; expected calls, variables, output or error`);
  }
});

const registry = suite('magic registry');

registry('a magic of the user is run with the rest of its line', async () => {
  const magics = new MagicRegistry();
  magics.addLineMagic({
    name: 'shout',
    summary: 'say it loud',
    usage: '%shout TEXT',
    run: async (args) => args.toUpperCase(),
  });
  assert.is(await magics.runLineMagic('shout', 'hello there', new Recorder().context('')), 'HELLO THERE');
});

registry('a magic that is added again replaces the first', async () => {
  const magics = new MagicRegistry();
  for (const summary of ['first', 'second']) {
    magics.addCellMagic({ name: 'x', summary, usage: '', run: async () => summary });
  }
  assert.is(await magics.runCellMagic('x', '', '', new Recorder().context('')), 'second');
  assert.is(magics.cellMagics.length, 1);
});

registry.run();
