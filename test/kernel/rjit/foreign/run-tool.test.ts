import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestCancel } from '../../../../kernel/rjit/cancel.ts';
import {
  runTool,
  runToolSync,
  type Tool,
  type ToolOutcome,
} from '../../../../kernel/rjit/foreign/run-tool.ts';

const tools = suite('compilers of this machine');

const node = (script: string, more: Partial<Tool> = {}): Tool => ({
  command: process.execPath,
  args: ['-e', script],
  input: '',
  ...more,
});

/** In both ways, which must agree. */
async function run(tool: Tool): Promise<ToolOutcome> {
  const outcome = await runTool(tool);
  assert.equal(runToolSync(tool), outcome);
  return outcome;
}

tools('input, output, complaints and status', async () => {
  const script =
    "process.stdin.on('data', (d) => process.stdout.write(d + process.env.EXTRA)); console.error('é'); process.exitCode = 3";
  assert.equal(await run(node(script, { input: 'sourcé ', environment: { EXTRA: 'more' } })), {
    kind: 'ended',
    status: 3,
    stdout: 'sourcé more',
    stderr: 'é\n',
  });
});

tools('one that never ends is ended', async () => {
  const outcome = await run(node('setInterval(() => {}, 1000)', { timeoutMs: 300 }));
  assert.equal(outcome, { kind: 'failed', reason: `${process.execPath} did not end within 0.3 s` });
});

tools('one whose cell is interrupted is ended', async () => {
  const outcome = runTool(node('setInterval(() => {}, 1000)'));
  requestCancel();
  assert.equal(await outcome, { kind: 'failed', reason: `${process.execPath} was interrupted` });
});

tools('one that is not there', async () => {
  const outcome = await run({ command: 'no-such-tool', args: [], input: '' });
  const reason = "no-such-tool can't be started: there is no such command";
  assert.equal(outcome, { kind: 'failed', reason });
});

tools('one that dies of a signal', async () => {
  const outcome = await run(node("process.kill(process.pid, 'SIGSEGV')"));
  assert.equal(outcome, { kind: 'failed', reason: `${process.execPath} was ended by SIGSEGV` });
});

tools('one that reads nothing of a long input', async () => {
  const outcome = await run(node('process.exit(0)', { input: 'x'.repeat(10_000_000) }));
  assert.equal(outcome, { kind: 'ended', status: 0, stdout: '', stderr: '' });
});

tools('one that writes without end is ended', async () => {
  const script = "const w = () => process.stdout.write('x'.repeat(1 << 20), w); w()";
  assert.equal(await run(node(script)), {
    kind: 'failed',
    reason: `${process.execPath} wrote more than 64 MB`,
  });
});

tools.run();
