import { MemoryReference } from '../../backend/contract/call-memory.ts';
import { Complex } from '../../backend/contract/complex.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { ArrayType, PointerType, Type } from '../../backend/contract/types.ts';
import { type Value, valueCodec } from '../../backend/contract/value-codec.ts';
import {
  createInterpreter,
  type Value as InterpretedValue,
  memoryOf,
  RaisedException,
} from '../compiler/interpret.ts';
import type { FunctionModule } from './function-module.ts';
import { GatheredMemory } from './gathered-memory.ts';
import type { RemoteOverload } from './remote-overload.ts';
import { typedArrayOver } from './typed-arrays.ts';

/**
 * Runs an overload in this process, by interpreting what would be compiled: same types, same checks, same errors, no
 * server. Arrays are copied in and out as in a remote call.
 */
export function callLocally(
  module: FunctionModule,
  overload: RemoteOverload,
  args: readonly unknown[],
): Value {
  const { functionName, signature, symbol, packed } = overload;
  const gathered = new GatheredMemory(args).layOut([]);
  // Through the packed form, so that arguments are checked and rounded as in a remote call.
  const values = packed.unpackArguments(overload.pack(gathered.args));
  const memory = new Uint8Array(gathered.byteLength);
  gathered.copyTo(memory);
  const hir = module.typed({ functionName, signature });
  if (hir.externals.length > 0) {
    throw new RemoteError(
      'unsupported',
      `${functionName} calls functions that can't be run locally; only those in TypeScript and Python can`,
    );
  }
  const interpreter = createInterpreter(hir);
  try {
    const result = interpreter.call(
      symbol,
      values.map((value, index) => toInterpreter(value, signature.parameters[index], memory)),
    );
    const checked = packed.unpackResult(packed.packResult(fromInterpreter(result)));
    gathered.writeBack(memory);
    return checked;
  } catch (caught) {
    if (!(caught instanceof RaisedException)) throw caught;
    const text = caught.message === '' ? caught.exception : `${caught.exception}: ${caught.message}`;
    throw new RemoteError('jit-raise', text, {
      functionName,
      fileName: caught.fileName,
      source: hir.files.find(({ name }) => name === caught.fileName)?.source,
      line: caught.line,
      cause: caught,
    });
  }
}

function toInterpreter(
  value: Value | MemoryReference,
  type: Type | undefined,
  memory: Uint8Array,
): InterpretedValue {
  if (value instanceof MemoryReference) {
    if (type?.kind === 'array' || type?.kind === 'pointer') return viewOf(value, type, memory);
    throw new RemoteError('bad-argument', 'an array was given where none is taken');
  }
  if (type?.kind === 'pointer') {
    const what = 'an address means something on the server only; give foo.local a typed array instead';
    throw new RemoteError('unsupported', what);
  }
  if (type?.kind === 'tuple' && isTuple(value)) {
    return value.map((member, index) => toInterpreter(member, type.members[index], memory));
  }
  if (type?.kind === 'int' || type?.kind === 'uint') {
    return typeof value === 'number' || typeof value === 'boolean' ? BigInt(value) : scalar(value);
  }
  return scalar(value);
}

function isTuple(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function scalar(value: Value): InterpretedValue {
  if (isTuple(value)) throw new RemoteError('bad-argument', 'a tuple was given where a number is taken');
  return value;
}

/** An array has as many elements as its shape says; behind a pointer, all the memory lies. */
function viewOf(
  { byteOffset, shape }: MemoryReference,
  type: ArrayType | PointerType,
  memory: Uint8Array,
): InterpretedValue {
  const { element } = type;
  if (element.kind === 'void' || element.kind === 'pointer') {
    throw new RemoteError(
      'unsupported',
      'what lies behind this pointer has no type that foo.local could read',
    );
  }
  const { byteLength } = valueCodec(element);
  const available = Math.floor((memory.byteLength - byteOffset) / byteLength);
  const count = type.kind === 'array' ? shape.reduce((product, length) => product * length, 1) : available;
  const array = typedArrayOver(element, memory, byteOffset, count);
  return { memory: memoryOf(array, element), offset: 0, shape };
}

function fromInterpreter(value: InterpretedValue): unknown {
  if (Array.isArray(value)) return value.map(fromInterpreter);
  if (typeof value === 'object' && 're' in value) return new Complex(value.re, value.im);
  return value;
}
