/** How much of the machine the kernel uses, in the words of psutil, in which `usage_reply` speaks. */
import { readFile } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import type { JsonObject } from './messages.ts';
import { type ProcessUsage, processTreeUsage } from './process-tree-usage.ts';

interface HostTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

export class UsageMeter {
  /** What the processes had used when they were last looked at, by process and the time of its start. */
  #processes: ReadonlyMap<string, number> = new Map();
  #readAtMs = performance.now();
  #host: HostTimes | undefined;

  /**
   * The kernel and all processes under it, the session with the user's code among them; on Linux only, for Node knows
   * of other processes nowhere. Shares of processors are in percent of one, since the last call; the first has none.
   */
  async read(): Promise<JsonObject> {
    const [processes, memory] = await Promise.all([processTreeUsage(process.pid), hostMemory()]);
    return {
      ...(processes.length > 0 && {
        kernel_cpu: this.#processShare(processes),
        kernel_memory: processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      }),
      cpu_count: cpus().length,
      ...this.#hostShare(),
      host_virtual_memory: memory,
    };
  }

  #processShare(processes: readonly ProcessUsage[]): number {
    const before = this.#processes;
    const elapsedMs = performance.now() - this.#readAtMs;
    const isFirst = before.size === 0;
    this.#readAtMs = performance.now();
    this.#processes = new Map(processes.map(({ key, cpuMs }) => [key, cpuMs]));
    if (isFirst || elapsedMs <= 0) return 0;
    const usedMs = processes.reduce((sum, { key, cpuMs }) => sum + cpuMs - (before.get(key) ?? 0), 0);
    return percent(usedMs, elapsedMs);
  }

  #hostShare(): JsonObject {
    const before = this.#host;
    const now = hostTimes();
    this.#host = now;
    if (before === undefined || now.totalMs <= before.totalMs) return {};
    return { host_cpu_percent: percent(now.busyMs - before.busyMs, now.totalMs - before.totalMs) };
  }
}

function hostTimes(): HostTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    busyMs += sum - times.idle;
    totalMs += sum;
  }
  return { busyMs, totalMs };
}

async function hostMemory(): Promise<JsonObject> {
  const linux = await linuxMemory();
  const total = linux.total ?? totalmem();
  const available = linux.available ?? freemem();
  const used = total - available;
  return { free: freemem(), ...linux, total, available, used, percent: percent(used, total) };
}

/** Lines such as `MemTotal:        8041208 kB`. */
async function linuxMemory(): Promise<Readonly<Record<string, number>>> {
  const text = process.platform === 'linux' ? await readFile('/proc/meminfo', 'utf8').catch(() => '') : '';
  const found: Record<string, number> = {};
  for (const [, name = '', kilobytes] of text.matchAll(/^(\w+):\s+(\d+) kB$/gm)) {
    const key = memoryFields.get(name);
    if (key !== undefined) found[key] = Number(kilobytes) * 1024;
  }
  return found;
}

const memoryFields: ReadonlyMap<string, string> = new Map([
  ['MemTotal', 'total'],
  ['MemAvailable', 'available'],
  ['MemFree', 'free'],
  ['Active', 'active'],
  ['Inactive', 'inactive'],
  ['Buffers', 'buffers'],
  ['Cached', 'cached'],
  ['Shmem', 'shared'],
  ['Slab', 'slab'],
]);

/** With one decimal, as psutil rounds. */
function percent(part: number, whole: number): number {
  return Math.round((1000 * part) / whole) / 10;
}
