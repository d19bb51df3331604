// As they are before the user's code can put others in their place.
const { getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
const startsWith: (text: string, prefix: string) => boolean = Function.prototype.call.bind(
  String.prototype.startsWith,
);

/** Names of the global object that begin so, each with what it is; nothing of the user's runs. */
export function globalMembers(prefix: string): readonly string[] {
  // By index: the user may have replaced the iterator of arrays and their methods, too.
  const names = getOwnPropertyNames(globalThis);
  const found: string[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (name === undefined || !startsWith(name, prefix)) continue;
    const isFunction = typeof getOwnPropertyDescriptor(globalThis, name)?.value === 'function';
    found[found.length] = name;
    found[found.length] = isFunction ? 'method' : 'property';
  }
  return found;
}
