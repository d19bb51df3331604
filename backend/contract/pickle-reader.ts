import { PickleBytes } from './pickle-bytes.ts';
import {
  isDtype,
  isLittleEndian,
  isPickleValue,
  isTagged,
  type KnownGlobal,
  knownGlobal,
  makeClass,
  makeComplex,
  makeDtype,
  makePointer,
  makeScalar,
} from './pickle-globals.ts';
import type { PickleValue } from './pickle-value.ts';
import { RemoteError } from './remote-error.ts';

const MARK = Symbol('mark');

/** A tuple or list costs its own items and its items' items, so that shared references can't multiply. */
const MAX_ITEMS = 100_000;
const MAX_DEPTH = 16;
const HIGHEST_PROTOCOL = 5;

/**
 * Reads a pickle as plain data. It imports nothing and calls nothing: an opcode or a global that isn't known here ends
 * the reading.
 *
 * @throws RemoteError `unsupported` naming the refused opcode or global, `bad-request` for a broken pickle
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  return new PickleMachine(bytes).run();
}

interface Extent {
  readonly depth: number;
  readonly items: number;
}

class PickleMachine {
  readonly #in: PickleBytes;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #extents = new WeakMap<object, Extent>();
  readonly #contained = new WeakSet<object>();

  constructor(bytes: Uint8Array) {
    this.#in = new PickleBytes(bytes);
  }

  run(): PickleValue {
    for (;;) {
      const at = this.#in.position;
      const opcode = this.#in.uint8();
      if (opcode === 0x2e) return this.#finish();
      const known =
        this.#plain(opcode) ||
        this.#sized(opcode) ||
        this.#container(opcode) ||
        this.#memory(opcode) ||
        this.#object(opcode);
      if (!known) throw refusedOpcode(opcode, at);
    }
  }

  #finish(): PickleValue {
    const value = this.#pop();
    if (this.#stack.length > 0 || !this.#in.atEnd) throw broken('it goes on after its value');
    if (!isPickleValue(value)) throw broken('its value is a class, not data');
    return value;
  }

  /** PROTO, FRAME and the values of fixed length. */
  #plain(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        return this.#protocol(this.#in.uint8());
      case 0x95: // FRAME: a hint for buffering
        this.#in.uint64();
        return true;
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4a: // BININT
        return this.#push(BigInt(this.#in.int32()));
      case 0x4b: // BININT1
        return this.#push(BigInt(this.#in.uint8()));
      case 0x4d: // BININT2
        return this.#push(BigInt(this.#in.uint16()));
      case 0x47: // BINFLOAT
        return this.#push(this.#in.float64());
      default:
        return false;
    }
  }

  #protocol(version: number): boolean {
    if (version > HIGHEST_PROTOCOL) {
      throw new RemoteError(
        'unsupported',
        `pickle: protocol ${version}; at most ${HIGHEST_PROTOCOL} is read`,
      );
    }
    return true;
  }

  /** Long integers, text and bytes. */
  #sized(opcode: number): boolean {
    switch (opcode) {
      case 0x8a: // LONG1
        return this.#push(signedInteger(this.#in.take(this.#in.uint8())));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#in.text(this.#in.uint8()));
      case 0x58: // BINUNICODE
        return this.#push(this.#in.text(this.#in.uint32()));
      case 0x8d: // BINUNICODE8
        return this.#push(this.#in.text(this.#in.uint64()));
      case 0x43: // SHORT_BINBYTES
        return this.#push(this.#in.take(this.#in.uint8()));
      case 0x42: // BINBYTES
        return this.#push(this.#in.take(this.#in.uint32()));
      case 0x8e: // BINBYTES8
        return this.#push(this.#in.take(this.#in.uint64()));
      default:
        return false;
    }
  }

  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x28: // MARK
        return this.#push(MARK);
      case 0x29: // EMPTY_TUPLE
        return this.#pushItems([], (items) => items);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#pushItems(this.#popCount(opcode - 0x84), (items) => items);
      case 0x74: // TUPLE
        return this.#pushItems(this.#popToMark(), (items) => items);
      case 0x5d: // EMPTY_LIST
        return this.#pushItems([], (items) => ({ kind: 'list', items }));
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      default:
        return false;
    }
  }

  #memory(opcode: number): boolean {
    switch (opcode) {
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.size);
      case 0x71: // BINPUT
        return this.#remember(this.#in.uint8());
      case 0x72: // LONG_BINPUT
        return this.#remember(this.#in.uint32());
      case 0x68: // BINGET
        return this.#recall(this.#in.uint8());
      case 0x6a: // LONG_BINGET
        return this.#recall(this.#in.uint32());
      default:
        return false;
    }
  }

  #object(opcode: number): boolean {
    switch (opcode) {
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popCount(2);
        return this.#push(knownGlobal(String(module), String(name)));
      }
      case 0x63: // GLOBAL
        return this.#push(knownGlobal(this.#in.line(), this.#in.line()));
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ: for the few classes known here both mean "make one of these arguments"
        const [callee, args] = this.#popCount(2);
        return this.#push(construct(callee, args));
      }
      case 0x62: {
        // BUILD
        const [target, state] = this.#popCount(2);
        if (!isDtype(target))
          throw new RemoteError('unsupported', 'pickle: BUILD is refused for anything but a dtype');
        // In place, since the memo may hold it.
        target.littleEndian = isLittleEndian(state);
        return this.#push(target);
      }
      default:
        return false;
    }
  }

  #push(value: unknown): true {
    if (this.#stack.length >= MAX_ITEMS) throw tooManyItems();
    this.#stack.push(value);
    return true;
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw broken('it takes a value from an empty stack');
    const value = this.#stack.pop();
    if (value === MARK) throw broken('it takes a value where a mark is');
    return value;
  }

  #popCount(count: number): unknown[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw broken('it ends a sequence that never began');
    return this.#stack.splice(mark).slice(1);
  }

  #pushItems(items: unknown[], wrap: (items: unknown[]) => object): true {
    const value = wrap(items);
    this.#extents.set(value, this.#extentOf(items));
    return this.#push(value);
  }

  /** In place, since the memo may hold the list; so never once something else holds it: that could make a cycle. */
  #append(added: unknown[]): true {
    const target = this.#pop();
    if (!isTagged(target) || target.kind !== 'list' || !('items' in target) || !Array.isArray(target.items)) {
      throw broken('it appends to what is not a list');
    }
    if (this.#contained.has(target) || added.includes(target)) {
      throw new RemoteError('unsupported', 'pickle: a list that is part of another value grows');
    }
    const before = this.#extents.get(target) ?? { depth: 1, items: 0 };
    const grown = this.#extentOf(added);
    const items = before.items + grown.items;
    if (items > MAX_ITEMS) throw tooManyItems();
    for (const item of added) target.items.push(item);
    this.#extents.set(target, { depth: Math.max(before.depth, grown.depth), items });
    return this.#push(target);
  }

  #extentOf(items: readonly unknown[]): Extent {
    let depth = 0;
    let count = items.length;
    for (const item of items) {
      if (typeof item !== 'object' || item === null) continue;
      this.#contained.add(item);
      const extent = this.#extents.get(item);
      depth = Math.max(depth, extent?.depth ?? 0);
      count += extent?.items ?? 0;
    }
    if (depth >= MAX_DEPTH) throw new RemoteError('unsupported', `pickle: nested deeper than ${MAX_DEPTH}`);
    if (count > MAX_ITEMS) throw tooManyItems();
    return { depth: depth + 1, items: count };
  }

  #remember(index: number): true {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw broken('it remembers a value that is not there');
    if (this.#memo.size >= MAX_ITEMS) throw tooManyItems();
    this.#memo.set(index, value);
    return true;
  }

  #recall(index: number): true {
    if (!this.#memo.has(index)) throw broken(`it recalls a value number ${index} that it never stored`);
    return this.#push(this.#memo.get(index));
  }
}

