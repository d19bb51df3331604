import { fileURLToPath } from 'node:url';
import type { CellExecutor } from './cell-executor.ts';
import type { CellRun } from './cell-run.ts';
import { controlSourceUrl } from './control-expressions.ts';
import type { OutputChannel } from './output-channel.ts';
import type { Termination } from './termination.ts';

/**
 * What one attempt came to: nothing runs; the cell is done as interrupted; its code is being terminated; or the thread
 * is in code that must not be torn apart. Then the control thread tries again: at once where the user's code is what
 * called it, and after a moment where the kernel itself is about to finish.
 */
export type InterruptAttempt = 'idle' | 'stopped' | 'terminating' | 'retry' | 'wait';

interface InterruptionOptions {
  readonly executor: CellExecutor;
  readonly channel: OutputChannel;
  readonly termination: Termination;
  /** Parts of the session are being loaded: a termination now would leave Node's loader waiting for ever. */
  readonly isLoading: () => boolean;
}

/** All compiled code of the package: the contract runs in the session, too. */
const compiledFolder = new URL('../..', import.meta.url);
const kernelPrefixes = [compiledFolder.href, fileURLToPath(compiledFolder)];

/** Parts of Node that hold no state which a termination could spoil: formatting, plain computation, blocking calls. */
const harmless =
  /^node:(?:internal\/(?:util|util\/inspect|util\/types|buffer|url|errors|validators|fs\/.*|console\/.*|crypto\/.*)|util|buffer|path|url|fs|querystring|string_decoder|crypto|zlib|child_process)$/u;

/** After this time any place is taken: the cell has to stop, even at the price of a library left half loaded. */
const PATIENCE_MS = 500;

/**
 * Stops what runs on this thread. The control thread calls {@link attempt} through the inspector, which runs it
 * wherever the thread is at that moment: on top of an endless loop's frames, or on an empty stack when the cell waits.
 */
export class Interruption {
  readonly #options: InterruptionOptions;

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  attempt(): InterruptAttempt {
    const { executor, channel, termination, isLoading } = this.#options;
    const run = executor.activeRun;
    const frames = interruptedFrames();
    const place = run !== undefined && isLate(run) ? 'user' : placeOf(frames);
    if (run !== undefined) run.interrupted = true;
    // Nothing is on the stack: the cell waits, or has just been terminated.
    if (frames.length === 0) return executor.interrupted() ? 'stopped' : 'idle';
    if (channel.isFlushing) return 'retry';
    // What is loaded comes from other packages, too, whose frames look like the user's code.
    if (isLoading()) return run === undefined ? 'idle' : 'wait';
    if (place !== 'user') {
      if (run === undefined) return 'idle';
      return place === 'below user' ? 'retry' : 'wait';
    }
    const { stack } = new Error('interrupted');
    if (run !== undefined && stack !== undefined) run.interruptedAt = stack;
    termination.terminate();
    return 'terminating';
  }
}

/** An interrupt that has been tried for too long takes effect at any place. */
function isLate(run: CellRun): boolean {
  run.interruptedSince ??= performance.now();
  return performance.now() - run.interruptedSince > PATIENCE_MS;
}

/** The files of the frames under the control thread's call, top first, '' for built-in functions; none when the event loop made the call. */
function interruptedFrames(): readonly string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let files: readonly string[] = [];
  Error.stackTraceLimit = 60;
  Error.prepareStackTrace = (_error, sites) => {
    files = sites.map((site) => site.getScriptNameOrSourceURL() || (site.getEvalOrigin() ?? ''));
    return '';
  };
  // Reading the stack is what makes V8 call the function above.
  void new Error('interrupted').stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return files.slice(files.indexOf(controlSourceUrl) + 1);
}

/**
 * Whether the user's code is on top, or calls into nothing that could be left half done; or it is what called into
 * something else; or it isn't there at all.
 */
function placeOf(frames: readonly string[]): 'user' | 'below user' | 'elsewhere' {
  let isOnTop = true;
  for (const file of frames) {
    // A built-in function, which has no file; what called it decides.
    if (file === '') continue;
    // Remote calls, which the control thread cancels, are among what the kernel does for the user's code.
    const isKernel = kernelPrefixes.some((prefix) => file.startsWith(prefix));
    if (!isKernel && !file.startsWith('node:')) return isOnTop ? 'user' : 'below user';
    isOnTop &&= !isKernel && harmless.test(file);
  }
  return 'elsewhere';
}
