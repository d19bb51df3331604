import { complex, float32, int8, RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { rbcPython, rbcVersion, withRbcServer } from '../../support/rbc-environment.ts';
import type { Findings, Group } from '../group.ts';
import { expectedRefusal, type RbcCase, rbcCases } from './rbc-cases.ts';

const SHOWN_CHARACTERS = 80;

/** The demo's calls, and others, by our client on RBC's own Python server and on ours: the results must be the same. */
export const rbcServerGroup: Group = {
  name: 'rbc-server',
  async run({ progress }) {
    const python = rbcPython();
    if (python === undefined) throw new Error('RBC is not there; run npm run conformance -- --install');
    progress("our client on RBC's server, and on ours");
    const ours = new RemoteJIT({ host: '127.0.0.1', port: 0 });
    const outcomes: Outcome[] = [];
    try {
      await ours.startServer();
      await withRbcServer(python, async (port) => {
        const theirs = new RemoteJIT({ url: `rbc://127.0.0.1:${port}` });
        try {
          for (const one of rbcCases) outcomes.push(await compare(one, ours, theirs));
        } finally {
          await theirs.close();
        }
      });
    } finally {
      await ours.close();
    }
    return findingsOf(outcomes, rbcVersion(python));
  },
};

interface Outcome {
  readonly title: string;
  readonly ours: string;
  readonly theirs: string;
  readonly isExpected: boolean;
}

async function compare(one: RbcCase, ours: RemoteJIT, theirs: RemoteJIT): Promise<Outcome> {
  const here = await outcomeOf(one, ours);
  const there = await outcomeOf(one, theirs);
  const isExpected = one.isRefused === true ? expectedRefusal.test(there) : here === there;
  return { title: one.title, ours: here, theirs: there, isExpected };
}

async function outcomeOf({ source, signatures, call }: RbcCase, jit: RemoteJIT): Promise<string> {
  try {
    const defined = (await jit.define({ source, fileName: 'case', signatures })).at(-1);
    if (defined === undefined) return 'nothing was defined';
    const values = call(defined, { complex, int8, float32 });
    return String(await values);
  } catch (error) {
    if (error instanceof RemoteError) return error.message;
    throw error;
  }
}

function findingsOf(outcomes: readonly Outcome[], version: string): Findings {
  const same = outcomes.filter(({ isExpected }) => isExpected).length;
  const rows = outcomes.map(({ title, theirs }) => `| ${title} | ${firstLine(theirs)} |`);
  const markdown = [
    "## Our client on RBC's own server",
    `\`npm run conformance -- rbc-server\`, ${version}: ${same} of ${outcomes.length} cases give the same on RBC's ` +
      'Python server as on ours, or are refused before they can do harm there.',
    ['| case | on RBC’s server |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
  const unexplained = outcomes
    .filter(({ isExpected }) => !isExpected)
    .map(({ title, ours, theirs }) => `${title}: ${theirs} on RBC's server, ${ours} on ours`);
  return { markdown: `${markdown}\n`, details: outcomes, unexplained };
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  const short = line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
  return short.replaceAll('|', '\\|');
}
