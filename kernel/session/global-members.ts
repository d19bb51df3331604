// As they are before the user's code can put others in their place.
const { getOwnPropertyDescriptor, getOwnPropertyNames } = Object;

/** Names of the global object that begin so, each with what it is; nothing of the user's runs. */
export function globalMembers(prefix: string): readonly string[] {
  return getOwnPropertyNames(globalThis).flatMap((name) => {
    if (!name.startsWith(prefix)) return [];
    const isFunction = typeof getOwnPropertyDescriptor(globalThis, name)?.value === 'function';
    return [name, isFunction ? 'method' : 'property'];
  });
}
