import { RemoteError } from '../../../backend/contract/remote-error.ts';

/** How a session's worker process ended, as `hello` reports it. */
export interface Death {
  /** A signal's name, or such as `exit code 3`. */
  readonly reason: string;
  /** The function that was running, or empty. */
  readonly functionName: string;
  /** 0 when unknown. */
  readonly address: bigint;
}

/** Signals that machine code brings upon itself; others come from outside. */
const FAULT_SIGNALS = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGSYS']);

/** What a call that was in flight at a worker's death fails with. It is never sent again: it may have had effects. */
export function deathError(death: Death): RemoteError {
  const { reason, functionName, address } = death;
  const details = {
    functionName: functionName === '' ? undefined : functionName,
    signalName: /^SIG[A-Z0-9]+$/.test(reason) ? reason : undefined,
    address: address === 0n ? undefined : address,
  };
  if (FAULT_SIGNALS.has(reason) && functionName !== '') {
    const at = address === 0n ? '' : ` at 0x${address.toString(16)}`;
    return new RemoteError('jit-crash', `${reason} in ${functionName}${at}`, details);
  }
  const during = functionName === '' ? 'during the call' : `while ${functionName} was running`;
  return new RemoteError(
    'worker-died',
    `the server's worker process ended (${reason}) ${during}; its functions are there again, call again`,
    details,
  );
}
