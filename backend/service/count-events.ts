import type { Log } from './log.ts';
import type { Metric } from './metrics.ts';

/** A log that also counts what it is told, for /metrics: what is worth a line is worth a number. */
export class CountingLog {
  readonly log: Log;
  readonly #counts = new Map<string, number>();

  constructor(write: Log) {
    this.log = (level, event, message, fields) => {
      this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
      write(level, event, message, fields);
    };
  }

  metrics(): readonly Metric[] {
    const samples = [...this.#counts].map(([event, value]) => ({ labels: { event }, value }));
    return [{ name: 'rjit_events_total', type: 'counter', help: 'Records in the log, by event.', samples }];
  }
}
