import { Complex } from './complex.ts';
import type { PickleValue } from './pickle-value.ts';
import { RemoteError } from './remote-error.ts';

const PROTOCOL = 4;
/** Python writes no frame around less than this. */
const MIN_FRAME_BYTES = 4;
const MAX_LONG1_BYTES = 255;

/** A class by its name, and an object of one: what RBC's pointers are made of. Written only, never read as such. */
export type PickledObject =
  | { readonly kind: 'global'; readonly module: string; readonly name: string }
  | { readonly kind: 'object'; readonly ofClass: PickledObject; readonly args: readonly WritablePickle[] };

export type WritablePickle = PickleValue | PickledObject | readonly WritablePickle[];

/**
 * Writes a value as Python's own pickler does, protocol 4: ints (bigint), floats (number), bools, None (null), text,
 * bytes, complex, tuples (arrays), lists, and objects made by `class.__new__(class, *args)`.
 *
 * @throws RemoteError `unsupported` for numpy scalars and pointers as they are read, which only travel to the server
 */
export function writePickle(value: WritablePickle): Uint8Array {
  const body = new PickleBody();
  body.value(value);
  const bytes = body.finish();
  if (bytes.length < MIN_FRAME_BYTES) return Uint8Array.from([0x80, PROTOCOL, ...bytes]);
  const result = new Uint8Array(11 + bytes.length);
  result.set([0x80, PROTOCOL, 0x95]);
  new DataView(result.buffer).setBigUint64(3, BigInt(bytes.length), true);
  result.set(bytes, 11);
  return result;
}

class PickleBody {
  readonly #bytes: number[] = [];
  #memoized = 0;
  #complexGlobal: number | undefined;

  finish(): readonly number[] {
    this.#bytes.push(0x2e);
    return this.#bytes;
  }

  value(value: WritablePickle): void {
    if (value === null) this.#bytes.push(0x4e);
    else if (typeof value === 'boolean') this.#bytes.push(value ? 0x88 : 0x89);
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'number') this.#float(value);
    else if (typeof value === 'string') this.#sized(new TextEncoder().encode(value), 0x8c, 0x58);
    else if (value instanceof Uint8Array) this.#sized(value, 0x43, 0x42);
    else if (value instanceof Complex) this.#complex(value);
    else if (isTuple(value)) this.#tuple(value);
    else if (value.kind === 'list') this.#list(value.items);
    else if (value.kind === 'global') this.#global(value.module, value.name);
    else if (value.kind === 'object') this.#object(value.ofClass, value.args);
    else throw new RemoteError('unsupported', `pickle: a ${value.kind} is not written`);
  }

  #integer(value: bigint): void {
    if (value >= 0n && value <= 0xffn) this.#bytes.push(0x4b, Number(value));
    else if (value >= 0n && value <= 0xffffn) this.#bytes.push(0x4d, ...littleEndian(value, 2));
    else if (BigInt.asIntN(32, value) === value) this.#bytes.push(0x4a, ...littleEndian(value, 4));
    else this.#long(value);
  }

  #long(value: bigint): void {
    let byteLength = 1;
    while (BigInt.asIntN(byteLength * 8, value) !== value) byteLength += 1;
    if (byteLength > MAX_LONG1_BYTES)
      throw new RemoteError('unsupported', 'pickle: an integer beyond 2^2039');
    this.#bytes.push(0x8a, byteLength, ...littleEndian(value, byteLength));
  }

  #float(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    this.#bytes.push(0x47, ...new Uint8Array(view.buffer));
  }

  #sized(bytes: Uint8Array, shortOpcode: number, longOpcode: number): void {
    if (bytes.byteLength <= 0xff) this.#bytes.push(shortOpcode, bytes.byteLength);
    else this.#bytes.push(longOpcode, ...littleEndian(BigInt(bytes.byteLength), 4));
    for (const byte of bytes) this.#bytes.push(byte);
    this.#memoize();
  }

  /** The class is written once and recalled from the memo afterwards, as Python does. */
  #complex(value: Complex): void {
    if (this.#complexGlobal === undefined) {
      this.#complexGlobal = this.#global('builtins', 'complex');
    } else {
      this.#bytes.push(0x68, this.#complexGlobal);
    }
    this.#float(value.re);
    this.#float(value.im);
    this.#bytes.push(0x86);
    this.#memoize();
    this.#bytes.push(0x52);
    this.#memoize();
  }

  /** Returns the class's place in the memo. */
  #global(module: string, name: string): number {
    this.value(module);
    this.value(name);
    this.#bytes.push(0x93);
    return this.#memoize();
  }

  #object(ofClass: PickledObject, args: readonly WritablePickle[]): void {
    this.value(ofClass);
    this.value(args);
    this.#bytes.push(0x81);
    this.#memoize();
  }

  #tuple(items: readonly WritablePickle[]): void {
    if (items.length === 0) {
      this.#bytes.push(0x29);
      return;
    }
    if (items.length > 3) this.#bytes.push(0x28);
    for (const item of items) this.value(item);
    this.#bytes.push(items.length > 3 ? 0x74 : 0x84 + items.length);
    this.#memoize();
  }

  #list(items: readonly PickleValue[]): void {
    this.#bytes.push(0x5d);
    this.#memoize();
    if (items.length === 0) return;
    if (items.length > 1) this.#bytes.push(0x28);
    for (const item of items) this.value(item);
    this.#bytes.push(items.length > 1 ? 0x65 : 0x61);
  }

  #memoize(): number {
    this.#bytes.push(0x94);
    this.#memoized += 1;
    return this.#memoized - 1;
  }
}

function isTuple(value: WritablePickle): value is readonly WritablePickle[] {
  return Array.isArray(value);
}

function littleEndian(value: bigint, byteLength: number): number[] {
  const bits = BigInt.asUintN(byteLength * 8, value);
  return Array.from({ length: byteLength }, (_, index) => Number((bits >> BigInt(8 * index)) & 0xffn));
}
