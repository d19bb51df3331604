import { readdir, readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** A process id may be used again; with the time of the start it says which process it was. */
  readonly key: string;
  /** Time on processors since its start. */
  readonly cpuMs: number;
  /** Its own memory, and its share of what it has in common with others. */
  readonly memoryBytes: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly cpuMs: number;
  readonly startTicks: string;
}

/** Linux counts these in hundredths of a second on every machine that Node runs on. */
const MS_PER_TICK = 10;

/** A process and all that it has started, directly or not; none where the system has no `/proc`. */
export async function processTreeUsage(root: number): Promise<readonly ProcessUsage[]> {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readStat));
  const tree = descendants(
    root,
    stats.filter((stat) => stat !== undefined),
  );
  return Promise.all(
    tree.map(async ({ pid, startTicks, cpuMs }) => {
      return { key: `${pid}/${startTicks}`, cpuMs, memoryBytes: await memoryBytes(pid) };
    }),
  );
}

function descendants(root: number, stats: readonly ProcessStat[]): readonly ProcessStat[] {
  const isRoot = ({ pid }: ProcessStat): boolean => pid === root;
  const children = stats.filter(({ parentPid }) => parentPid === root);
  return [...stats.filter(isRoot), ...children.flatMap(({ pid }) => descendants(pid, stats))];
}

/** `pid (name) state parent …`, proc(5); the name may have spaces and brackets in it. Undefined: it has just ended. */
async function readStat(name: string): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [, parent, , , , , , , , , , user, system] = fields;
  const startTicks = fields[19];
  if (parent === undefined || startTicks === undefined) return undefined;
  const cpuMs = (Number(user) + Number(system)) * MS_PER_TICK;
  return { pid: Number(name), parentPid: Number(parent), cpuMs, startTicks };
}

/** The proportional set size, or where that can't be read, the resident one. */
async function memoryBytes(pid: number): Promise<number> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const kilobytes =
    /^Pss:\s+(\d+) kB$/m.exec(await read('smaps_rollup')) ??
    /^VmRSS:\s+(\d+) kB$/m.exec(await read('status'));
  return Number(kilobytes?.[1] ?? 0) * 1024;
}
