/**
 * Steps that follow each other at once where no promise is between them. In the middle of another cell's code no
 * promise makes progress, so an `await` would wait for the end of that code.
 */
import { types } from 'node:util';

export type MaybePromise<T> = T | Promise<T>;

export function after<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** `onThrown` makes something of what `run` throws, now or later. */
export function otherwise<T, R>(
  run: () => MaybePromise<T>,
  onThrown: (thrown: unknown) => R,
): MaybePromise<T | R> {
  try {
    const value = run();
    return isPromise(value) ? value.catch(onThrown) : value;
  } catch (thrown) {
    return onThrown(thrown);
  }
}

/** `done` is called when `run` has come to its end, whether with a value or by throwing. */
export function lastly<T>(run: () => MaybePromise<T>, done: () => void): MaybePromise<T> {
  const failed = (thrown: unknown): never => {
    done();
    throw thrown;
  };
  const succeeded = (value: T): T => {
    done();
    return value;
  };
  let value: MaybePromise<T>;
  try {
    value = run();
  } catch (thrown) {
    return failed(thrown);
  }
  return isPromise(value) ? value.then(succeeded, failed) : succeeded(value);
}

/** Without asking the value, which may be a revoked proxy. */
function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return types.isPromise(value);
}

/** What awaiting the value would give, by way of a promise only where it has to wait. */
export function awaited(value: unknown): MaybePromise<unknown> {
  return isThenable(value) ? Promise.resolve(value) : value;
}

/** Not what throws when it is asked, as a revoked proxy does: that is a value to show like any other. */
function isThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return typeof Reflect.get(value, 'then') === 'function';
  } catch {
    return false;
  }
}
