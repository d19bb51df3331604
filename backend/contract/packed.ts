import { arrayCodec, type MemoryReference, type ParameterCodec, pointerCodec } from './call-memory.ts';
import { RemoteError } from './remote-error.ts';
import type { FunctionType, TupleType, Type } from './types.ts';
import { type Value, type ValueCodec, valueCodec, valueText } from './value-codec.ts';

/**
 * A struct travels as its members, one argument each: RBC's clients and the machine's own calling convention do so too.
 */
export function flattenedParameters(signature: FunctionType): readonly Type[] {
  return signature.parameters.flatMap(flattenedType);
}

export function flattenedType(type: Type): readonly Type[] {
  return type.kind === 'struct' ? type.members.flatMap(flattenedType) : [type];
}

/**
 * Packed values: how arguments and a result lie between client, wire and machine code. Little-endian; each argument
 * starts at a multiple of 8 bytes and lies in the low bytes of its slot at its natural width; unused bytes are 0. The
 * members of a tuple lie like arguments, one after the other. The elements of arrays: call-memory.ts.
 */
export interface PackedLayout {
  readonly argumentOffsets: readonly number[];
  readonly argumentsByteLength: number;
  /** The result's area: at least one complex128. */
  readonly resultByteLength: number;
  /** Where the slots of arrays and pointers are. */
  readonly memoryParameters: readonly MemoryParameter[];
}

/** A parameter whose first slot may hold a place in the call's memory (call-memory.ts). */
export interface MemoryParameter {
  /** Of its first slot. */
  readonly offset: number;
  /** Lengths that follow: 0 for a pointer. */
  readonly rank: number;
  /** Of an array; 0 for a pointer. */
  readonly elementByteLength: number;
}

const SLOT_BYTES = 8;
const LEAST_RESULT_BYTES = 16;

/** Bytes from the first slot of a value to the slot after it. @throws RemoteError `unsupported` */
export function slotsByteLength(type: Type): number {
  if (type.kind === 'struct') return type.members.reduce((sum, member) => sum + slotsByteLength(member), 0);
  return Math.ceil(parameterCodec(type).byteLength / SLOT_BYTES) * SLOT_BYTES;
}

interface ResultCodec extends Omit<ValueCodec, 'read'> {
  read(view: DataView, offset: number): Value;
}

/** @throws RemoteError `unsupported` for a type without a packed form */
export function packedLayout(signature: FunctionType): PackedLayout {
  return new PackedSignature(signature).layout;
}

/** @throws RemoteError `bad-argument` naming the argument that doesn't fit */
export function packArguments(signature: FunctionType, args: readonly unknown[]): Uint8Array {
  return new PackedSignature(signature).packArguments(args);
}

export function unpackResult(signature: FunctionType, bytes: Uint8Array): Value {
  return new PackedSignature(signature).unpackResult(bytes);
}

/** The codec of one signature, made once and kept: the hot path of a call. */
export class PackedSignature {
  readonly layout: PackedLayout;
  readonly #parameters: readonly ParameterCodec[];
  readonly #result: ResultCodec;

  constructor(signature: FunctionType) {
    const parameters = flattenedParameters(signature);
    const { result } = signature;
    this.#parameters = parameters.map(parameterCodec);
    this.#result = result.kind === 'tuple' ? tupleCodec(result) : valueCodec(result);
    const argumentOffsets: number[] = [];
    let argumentsByteLength = 0;
    for (const type of parameters) {
      argumentOffsets.push(argumentsByteLength);
      argumentsByteLength += slotsByteLength(type);
    }
    const resultByteLength = Math.max(LEAST_RESULT_BYTES, slotsByteLength(result));
    const memoryParameters = parameters.flatMap((type, index) =>
      memoryParameter(type, argumentOffsets[index] ?? 0),
    );
    this.layout = { argumentOffsets, argumentsByteLength, resultByteLength, memoryParameters };
  }

