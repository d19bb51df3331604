/** Where the main thread is when the control thread calls in, in the middle of whatever runs. */
import { fileURLToPath } from 'node:url';
import { controlSourceUrl } from './control-expressions.ts';

/**
 * Nothing is on the stack; or the user's code is on top, or calls into nothing that could be left half done; or it is
 * what called into something else; or it isn't there at all.
 */
export type MainThreadPlace = 'event loop' | 'user' | 'below user' | 'elsewhere';

/** All compiled code of the package: the contract runs in the session, too. */
const compiledFolder = new URL('../..', import.meta.url);
const kernelPrefixes = [compiledFolder.href, fileURLToPath(compiledFolder)];

/** Parts of Node that hold no state which a termination could spoil: formatting, plain computation, blocking calls. */
const harmless =
  /^node:(?:internal\/(?:util|util\/inspect|util\/types|buffer|url|errors|validators|fs\/.*|console\/.*|crypto\/.*)|util|buffer|path|url|fs|querystring|string_decoder|crypto|zlib|child_process)$/u;

export function mainThreadPlace(): MainThreadPlace {
  const frames = interruptedFrames();
  return frames.length === 0 ? 'event loop' : placeOf(frames);
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

function placeOf(frames: readonly string[]): MainThreadPlace {
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
