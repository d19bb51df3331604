import type { Log, LogFields } from './log.ts';

export interface LogLimit {
  /** So many warnings of one event are written in each period. */
  readonly count: number;
  readonly periodMs: number;
}

const defaultLimit: LogLimit = { count: 100, periodMs: 10_000 };

interface Period {
  readonly beganAt: number;
  written: number;
  suppressed: number;
}

/**
 * A log that says of a flood of warnings only how many there were: whoever can connect can cause them, and must not be
 * able to fill a disk. Records of other levels, which clients can't cause at will, are all written.
 *
 * @param now milliseconds, for tests
 */
export function limitLog(write: Log, limit: LogLimit = defaultLimit, now = () => performance.now()): Log {
  const periods = new Map<string, Period>();
  return (level, event, message, fields?: LogFields) => {
    if (level !== 'warn') {
      write(level, event, message, fields);
      return;
    }
    let period = periods.get(event);
    if (period === undefined || now() - period.beganAt >= limit.periodMs) {
      if (period && period.suppressed > 0) {
        write('warn', event, `${period.suppressed} more warnings of this kind were not written`);
      }
      period = { beganAt: now(), written: 0, suppressed: 0 };
      periods.set(event, period);
    }
    if (period.written < limit.count) {
      period.written += 1;
      write(level, event, message, fields);
    } else {
      period.suppressed += 1;
    }
  };
}
