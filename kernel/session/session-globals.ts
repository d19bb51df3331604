/** Makes a variable of the user's session that the user may declare or assign again. */
export function defineSessionGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** As {@link defineSessionGlobal}, also where a `var` or a function of a cell holds the name already. */
export function assignSessionGlobal(name: string, value: unknown): void {
  const existing = Object.getOwnPropertyDescriptor(globalThis, name);
  if (existing?.configurable === false) Reflect.set(globalThis, name, value);
  else defineSessionGlobal(name, value);
}
