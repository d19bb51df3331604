/** Says hello. */
export function hello(name: string): string {
  return `hello ${name}`;
}

export interface Greeting {
  readonly text: string;
}
