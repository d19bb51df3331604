import { Complex } from './complex.ts';
import { readFloat16, readFloat80 } from './float-formats.ts';
import type { NumpyScalar, PickledPointer, PickleValue } from './pickle-value.ts';
import { RemoteError } from './remote-error.ts';
import type { Type } from './types.ts';
import { type ValueCodec, valueCodec } from './value-codec.ts';

/** A name the pickle asked for. Nothing is imported or called: these are the few whose meaning is known here. */
export type KnownGlobal =
  | { readonly kind: 'global'; readonly name: 'complex' | 'scalar' | 'dtype' | 'PointerData' | 'TypeData' }
  | { readonly kind: 'global'; readonly name: 'ctypes-class'; readonly className: string };

/** A numpy dtype under construction; BUILD gives its byte order. */
export interface Dtype {
  readonly kind: 'dtype';
  readonly type: Type;
  littleEndian: boolean;
}

/** RBC's description of a structure class; only its name is of use here. */
export interface PickledClass {
  readonly kind: 'class';
  readonly name: string;
}

const GLOBALS: ReadonlyMap<string, KnownGlobal> = new Map<string, KnownGlobal>([
  ['builtins complex', { kind: 'global', name: 'complex' }],
  ['__builtin__ complex', { kind: 'global', name: 'complex' }],
  ['numpy.core.multiarray scalar', { kind: 'global', name: 'scalar' }],
  ['numpy._core.multiarray scalar', { kind: 'global', name: 'scalar' }],
  ['numpy dtype', { kind: 'global', name: 'dtype' }],
  ['rbc.thrift.types PointerData', { kind: 'global', name: 'PointerData' }],
  ['rbc.thrift.types TypeData', { kind: 'global', name: 'TypeData' }],
]);

/** @throws RemoteError `unsupported` naming the global */
export function knownGlobal(module: string, name: string): KnownGlobal {
  const known = GLOBALS.get(`${module} ${name}`);
  if (known) return known;
  const isCtypes = module === 'ctypes' || module === '_ctypes';
  if (isCtypes && /^(c_\w+|Structure|Union|POINTER)$/.test(name)) {
    return { kind: 'global', name: 'ctypes-class', className: name };
  }
  throw new RemoteError(
    'unsupported',
    `pickle: the global '${module}.${name}' is refused; only plain numbers, bools, None, text, bytes, complex, ` +
      'tuples, lists, numpy scalars and RBC pointers are read',
  );
}

export function makeComplex(args: readonly unknown[]): Complex {
  const [re, im = 0] = args;
  if (typeof re === 'number' && typeof im === 'number' && args.length <= 2) return new Complex(re, im);
  throw new RemoteError('bad-request', 'pickle: complex() needs one or two floats');
}

/** `dtype('f8', False, True)`: only the code matters; the byte order follows with BUILD. */
export function makeDtype(args: readonly unknown[]): Dtype {
  const code = args[0];
  const type = typeof code === 'string' ? dtypeOf(code) : undefined;
  if (type) return { kind: 'dtype', type, littleEndian: true };
  throw new RemoteError(
    'unsupported',
    `pickle: numpy dtype '${String(code)}' is refused; only plain numbers are read`,
  );
}

function dtypeOf(code: string): Type | undefined {
  if (code === 'b1') return { kind: 'bool', bits: 8 };
  const match = /^([iufc])(1|2|4|8|16)$/.exec(code);
  const bits = Number(match?.[2]) * 8;
  switch (match?.[1]) {
    case 'i':
      return bits <= 64 ? { kind: 'int', bits } : undefined;
    case 'u':
      return bits <= 64 ? { kind: 'uint', bits } : undefined;
    case 'f':
      return bits >= 16 ? { kind: 'float', bits } : undefined;
    case 'c':
      return bits === 64 || bits === 128 ? { kind: 'complex', bits } : undefined;
    default:
      return undefined;
  }
}