function construct(callee: unknown, args: unknown): unknown {
  if (!isTagged(callee) || callee.kind !== 'global' || !Array.isArray(args)) {
    throw new RemoteError('unsupported', 'pickle: calling anything but a known class is refused');
  }
  const { name } = callee as KnownGlobal;
  switch (name) {
    case 'complex':
      return makeComplex(args);
    case 'dtype':
      return makeDtype(args);
    case 'scalar':
      return makeScalar(args);
    case 'PointerData':
      return makePointer(args);
    case 'TypeData':
      return makeClass(args);
    case 'ctypes-class':
      throw new RemoteError('unsupported', 'pickle: instances of ctypes classes are refused');
  }
}

/** Little-endian two's complement of any length. */
function signedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.byteLength - 1; index >= 0; index -= 1)
    value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return BigInt.asIntN(Math.max(1, bytes.byteLength * 8), value);
}

function refusedOpcode(opcode: number, at: number): RemoteError {
  const hex = opcode.toString(16).padStart(2, '0');
  return new RemoteError(
    'unsupported',
    `pickle: opcode 0x${hex} at byte ${at} is refused; only plain data is read`,
  );
}

function tooManyItems(): RemoteError {
  return new RemoteError('too-large', `pickle: more than ${MAX_ITEMS} items`);
}

function broken(what: string): RemoteError {
  return new RemoteError('bad-request', `pickle: ${what}`);
}
