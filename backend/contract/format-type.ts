import type { FunctionType, Type } from './types.ts';

/**
 * The text RBC prints for a type: `int64(int64, int64)`, `double*` as `float64*`, an empty parameter list as `(void)`.
 * `parseType` reads it back.
 */
export function formatType(type: Type): string {
  if (type.kind === 'function') return formatFunction(type);
  const suffix = type.label === undefined ? '' : ` ${type.label}`;
  return formatUnlabelled(type) + suffix;
}

/** The parameters alone: `int64, int64`. */
export function formatParameters(types: readonly Type[]): string {
  return types.map(formatType).join(', ');
}

function formatFunction(type: FunctionType): string {
  const parameters = type.parameters.length === 0 ? 'void' : formatParameters(type.parameters);
  const label = type.label === undefined ? '' : ` ${type.label}`;
  // A named result would read as the function's own name.
  const result = formatUnlabelled(type.result);
  return `${result}${label}(${parameters})`;
}

/** The text without the type's own name; the names of its parts stay. */
export function formatUnlabelled(type: Type): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'bool':
      return type.bits === 1 ? 'bool' : `bool${type.bits}`;
    case 'int':
    case 'uint':
    case 'float':
    case 'complex':
    case 'char':
      return `${type.kind}${type.bits}`;
    case 'string':
      return 'string';
    case 'pointer':
      return `${formatType(type.element)}*`;
    case 'array':
      return `${formatType(type.element)}[${','.repeat(type.rank - 1)}]`;
    case 'tuple':
      return `(${formatParameters(type.members)})`;
    case 'struct':
      return `{${formatParameters(type.members)}}`;
    case 'function':
      return formatFunction(type);
    case 'custom':
      return type.parameters.length === 0 ? type.name : `${type.name}<${formatParameters(type.parameters)}>`;
  }
}
