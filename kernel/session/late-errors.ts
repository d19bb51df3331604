import { currentRun, KeyboardInterrupt } from './cell-run.ts';
import type { CellSources } from './cell-sources.ts';
import { reportError } from './error-report.ts';
import type { OutputChannel } from './output-channel.ts';

/**
 * Shows errors that nobody awaits or catches with the output of the cell that caused them. Without this, Node would
 * end the session.
 */
export function reportLateErrors(channel: OutputChannel, sources: CellSources): void {
  const report = (thrown: unknown): void => {
    if (thrown instanceof KeyboardInterrupt && currentRun.getStore()?.interrupted) return;
    if (isLostImmediate(thrown)) {
      channel.write(
        'stderr',
        'the session could not go on after an interrupt inside a setImmediate callback\n',
      );
      process.exit(1);
    }
    channel.writeRich({ kind: 'error', ...reportError(thrown, sources) });
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}

/**
 * Node's list of immediates is broken by a termination that `Termination` could not clean up after; every further
 * turn of the event loop would throw this again.
 */
function isLostImmediate(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.message.includes("reading '_idleNext'");
}
