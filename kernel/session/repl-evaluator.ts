import { Session } from 'node:inspector';
import { promiseHooks } from 'node:v8';
import { promiseOutcome } from './node-internals.ts';
import { defineSessionGlobal } from './session-globals.ts';

export type Evaluation =
  /** V8 refused the source; line and column are 1-based. */
  | {
      readonly kind: 'syntax-error';
      readonly message: string;
      readonly line: number;
      readonly column: number;
    }
  /** An interrupt ended the source before its first `await`. */
  | { readonly kind: 'terminated' }
  /** Never settles when an interrupt ends the source later. */
  | {
      readonly kind: 'started';
      readonly completion: Promise<Completion>;
      readonly promise: Promise<unknown>;
    };

/** In an object, so that awaiting it doesn't await a promise that the script ends in. */
export interface Completion {
  readonly value: unknown;
}

interface ReplResult {
  readonly '.repl_result': unknown;
}

const OBJECT_GROUP = 'cell';
const parameters = { replMode: true, awaitPromise: true, silent: true, objectGroup: OBJECT_GROUP };

/**
 * Runs scripts as DevTools' console does: `let`, `const` and `class` may be declared again, `await` may stand at the
 * top level, and the completion value comes back. The one place of the session that evaluates through the inspector.
 */
export class ReplEvaluator {
  readonly #session = new Session();
  /**
   * The inspector holds the promise of a running script weakly, and V8 crashes when it is collected before it has
   * settled. A script that an interrupt has ended never settles.
   */
  readonly #pending = new Set<Promise<ReplResult>>();
  #isReleasing = false;

  constructor() {
    this.#session.connect();
  }

  /** Starts the script and returns at its first `await`, its end, or where its time has run out. */
  evaluate(code: string, sourceName: string, timeoutMs?: number): Evaluation {
    const expression = `${code}\n//# sourceURL=${sourceName}`;
    let promise: Promise<ReplResult> | undefined;
    // The first promise that the evaluation makes is the one of the script itself.
    const stop = promiseHooks.onInit((created) => {
      promise ??= created as Promise<ReplResult>;
      stop();
    });
    let failure: Error | null | undefined;
    let details: ExceptionDetails | undefined;
    try {
      this.#session.post(
        'Runtime.evaluate',
        { expression, ...parameters, ...(timeoutMs !== undefined && { timeout: timeoutMs }) },
        (error: Error | null, reply?: EvaluateReply) => {
          failure = error;
          details = reply?.exceptionDetails;
          if (holdsObject(reply)) this.#releaseSoon();
        },
      );
    } finally {
      stop();
    }
    if (failure) return { kind: 'terminated' };
    if (promise === undefined) return syntaxError(details);
    return { kind: 'started', completion: this.#completion(promise), promise };
  }

  /**
   * What the script of an evaluation has come to by now; undefined while it waits.
   * @throws what it has thrown
   */
  reached({ completion, promise }: Evaluation & { kind: 'started' }): Completion | undefined {
    const outcome = promiseOutcome(this.#session, promise);
    if (outcome === undefined) return undefined;
    // Nobody is going to wait for it.
    completion.catch(() => undefined);
    if (outcome.state === 'rejected') throw outcome.value;
    return { value: isReplResult(outcome.value) ? outcome.value['.repl_result'] : undefined };
  }

  /** Calls a function and ends it when its time has run out; false then. It must not throw. */
  call(run: () => void, timeoutMs: number): boolean {
    const slot = '__rjitCall';
    defineSessionGlobal(slot, run);
    let hasEnded = false;
    const parameters = { expression: `${slot}()`, silent: true, returnByValue: true, timeout: timeoutMs };
    this.#session.post('Runtime.evaluate', parameters, (error: Error | null) => {
      hasEnded = error === null;
    });
    Reflect.deleteProperty(globalThis, slot);
    return hasEnded;
  }

  #completion(promise: Promise<ReplResult>): Promise<Completion> {
    this.#pending.add(promise);
    return promise.then(
      ({ '.repl_result': value }) => {
        this.#pending.delete(promise);
        return { value };
      },
      (reason: unknown) => {
        this.#pending.delete(promise);
        throw reason;
      },
    );
  }

  /** The inspector keeps every object for its client, who is never going to ask. The cell's reply goes first. */
  #releaseSoon(): void {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    setImmediate(() => {
      this.#isReleasing = false;
      this.#session.post('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
    });
  }
}

function isReplResult(value: unknown): value is ReplResult {
  return typeof value === 'object' && value !== null && '.repl_result' in value;
}

interface EvaluateReply {
  readonly result?: RemoteObject;
  readonly exceptionDetails?: ExceptionDetails;
}

interface RemoteObject {
  /** Only of what isn't a primitive value. */
  readonly objectId?: string;
  readonly description?: string | undefined;
}

interface ExceptionDetails {
  readonly text: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
  readonly exception?: RemoteObject | undefined;
}

function holdsObject(reply: EvaluateReply | undefined): boolean {
  return (reply?.result?.objectId ?? reply?.exceptionDetails?.exception?.objectId) !== undefined;
}

function syntaxError(details: ExceptionDetails | undefined): Evaluation {
  const description = details?.exception?.description ?? details?.text ?? 'the cell could not be compiled';
  const message = description.split('\n')[0]?.replace(/^SyntaxError: /u, '') ?? description;
  return {
    kind: 'syntax-error',
    message,
    line: (details?.lineNumber ?? 0) + 1,
    column: (details?.columnNumber ?? 0) + 1,
  };
}
