import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processTreeUsage } from '../../../kernel/jupyter/process-tree-usage.ts';
import { onKernel } from '../../support/kernel-in-test.ts';

const test = suite('usage_request');

onKernel(test, 'says what the kernel and its machine use, in the words of psutil', async (frontEnd) => {
  const first = await frontEnd.ask('control', 'usage_request');
  assert.is(first.hostname, hostname());
  assert.is(first.pid, process.pid);
  assert.ok(Number(first.cpu_count) >= 1);
  const { host_virtual_memory: memory } = first;
  assert.ok(typeof memory === 'object' && memory !== null);
  const { total, available, used, free, percent } = Object.fromEntries(Object.entries(memory));
  assert.is(used, total - available);
  assert.ok(available > 0 && free > 0 && total > available);
  assert.is(percent, Math.round((1000 * used) / total) / 10);
  // Shares need two looks.
  assert.is(first.host_cpu_percent, undefined);
  const second = await frontEnd.ask('control', 'usage_request');
  for (const share of [second.host_cpu_percent ?? 0, second.kernel_cpu ?? 0]) assert.ok(Number(share) >= 0);
});

test('counts memory and time of a process and of all under it', async () => {
  if (process.platform !== 'linux') {
    assert.equal(await processTreeUsage(process.pid), []);
    return;
  }
  const work = 'const kept = Buffer.alloc(64e6, 1); process.stdout.write("x"); setInterval(() => kept, 1000)';
  const before = await processTreeUsage(process.pid);
  const child = spawn(process.execPath, ['-e', work], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const now = await processTreeUsage(process.pid);
    const found = now.find(({ key }) => key.startsWith(`${child.pid}/`));
    assert.ok(found !== undefined && found.memoryBytes > 64e6, JSON.stringify(found));
    assert.ok(found.cpuMs > 0);
    assert.is(now[0]?.key, before[0]?.key);
    assert.ok(Number(now[0]?.cpuMs) >= Number(before[0]?.cpuMs));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

test.run();
