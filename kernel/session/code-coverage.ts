/**
 * How often the code of cells, and of the local files that they import, has run. V8 counts from the first time that a
 * cell is to be measured, and not before: it costs nothing where nobody asks.
 */
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { type CoveragePoints, coveragePoints } from '../language/coverage/coverage-points.ts';
import {
  type CountedRange,
  type SourceCoverage,
  sourceCoverage,
} from '../language/coverage/source-coverage.ts';
import { parseSource } from '../language/parse-source.ts';
import { type PositionMap, positionMap } from '../language/position-map.ts';
import type { CellSources } from './cell-sources.ts';

/** What has run of one source since it was told last. */
export type CoveredSource = SourceCoverage & {
  /** `In[3]`, `In[3]/1` for code that a magic runs for its cell, or the path of a file. */
  readonly source: string;
};

interface MeasuredScript {
  readonly source: string;
  readonly code: string;
  readonly points: CoveragePoints;
  readonly map: PositionMap | undefined;
}

interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly CountedRange[] }[];
}

const CELL = /^In\[\d+\](?:\/\d+)?$/u;
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/u;
/** Ours, which runs in the session, too. */
const compiledFolder = new URL('../..', import.meta.url).href;

export class CodeCoverage {
  readonly #session = new Session();
  readonly #sources: CellSources;
  /** By V8's script id; undefined for those that nobody wants to know of. */
  readonly #scripts = new Map<string, MeasuredScript | undefined>();

  constructor(sources: CellSources) {
    this.#sources = sources;
    this.#session.connect();
    // For the text of scripts. It stays on: when it goes off, V8 forgets all that it counts.
    this.#ask('Debugger.enable');
    this.#ask('Debugger.setSkipAllPauses', { skip: true });
    this.#ask('Profiler.enable');
    this.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Tells only of what has run since it was asked last: V8 begins to count anew. */
  take(): readonly CoveredSource[] {
    const { result } = this.#ask('Profiler.takePreciseCoverage') as { result: readonly ScriptCoverage[] };
    const wanted = newestOf(result.filter(({ url }) => isMeasured(url)));
    return wanted.flatMap(({ scriptId, url, functions }) => {
      const script = this.#script(scriptId, url);
      if (script === undefined) return [];
      const ranges = functions.flatMap((one) => one.ranges);
      const { source, code, points, map } = script;
      return { source, ...sourceCoverage(code, points, ranges, map) };
    });
  }

  #script(scriptId: string, url: string): MeasuredScript | undefined {
    if (!this.#scripts.has(scriptId)) {
      const { scriptSource } = this.#ask('Debugger.getScriptSource', { scriptId }) as {
        scriptSource: string;
      };
      this.#scripts.set(scriptId, this.#measured(url, scriptSource));
    }
    return this.#scripts.get(scriptId);
  }

  #measured(url: string, code: string): MeasuredScript | undefined {
    const parsed = parseSource(code);
    if (!parsed.ok) return undefined;
    const points = coveragePoints(parsed.program);
    if (CELL.test(url)) return { source: url, code, points, map: this.#cellMap(url) };
    return { source: fileURLToPath(withoutVersion(url)), code, points, map: inlineMap(code) };
  }

  #cellMap(fileName: string): PositionMap {
    const shift = this.#sources.lineWithinCell(fileName);
    return (position) => {
      const own = this.#sources.mappedPosition(fileName, position);
      return own && { ...own, line: own.line + shift };
    };
  }

  #ask(method: string, parameters: object = {}): unknown {
    let reply: unknown;
    let failure: Error | null = null;
    this.#session.post(method, parameters, (error: Error | null, result?: object) => {
      [failure, reply] = [error, result];
    });
    if (failure !== null) throw failure;
    return reply;
  }
}

/** A file that was edited has been loaded twice, and a cell's number may have been given twice. */
function newestOf(scripts: readonly ScriptCoverage[]): readonly ScriptCoverage[] {
  const byUrl = new Map<string, ScriptCoverage>();
  for (const script of scripts) {
    const key = withoutVersion(script.url);
    const other = byUrl.get(key);
    if (other === undefined || Number(other.scriptId) < Number(script.scriptId)) byUrl.set(key, script);
  }
  return [...byUrl.values()];
}

function isMeasured(url: string): boolean {
  if (CELL.test(url)) return true;
  return url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(compiledFolder);
}

function withoutVersion(url: string): string {
  return url.replace(/\?v=\d+$/u, '');
}

function inlineMap(code: string): PositionMap | undefined {
  const [, base64] = INLINE_MAP.exec(code) ?? [];
  return base64 === undefined
    ? undefined
    : positionMap(() => JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
}
