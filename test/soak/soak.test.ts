import { test } from 'uvu';
import * as assert from 'uvu/assert';
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

test.run();
