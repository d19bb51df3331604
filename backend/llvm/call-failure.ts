import { raiseDetail, raiseMessage } from '../contract/raise-kinds.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { type SourceLocation, unpackLocation } from '../contract/source-location.ts';
import type { CallRecordMemory } from './call-record-memory.ts';
import type { CompileOptions } from './compile-options.ts';
import { SIGNALS } from './guard-layout.ts';
import { OUTCOME } from './guard-runtime.ts';

interface FailedFunction {
  readonly symbol: string;
  readonly options: CompileOptions;
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SIGNALS).map(([name, number]) => [number, name]),
);

/** How far from the stack's end an access still counts as one to the stack: more than any red zone or probe step. */
const STACK_REACH = 64 * 1024;

/** The error for a call that did not return: the guard's `outcome`, with the details it left in the record. */
export function callFailure(called: FailedFunction, outcome: number, record: CallRecordMemory): RemoteError {
  const functionName = called.symbol;
  if (outcome === OUTCOME.cancelledBeforeStart || outcome === SIGNALS.SIGUSR2) {
    return new RemoteError('cancelled', `the call of ${functionName} was cancelled`, { functionName });
  }
  if (outcome === OUTCOME.raised) return raised(called, record);
  const signalName = SIGNAL_NAMES.get(outcome) ?? `signal ${outcome}`;
  // si_addr is an address for faults only; for an abort it holds the sender.
  const address = outcome === SIGNALS.SIGABRT ? undefined : record.faultAddress;
  const where = address === undefined ? '' : ` at 0x${address.toString(16)}`;
  const detail =
    outcome === SIGNALS.SIGSEGV && isStackOverflow(record)
      ? `stack overflow in ${functionName} (${signalName}${where}); does its recursion end?`
      : `${signalName} in ${functionName}${where}`;
  return new RemoteError('jit-crash', detail, { functionName, signalName, address });
}

function raised(called: FailedFunction, record: CallRecordMemory): RemoteError {
  const raise = raiseMessage(record.raiseKind, called.options.raises) ?? {
    exception: 'RuntimeError',
    message: `exception of unknown kind ${record.raiseKind}`,
  };
  const place = placeOf(unpackLocation(record.raiseLocation), called.options.files);
  return new RemoteError('jit-raise', raiseDetail(raise), { functionName: called.symbol, ...place });
}

function placeOf({ file, line }: SourceLocation, files: readonly string[]) {
  return line === 0 ? {} : { line, fileName: files[file] };
}

function isStackOverflow(record: CallRecordMemory): boolean {
  const distance = Number(record.faultAddress - record.faultStackPointer);
  return Math.abs(distance) < STACK_REACH;
}
