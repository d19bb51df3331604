import { raiseDetail, raiseMessage } from '../contract/raise-kinds.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { labelledFile, type SourceLocation, unpackLocation } from '../contract/source-location.ts';
import type { CallRecordMemory } from './call-record-memory.ts';
import type { CompileOptions } from './compile-options.ts';
import { SIGNALS, STACK_REACH } from './guard-layout.ts';
import { OUTCOME } from './guard-runtime.ts';
import type { LinePlace } from './line-table.ts';

interface FailedFunction {
  readonly symbol: string;
  readonly options: CompileOptions;
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SIGNALS).map(([name, number]) => [number, name]),
);

/** The error for a call that did not return: the guard's `outcome`, with the details it left in the record. */
export function callFailure(
  called: FailedFunction,
  outcome: number,
  record: CallRecordMemory,
  lineOf: (instruction: bigint) => LinePlace | undefined,
): RemoteError {
  const functionName = called.symbol;
  if (outcome === OUTCOME.cancelledBeforeStart || outcome === SIGNALS.SIGUSR2) {
    return new RemoteError('cancelled', `the call of ${functionName} was cancelled`, { functionName });
  }
  if (outcome === OUTCOME.raised) return raised(called, record);
  const signalName = SIGNAL_NAMES.get(outcome) ?? `signal ${outcome}`;
  // si_addr is an address for faults only; for an abort it holds the sender.
  const address = outcome === SIGNALS.SIGABRT ? undefined : record.faultAddress;
  const where = address === undefined ? '' : ` at 0x${address.toString(16)}`;
  // Within memcpy and its like, the line is that of the call, which ends where the return address points.
  const found = lineOf(record.faultInstruction) ?? lineOf(record.faultReturn - 1n);
  const place = faultPlace(found, called.options.files);
  const line = place === undefined ? '' : ` (${place.fileName}, line ${place.line})`;
  const detail =
    outcome === SIGNALS.SIGSEGV && isStackOverflow(record)
      ? `stack overflow in ${functionName} (${signalName}${where})${line}; does its recursion end?`
      : `${signalName} in ${functionName}${where}${line}`;
  return new RemoteError('jit-crash', detail, { functionName, signalName, address, ...place });
}

function raised(called: FailedFunction, record: CallRecordMemory): RemoteError {
  const raise = raiseMessage(record.raiseKind, called.options.raises) ?? {
    exception: 'RuntimeError',
    message: `exception of unknown kind ${record.raiseKind}`,
  };
  const place = placeOf(unpackLocation(record.raiseLocation), called.options.files);
  return new RemoteError('jit-raise', raiseDetail(raise), { functionName: called.symbol, ...place });
}

function faultPlace(found: LinePlace | undefined, files: readonly string[]) {
  const fileName = found && labelledFile(found.file, files);
  return fileName === undefined ? undefined : { line: found?.line, fileName };
}

function placeOf({ file, line }: SourceLocation, files: readonly string[]) {
  return line === 0 ? {} : { line, fileName: files[file] };
}

function isStackOverflow(record: CallRecordMemory): boolean {
  const distance = Number(record.faultAddress - record.faultStackPointer);
  return Math.abs(distance) < STACK_REACH;
}
