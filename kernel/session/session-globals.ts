/** Makes a variable of the user's session that the user may declare or assign again. */
export function defineSessionGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