  /**
   * Writes `args` at `offset` of `view`, whose bytes there are 0.
   *
   * @returns undefined, or which argument (0-based) doesn't fit and why
   */
  write(
    view: DataView,
    offset: number,
    args: readonly unknown[],
  ): { index: number; problem: string } | undefined {
    for (let index = 0; index < this.#parameters.length; index += 1) {
      const at = offset + (this.layout.argumentOffsets[index] ?? 0);
      const problem = this.#parameters[index]?.write(view, at, args[index]);
      if (problem !== undefined) return { index, problem };
    }
    return undefined;
  }

  /** Reads the result that starts at `offset` of `view`. */
  read(view: DataView, offset: number): Value {
    return this.#result.read(view, offset);
  }

  packArguments(args: readonly unknown[]): Uint8Array {
    if (args.length !== this.#parameters.length) {
      throw new RemoteError(
        'bad-argument',
        `${args.length} arguments given, ${this.#parameters.length} expected`,
      );
    }
    const bytes = new Uint8Array(this.layout.argumentsByteLength);
    const bad = this.write(viewOf(bytes), 0, args);
    if (bad) throw new RemoteError('bad-argument', `argument ${bad.index + 1}: ${bad.problem}`);
    return bytes;
  }

  /** The server's side of `packArguments`. */
  unpackArguments(bytes: Uint8Array): (Value | MemoryReference)[] {
    this.#expectLength(bytes, this.layout.argumentsByteLength, 'arguments');
    const view = viewOf(bytes);
    return this.#parameters.map((codec, index) => codec.read(view, this.layout.argumentOffsets[index] ?? 0));
  }

  packResult(value: unknown): Uint8Array {
    const bytes = new Uint8Array(this.layout.resultByteLength);
    const problem = this.#result.write(viewOf(bytes), 0, value);
    if (problem !== undefined) throw new RemoteError('bad-argument', `result: ${problem}`);
    return bytes;
  }

  unpackResult(bytes: Uint8Array): Value {
    this.#expectLength(bytes, this.layout.resultByteLength, 'a result');
    return this.#result.read(viewOf(bytes), 0);
  }

  #expectLength(bytes: Uint8Array, expected: number, what: string): void {
    if (bytes.byteLength === expected) return;
    throw new RemoteError(
      'protocol',
      `${what} of ${bytes.byteLength} bytes arrived where ${expected} are expected`,
    );
  }
}

function memoryParameter(type: Type, offset: number): MemoryParameter[] {
  if (type.kind === 'pointer') return [{ offset, rank: 0, elementByteLength: 0 }];
  if (type.kind !== 'array') return [];
  return [{ offset, rank: type.rank, elementByteLength: valueCodec(type.element).byteLength }];
}

function parameterCodec(type: Type): ParameterCodec {
  switch (type.kind) {
    case 'array':
      return arrayCodec(type);
    case 'pointer':
      return pointerCodec(type);
    case 'tuple':
      return tupleCodec(type);
    default:
      return valueCodec(type);
  }
}

/** A JavaScript array of as many values. */
function tupleCodec({ members }: TupleType): ResultCodec {
  const codecs = members.map((member) => (member.kind === 'tuple' ? tupleCodec(member) : valueCodec(member)));
  const offsets: number[] = [];
  let byteLength = 0;
  for (const codec of codecs) {
    offsets.push(byteLength);
    byteLength += Math.ceil(codec.byteLength / SLOT_BYTES) * SLOT_BYTES;
  }
  return {
    byteLength,
    write: (view, offset, value) => {
      if (!Array.isArray(value) || value.length !== codecs.length) {
        return `${valueText(value)} is no array of ${codecs.length} values`;
      }
      for (const [index, codec] of codecs.entries()) {
        const problem = codec.write(view, offset + (offsets[index] ?? 0), value[index]);
        if (problem !== undefined) return `member ${index}: ${problem}`;
      }
      return undefined;
    },
    read: (view, offset) => codecs.map((codec, index) => codec.read(view, offset + (offsets[index] ?? 0))),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
