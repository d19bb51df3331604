import { formatType } from '../contract/format-type.ts';
import { mangle } from '../contract/mangle.ts';
import type { PickledObject, WritablePickle } from '../contract/pickle-writer.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { StructType, Type } from '../contract/types.ts';

/*
 * RBC's client holds a pointer of the server as ctypes would: it needs the address and the classes to make one of.
 */

const ctypes = (name: string): PickledObject => ({ kind: 'global', module: 'ctypes', name });
const structure: PickledObject = { kind: 'global', module: '_ctypes', name: 'Structure' };
const pointerClass: PickledObject = { kind: 'global', module: '_ctypes', name: 'POINTER' };

const pointerByteLength = 8;

/** RBC's `PointerData(address, class, level, size of the class)` for a pointer result. */
export function pickledPointer(address: bigint, type: Type): WritablePickle {
  let level = 0;
  let element: Type = type;
  while (element.kind === 'pointer') {
    level += 1;
    element = element.element;
  }
  // void* itself is a class of ctypes, c_void_p, so that void** is one level above it.
  const data = [address === 0n ? null : address, ctypesClass(element), BigInt(level), byteLengthOf(element)];
  return rbcObject('PointerData', data);
}

/** One argument, the tuple: both classes of RBC are tuples. */
function rbcObject(name: string, tuple: readonly WritablePickle[]): PickledObject {
  return { kind: 'object', ofClass: { kind: 'global', module: 'rbc.thrift.types', name }, args: [tuple] };
}

function ctypesClass(type: Type): PickledObject {
  if (type.kind === 'struct') return structClass(type);
  if (type.kind === 'pointer') {
    const data = [pointerClass, pointerClassName(type.element), ctypesClass(type.element)];
    return type.element.kind === 'void' ? ctypes('c_void_p') : rbcObject('TypeData', data);
  }
  return ctypes(className(type));
}

function structClass(type: StructType): PickledObject {
  const fields = type.members.map((member, index) => [member.label ?? `f${index}`, ctypesClass(member)]);
  return rbcObject('TypeData', [structure, structName(type), [['_fields_', fields]]]);
}

function structName(type: StructType): string {
  return `rbc_typesystem_struct_${mangle(type)}`;
}

/** What ctypes.POINTER calls the class it makes; RBC's client checks it. */
function pointerClassName(element: Type): string {
  if (element.kind === 'struct') return `LP_${structName(element)}`;
  if (element.kind !== 'pointer') return `LP_${className(element)}`;
  return element.element.kind === 'void' ? 'LP_c_void_p' : `LP_${pointerClassName(element.element)}`;
}

function className(type: Type): string {
  switch (type.kind) {
    case 'void':
      return 'c_void_p';
    case 'bool':
      return 'c_bool';
    case 'int':
    case 'uint':
      return integerClass(type.kind, type.bits);
    case 'float':
      return type.bits === 32 ? 'c_float' : 'c_double';
    case 'char':
      return type.bits === 8 ? 'c_char' : 'c_wchar';
    default:
      throw new RemoteError('unsupported', `a pointer to ${formatType(type)} can't be returned to Python`);
  }
}

/** ctypes' names for the integers of a 64-bit Linux. */
function integerClass(kind: 'int' | 'uint', bits: number): string {
  const names: Readonly<Record<number, string>> =
    kind === 'int'
      ? { 8: 'c_byte', 16: 'c_short', 32: 'c_int', 64: 'c_long' }
      : { 8: 'c_ubyte', 16: 'c_ushort', 32: 'c_uint', 64: 'c_ulong' };
  const name = names[bits];
  if (name) return name;
  throw new RemoteError('unsupported', `a pointer to a ${bits}-bit integer can't be returned to Python`);
}

/** ctypes.sizeof, by which RBC's client checks that both sides mean the same class. */
function byteLengthOf(type: Type): bigint {
  return BigInt(layoutOf(type).byteLength);
}

function layoutOf(type: Type): { byteLength: number; alignment: number } {
  if (type.kind === 'void' || type.kind === 'pointer') {
    return { byteLength: pointerByteLength, alignment: pointerByteLength };
  }
  if (type.kind === 'struct') return structLayout(type);
  const byteLength = 'bits' in type ? Math.max(type.bits, 8) / 8 : pointerByteLength;
  return { byteLength, alignment: byteLength };
}

function structLayout(type: StructType): { byteLength: number; alignment: number } {
  let end = 0;
  let alignment = 1;
  for (const member of type.members.map(layoutOf)) {
    end = Math.ceil(end / member.alignment) * member.alignment + member.byteLength;
    alignment = Math.max(alignment, member.alignment);
  }
  return { byteLength: Math.ceil(end / alignment) * alignment, alignment };
}
