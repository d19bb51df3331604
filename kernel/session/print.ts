import { inspect } from 'node:util';

const builtinToStrings = new Set<unknown>(
  [Object, Function, Array, Error, Date, RegExp, Symbol].map((builtin) => builtin.prototype.toString),
);

/** As Python's `print`: strings as they are, objects with a text of their own by it, the rest as Node shows it. */
export function formatPrinted(values: readonly unknown[]): string {
  return values.map(formatValue).join(' ');
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return hasOwnText(value) ? String(value) : inspect(value);
}

function hasOwnText(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const method: unknown = Reflect.get(value, 'toString');
  return typeof method === 'function' && !builtinToStrings.has(method);
}
