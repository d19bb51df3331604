import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runKernelSoak } from './run-kernel-soak.ts';
import { runSoak } from './run-soak.ts';

test('a hundred calls, some of them fatal, of three clients end as they should and leave nothing', async () => {
  const { good, bad, problems } = await runSoak({
    calls: 160,
    clients: 3,
    seed: 2,
    progress: () => undefined,
  });
  assert.equal(problems, []);
  const badCount = [...bad.values()].reduce((sum, count) => sum + count, 0);
  assert.is(good + badCount, 160);
  assert.ok(badCount > 0, [...bad.keys()].join());
});

test('three hundred cells of one session, with heartbeats and clients that go, end as they should; nothing grows', async () => {
  const { cellsByKind, problems } = await runKernelSoak({ cells: 300, seed: 3, progress: () => undefined });
  assert.equal(problems, []);
  assert.ok(cellsByKind.size > 10, [...cellsByKind.keys()].join());
});

test.run();
