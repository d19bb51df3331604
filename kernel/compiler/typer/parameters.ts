import type { FunctionDefinition } from '../core.ts';

/** Whether the function can be called with so many arguments: parameters at the end may have defaults. */
export function takesArguments({ parameters }: FunctionDefinition, count: number): boolean {
  return count <= parameters.length && parameters.slice(count).every(({ defaultValue }) => defaultValue);
}
