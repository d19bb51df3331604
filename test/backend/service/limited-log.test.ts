import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limitLog } from '../../../backend/service/limited-log.ts';

const logs = suite('a log that peers could flood');

logs('writes some warnings of each event a period, and how many more there were', () => {
  const lines: string[] = [];
  let timeMs = 0;
  const log = limitLog(
    (_level, event, message) => lines.push(`${event}: ${message}`),
    { count: 2, periodMs: 1000 },
    () => timeMs,
  );
  for (let index = 0; index < 5; index += 1) log('warn', 'refused', `peer ${index}`);
  log('warn', 'timeout', 'another event');
  timeMs = 999;
  log('warn', 'refused', 'still the same period');
  timeMs = 1000;
  log('warn', 'refused', 'the next one');
  assert.equal(lines, [
    'refused: peer 0',
    'refused: peer 1',
    'timeout: another event',
    'refused: 4 more warnings of this kind were not written',
    'refused: the next one',
  ]);
});

logs('writes everything that is no warning', () => {
  const lines: string[] = [];
  const log = limitLog(
    (_level, _event, message) => lines.push(message),
    { count: 1, periodMs: 1000 },
    () => 0,
  );
  for (const message of ['one', 'two', 'three']) log('info', 'session', message);
  for (const message of ['four', 'five']) log('error', 'accept', message);
  assert.equal(lines, ['one', 'two', 'three', 'four', 'five']);
});

logs.run();
