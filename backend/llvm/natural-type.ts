import { formatType } from '../contract/format-type.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType, Type } from '../contract/types.ts';

/** How pointers are spelled: `double*` up to LLVM 14 and in what rjit sends, `ptr` where LLVM prints since 15. */
export type PointerStyle = 'typed' | 'opaque';

/**
 * The LLVM type that values of `type` have in a compiled function, as LLVM prints it.
 *
 * @throws RemoteError `unsupported` for a type that can't be a parameter or result of a remote function
 */
export function naturalType(type: Type, pointers: PointerStyle = 'typed'): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'bool':
      return `i${Math.max(type.bits, 8)}`;
    case 'int':
    case 'uint':
    case 'char':
      return `i${type.bits}`;
    case 'float':
      return floatingType(type, type.bits);
    case 'complex': {
      const part = floatingType(type, type.bits / 2);
      return `{ ${part}, ${part} }`;
    }
    case 'string':
      return pointerTo('i8', pointers);
    case 'pointer':
      return pointerTo(type.element.kind === 'void' ? 'i8' : naturalType(type.element, pointers), pointers);
    case 'struct':
    case 'tuple':
      return `{ ${type.members.map((member) => naturalType(member, pointers)).join(', ')} }`;
    case 'array':
    case 'function':
    case 'custom':
      throw unsupported(type);
  }
}

/** What a parameter takes in a compiled function: an array its pointer and its lengths, a tuple its members. */
export function naturalParameterTypes(type: Type, pointers: PointerStyle = 'typed'): readonly string[] {
  if (type.kind === 'tuple') return type.members.flatMap((member) => naturalParameterTypes(member, pointers));
  if (type.kind !== 'array') return [naturalType(type, pointers)];
  const lengths = Array.from({ length: type.rank }, () => 'i64');
  return [pointerTo(naturalType(type.element, pointers), pointers), ...lengths];
}

/** `i64 (i64, i64)`, as LLVM prints the type of a function with this signature. */
export function naturalFunctionType(signature: FunctionType, pointers: PointerStyle): string {
  const parameters = signature.parameters.flatMap((parameter) => naturalParameterTypes(parameter, pointers));
  return `${naturalType(signature.result, pointers)} (${parameters.join(', ')})`;
}

function pointerTo(element: string, pointers: PointerStyle): string {
  return pointers === 'typed' ? `${element}*` : 'ptr';
}

function floatingType(type: Type, bits: number): string {
  if (bits === 32) return 'float';
  if (bits === 64) return 'double';
  throw unsupported(type);
}

function unsupported(type: Type): RemoteError {
  return new RemoteError(
    'unsupported',
    `${formatType(type)} can't be a parameter or result of a remote function; use bool, the integers, float32, ` +
      'float64, complex64, complex128, a pointer, a tuple of these, or an array of these as a parameter',
  );
}
