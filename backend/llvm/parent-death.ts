import koffi from 'koffi';
import { loadNativeLibrary } from './native-library.ts';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Has the kernel kill this process when its parent dies, however that happens. A process that is busy in machine code
 * can't notice a closed pipe; this works all the same.
 *
 * @param parentPid who the parent was when this process was started
 * @returns false when the parent is gone already
 */
export function dieWithParent(parentPid: number): boolean {
  const libc = loadNativeLibrary('libc.so.6');
  const prctl = libc.func('prctl', 'int', ['int', 'ulong', 'ulong', 'ulong', 'ulong']) as (
    option: number,
    ...values: [number, number, number, number]
  ) => number;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) !== 0) {
    throw new Error(`prctl(PR_SET_PDEATHSIG) failed with errno ${koffi.errno()}`);
  }
  // A parent that died before the call above sends no signal.
  return process.ppid === parentPid;
}