/** BUILD's state is `(version, byteOrder, …)`; `|` is for single bytes. */
export function isLittleEndian(state: unknown): boolean {
  const order = Array.isArray(state) ? state[1] : undefined;
  if (order === '<' || order === '|' || order === '=') return true;
  if (order === '>') return false;
  throw new RemoteError('bad-request', `pickle: a numpy dtype of byte order ${String(order)}`);
}

export function makeScalar(args: readonly unknown[]): NumpyScalar {
  const [dtype, bytes] = args;
  if (!isDtype(dtype) || !(bytes instanceof Uint8Array)) {
    throw new RemoteError('bad-request', 'pickle: a numpy scalar needs a dtype and bytes');
  }
  const codec = scalarCodec(dtype.type);
  if (bytes.byteLength !== codec.byteLength) {
    throw new RemoteError('bad-request', `pickle: a numpy scalar of ${bytes.byteLength} bytes`);
  }
  const ordered = dtype.littleEndian ? bytes : swapped(bytes, dtype.type);
  const view = new DataView(ordered.buffer, ordered.byteOffset, ordered.byteLength);
  return { kind: 'numpy-scalar', type: dtype.type, value: codec.read(view, 0) };
}

function scalarCodec(type: Type): Pick<ValueCodec, 'byteLength' | 'read'> {
  if (type.kind === 'float' && type.bits === 16) return { byteLength: 2, read: readFloat16 };
  if (type.kind === 'float' && type.bits === 128) return { byteLength: 16, read: readFloat80 };
  return valueCodec(type);
}

/** A complex number's parts are swapped each for itself. */
function swapped(bytes: Uint8Array, type: Type): Uint8Array {
  if (type.kind !== 'complex') return bytes.slice().reverse();
  const half = bytes.byteLength / 2;
  const result = new Uint8Array(bytes.byteLength);
  result.set(bytes.slice(0, half).reverse(), 0);
  result.set(bytes.slice(half).reverse(), half);
  return result;
}

/** PointerData(address, ctypes class, level, sizeof). */
export function makePointer(args: readonly unknown[]): PickledPointer {
  // A tuple subclass is made of one argument, the tuple.
  const fields = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  const [address, element, level, byteLength] = fields;
  const elementName = nameOfClass(element);
  if (
    fields.length === 4 &&
    (typeof address === 'bigint' || address === null) &&
    elementName !== undefined &&
    typeof level === 'bigint' &&
    typeof byteLength === 'bigint'
  ) {
    return {
      kind: 'pointer',
      // Python's null pointer has the value None.
      address: address ?? 0n,
      elementName,
      level: Number(level),
      elementByteLength: Number(byteLength),
    };
  }
  throw new RemoteError('bad-request', 'pickle: PointerData needs (address, class, level, size)');
}

/** TypeData((ctypes.Structure, name, (('_fields_', …),))). */
export function makeClass(args: readonly unknown[]): PickledClass {
  const definition = args.length === 1 ? args[0] : args;
  const name = Array.isArray(definition) ? definition[1] : undefined;
  if (typeof name === 'string') return { kind: 'class', name };
  throw new RemoteError('bad-request', 'pickle: TypeData needs (class, name, fields)');
}

function nameOfClass(value: unknown): string | undefined {
  if (value === null) return 'void';
  if (!isTagged(value)) return undefined;
  if (value.kind === 'class' && 'name' in value) return String(value.name);
  if (value.kind === 'global' && 'className' in value) return String(value.className);
  return undefined;
}

export function isTagged(value: unknown): value is { readonly kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

export function isDtype(value: unknown): value is Dtype {
  return isTagged(value) && value.kind === 'dtype';
}

/** Whether `value` may leave the reader: a global, a dtype or a class alone is no value. */
export function isPickleValue(value: unknown): value is PickleValue {
  if (value instanceof Complex || value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.every(isPickleValue);
  if (!isTagged(value)) return typeof value !== 'object' || value === null;
  if (value.kind === 'list' && 'items' in value) return isPickleValue(value.items);
  return value.kind === 'numpy-scalar' || value.kind === 'pointer';
}
