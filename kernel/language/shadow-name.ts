/** A joiner, which an identifier may contain and nobody sees. */
const INVISIBLE = '\u200d';

/** The name under which cells hold a variable that is called like a global of the platform; it looks the same. */
export function shadowName(name: string): string {
  return name + INVISIBLE;
}

/** The name as it was written. */
export function withoutShadow(name: string): string {
  return isShadowName(name) ? name.slice(0, -INVISIBLE.length) : name;
}

export function isShadowName(name: string): boolean {
  return name.endsWith(INVISIBLE);
}
