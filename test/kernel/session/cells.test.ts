import { runCases } from '../../support/case-runner.ts';
import {
  plainTraceback,
  type RecordedOutput,
  SessionInTest,
  showOutcome,
} from '../../support/session-in-test.ts';

/** Cells of one case stand between lines of `---`; they run in one session. */
runCases('test/kernel/session/cells', async ({ case: { source }, section }) => {
  const session = new SessionInTest({ onInput: async (prompt) => `typed at ${prompt}` });
  try {
    const shown: string[] = [];
    for (const code of source.split(/^---\n/mu)) {
      const outcome = await session.run(code.replace(/\n$/u, ''));
      shown.push(`In[${session.lastCell}]`);
      shown.push(...session.outputs.filter(({ cellId }) => cellId === session.lastCell).map(showOutput));
      if (outcome.status === 'error') {
        shown.push(section.name === 'traceback' ? plainTraceback(outcome) : `✗ ${showOutcome(outcome)}`);
      } else if (outcome.result !== undefined) {
        shown.push(`=> ${showOutcome(outcome)}`);
      }
    }
    return shown.join('\n');
  } finally {
    await session.session.shutdown();
  }
});

function showOutput({ output }: RecordedOutput): string {
  switch (output.kind) {
    case 'stream':
      return `${output.name}: ${JSON.stringify(output.text)}`;
    case 'display':
      return `${output.update ? 'update' : 'display'}: ${JSON.stringify(output.data)}`;
    case 'clear':
      return output.wait ? 'clear, wait' : 'clear';
    case 'comm':
    case 'broadcast':
      return JSON.stringify(output);
    case 'error':
      return `late ✗ ${output.ename}: ${output.evalue}`;
  }
}
