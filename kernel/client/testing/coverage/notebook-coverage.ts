/**
 * Asks our kernel to measure what runs, and gathers what it tells. Both travel in the metadata of the requests and
 * replies that run cells: so it works over each way to a kernel, outlasts the end of a session, and a kernel that
 * isn't ours takes no notice.
 */
import { isJsonObject, type JsonObject } from '../../../jupyter/messages.ts';
import type { ExecuteReply } from '../../kernel-connection.ts';
import { addCounts, type CodeCounts, type CodeCoverage, coverageOf, parseCoverage } from './code-coverage.ts';

export interface NotebookCoverage {
  /** By the place of the cell among all cells of the notebook, from 0. */
  readonly cells: ReadonlyMap<number, CodeCoverage>;
  /** Of what the cells import, by the path where the kernel runs. */
  readonly files: ReadonlyMap<string, CodeCounts>;
}

/** In the metadata of a request to run a cell. */
export const MEASURE: JsonObject = { rjit: { coverage: true } };

export class CoverageCollector {
  readonly #sources = new Map<string, CodeCounts>();
  readonly #cellOf = new Map<number, number>();
  #isMeasured = false;

  /** @param cell The place of the cell that was run; undefined for one that is not in the notebook. */
  add(cell: number | undefined, { executionCount, metadata }: ExecuteReply): void {
    if (cell !== undefined && executionCount !== undefined) this.#cellOf.set(executionCount, cell);
    const coverage = isJsonObject(metadata.rjit) ? metadata.rjit.coverage : undefined;
    this.#isMeasured ||= coverage !== undefined;
    for (const { source, ...counts } of parseCoverage(coverage)) {
      this.#sources.set(source, addCounts(this.#sources.get(source), counts));
    }
  }

  /** `unavailable`: the kernel measures nothing. */
  get result(): NotebookCoverage | 'unavailable' {
    if (!this.#isMeasured) return 'unavailable';
    const parts = new Map<number, CodeCounts[]>();
    const files = new Map<string, CodeCounts>();
    for (const [source, coverage] of this.#sources) {
      const [, count] = /^In\[(\d+)\]/.exec(source) ?? [];
      const cell = this.#cellOf.get(Number(count));
      if (count === undefined) files.set(source, coverage);
      else if (cell !== undefined) parts.set(cell, [...(parts.get(cell) ?? []), coverage]);
    }
    return { cells: new Map([...parts].map(([cell, each]) => [cell, coverageOf(...each)])), files };
  }
}
