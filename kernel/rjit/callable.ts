type AnyFunction = (...args: never[]) => unknown;

/**
 * A base class whose instances are functions: `new Subclass(…)` returns the function that the subclass passes to
 * `super`, with the subclass's members on it.
 */
export function callableBase<Call extends AnyFunction>(): new (call: Call) => Call {
  // The instance is the function itself: its class only lends it a prototype.
  function Callable(call: Call): Call {
    Object.setPrototypeOf(call, new.target.prototype);
    return call;
  }
  Object.setPrototypeOf(Callable.prototype, Function.prototype);
  return Callable as never;
}
