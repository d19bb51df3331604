/** `name`, or `name.1`, `name.2` … where another variable of the function has it: no source can spell these. */
export function uniqueCoreName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let count = 1;
  while (taken.has(`${name}.${count}`)) count += 1;
  return `${name}.${count}`;
}

/** The name as the user wrote it, for messages. */
export function userName(coreName: string): string {
  return coreName.replace(/\.\d+$/, '');
}
