/**
 * How values of our types look in LLVM IR.
 *
 * Inside a function a value is a list of leaves, each an SSA value: a complex number two, an array its pointer and
 * its lengths, a tuple those of its members. At the boundary of a function it has its natural LLVM type (RBC's).
 */
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import { partType } from '../types/value-types.ts';

/** The SSA types a value of `type` consists of. */
export function leafTypes(type: Type): readonly string[] {
  switch (type.kind) {
    case 'void':
      return [];
    case 'bool':
      return ['i1'];
    case 'int':
    case 'uint':
      return [`i${type.bits}`];
    case 'float':
      return [floatName(type.bits)];
    case 'complex': {
      const part = floatName(partType(type).bits);
      return [part, part];
    }
    case 'pointer':
      return [`${memoryType(type.element)}*`];
    case 'array':
      return [`${memoryType(type.element)}*`, ...Array.from({ length: type.rank }, () => 'i64')];
    case 'tuple':
    case 'struct':
      return type.members.flatMap((member) => leafTypes(member));
    default:
      throw new Error(`no value has type ${type.kind}`);
  }
}

/** Readable names for the leaves of a variable. */
export function leafNames(type: Type, name: string): readonly string[] {
  switch (type.kind) {
    case 'complex':
      return [`${name}.re`, `${name}.im`];
    case 'array':
      return [name, ...Array.from({ length: type.rank }, (_, axis) => `${name}.length${axis || ''}`)];
    case 'tuple':
    case 'struct':
      return type.members.flatMap((member, index) => leafNames(member, `${name}.${index}`));
    default:
      return [name];
  }
}

export function floatName(bits: number): string {
  return bits === 32 ? 'float' : 'double';
}

/** The type of one such value in memory that others see, and of a result or a scalar argument. */
export function memoryType(type: Type): string {
  switch (type.kind) {
    case 'void':
    case 'bool':
      return 'i8';
    case 'complex':
    case 'tuple':
    case 'struct':
      return `{ ${memberTypes(type).join(', ')} }`;
    case 'array':
      throw new Error('an array has no single type in memory');
    default:
      return leafTypes(type)[0] ?? 'i8';
  }
}

function memberTypes(type: Type): readonly string[] {
  if (type.kind === 'tuple' || type.kind === 'struct') return type.members.map(memoryType);
  return leafTypes(type);
}

export function resultType(type: Type): string {
  return type.kind === 'void' ? 'void' : memoryType(type);
}

/** An array argument is its pointer, then its lengths; a struct or tuple its members. */
export function parameterTypes(type: Type): readonly string[] {
  if (type.kind === 'array') return leafTypes(type);
  if (type.kind === 'tuple' || type.kind === 'struct') return type.members.flatMap(parameterTypes);
  return [memoryType(type)];
}

/** `double (i64, i64)`, without a name: what a declaration of the function needs. */
export function functionTypes(signature: FunctionType): {
  readonly result: string;
  readonly parameters: readonly string[];
} {
  return {
    result: resultType(signature.result),
    parameters: signature.parameters.flatMap(parameterTypes),
  };
}
