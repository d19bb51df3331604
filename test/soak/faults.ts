import type { RemoteErrorCode } from '../../backend/contract/remote-error.ts';
import { addition, division, endless, hoarder, overflow, store } from '../support/ir-functions.ts';

/** What a bad call does, with the error it must end with. */
export interface Fault {
  readonly kind: string;
  readonly functionName: string;
  readonly args: readonly [bigint, bigint];
  readonly code: RemoteErrorCode;
  readonly message: RegExp;
}

const NULL_PAGE = 16n;
const PAGE = 4096n;
const WITHOUT_END = 1_000_000n;

export const faults: readonly Fault[] = [
  {
    kind: 'segfault',
    functionName: 'store',
    args: [NULL_PAGE, 1n],
    code: 'jit-crash',
    message: /SIGSEGV in store/,
  },
  {
    kind: 'division by zero',
    functionName: 'division',
    args: [1n, 0n],
    code: 'jit-crash',
    message: /SIGFPE in division/,
  },
  {
    kind: 'stack overflow',
    functionName: 'overflow',
    args: [0n, 0n],
    code: 'jit-crash',
    message: /stack overflow in overflow/,
  },
  {
    kind: 'endless loop',
    functionName: 'endless',
    args: [1n, 1n],
    code: 'timeout',
    message: /endless ran longer than/,
  },
  {
    kind: 'out of memory',
    functionName: 'hoarder',
    args: [WITHOUT_END, PAGE],
    code: 'worker-died',
    message: /out of memory.*hoarder/,
  },
];

/** The last kind: the client itself is killed in the middle of a call. */
export const clientKill = 'client killed';

export const soakServerOptions = ['--call-timeout-ms', '4000', '--memory-limit-mb', '256'] as const;

/** IR of all functions, under the names above. */
export const soakModule = [addition('add'), store, division, endless, overflow, hoarder]
  .join('\n')
  .replaceAll('_lallA', '');
