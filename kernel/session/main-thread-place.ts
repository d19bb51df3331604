/** Where the main thread is when the control thread calls in, in the middle of whatever runs. */
import { fileURLToPath } from 'node:url';
import { controlSourceUrl } from './control-expressions.ts';

/**
 * Nothing is on the stack; or the user's code is on top, or calls into nothing that could be left half done; or it is
 * what called into something else; or it isn't there at all.
 */
export type MainThreadPlace = 'event loop' | 'user' | 'below user' | 'elsewhere';

/** That decide where the thread is. */
const FRAMES = 60;

/** All compiled code of the package: the contract runs in the session, too. */
const compiledFolder = new URL('../..', import.meta.url);
const kernelPrefixes = [compiledFolder.href, fileURLToPath(compiledFolder)];

/** Parts of Node that hold no state which a termination could spoil: formatting, plain computation, blocking calls. */
const harmless =
  /^node:(?:internal\/(?:util|util\/inspect|util\/types|buffer|url|errors|validators|fs\/.*|console\/.*|crypto\/.*)|util|buffer|path|url|fs|querystring|string_decoder|crypto|zlib|child_process)$/u;

export interface InterruptedPlace {
  readonly place: MainThreadPlace;
  /** What `error.stack` would say there; undefined where it is no text. */
  readonly stack: () => string | undefined;
}

export function mainThreadPlace(): InterruptedPlace {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let sites: NodeJS.CallSite[] = [];
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_error, taken) => {
    sites = taken;
    return '';
  };
  const error = new Error('interrupted');
  // Reading the stack is what makes V8 call the function above.
  void error.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return {
    place: placeOf(sites),
    stack: () => stackText(() => prepareStackTrace?.(error, sites.slice(0, stackTraceLimit))),
  };
}

/** The function that makes it may be the user's own, which returns anything, or throws. */
function stackText(make: () => unknown): string | undefined {
  try {
    const text = make();
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** @param sites top first, with those of the control thread's call */
function placeOf(sites: readonly NodeJS.CallSite[]): MainThreadPlace {
  let isCalled = false;
  let isOnTop = true;
  let place: MainThreadPlace = 'event loop';
  for (const site of sites) {
    const file = fileOf(site);
    if (!isCalled) {
      isCalled = file === controlSourceUrl;
      continue;
    }
    place = 'elsewhere';
    // A built-in function, which has no file; what called it decides.
    if (file === '') continue;
    // Remote calls, which the control thread cancels, are among what the kernel does for the user's code.
    const isKernel = kernelPrefixes.some((prefix) => file.startsWith(prefix));
    if (!isKernel && !file.startsWith('node:')) return isOnTop ? 'user' : 'below user';
    isOnTop &&= !isKernel && harmless.test(file);
  }
  return place;
}

function fileOf(site: NodeJS.CallSite): string {
  return site.getScriptNameOrSourceURL() || (site.getEvalOrigin() ?? '');
}
