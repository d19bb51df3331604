import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** What Linux tells of other processes, for tests of their lives and deaths. */

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^[ZX]/.test(statFields(pid)[0] ?? 'X');
  } catch {
    return false;
  }
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
}

/** Waits until a process that was idle computes: it is in the call that the test has sent. */
export async function startsWorking(pid: number): Promise<void> {
  const before = cpuTicks(pid);
  await eventually(`process ${pid} is busy`, () => cpuTicks(pid) > before + 3);
}

/** User CPU time in clock ticks: field 14 of /proc/PID/stat. */
function cpuTicks(pid: number): number {
  return Number(statFields(pid)[11]);
}

/** The fields of /proc/PID/stat from the third on, the state; the second, a name, may contain anything. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** How many sockets this process has open. */
export function socketCount(): number {
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link.startsWith('socket:')).length;
}
