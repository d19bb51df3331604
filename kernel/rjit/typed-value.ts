import { Complex } from '../../backend/contract/complex.ts';
import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FloatType, IntType } from '../../backend/contract/types.ts';
import { type ScalarValue, valueCodec } from '../../backend/contract/value-codec.ts';

/** A number that says its own type: `int8(3)` chooses overloads as an int8. */
export class TypedValue {
  readonly type: IntType | FloatType;
  readonly value: ScalarValue;

  /** @throws RemoteError `bad-argument` when `type` can't hold `value` exactly (float32 may round) */
  constructor(type: IntType | FloatType, value: unknown) {
    const codec = valueCodec(type);
    const view = new DataView(new ArrayBuffer(codec.byteLength));
    const plain = value instanceof TypedValue ? value.value : value;
    const problem = codec.write(view, 0, plain);
    if (problem !== undefined) throw new RemoteError('bad-argument', `${formatType(type)}: ${problem}`);
    this.type = type;
    this.value = codec.read(view, 0);
  }

  valueOf(): ScalarValue {
    return this.value;
  }

  toString(): string {
    return String(this.value);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${formatType(this.type)}(${this.value})`;
  }
}

const constructorOf = (kind: 'int' | 'uint' | 'float', bits: number) => {
  const type: IntType | FloatType = kind === 'float' ? { kind, bits } : { kind, bits };
  return (value: unknown): TypedValue => new TypedValue(type, value);
};

export const int8 = constructorOf('int', 8);
export const int16 = constructorOf('int', 16);
export const int32 = constructorOf('int', 32);
export const int64 = constructorOf('int', 64);
export const uint8 = constructorOf('uint', 8);
export const uint16 = constructorOf('uint', 16);
export const uint32 = constructorOf('uint', 32);
export const uint64 = constructorOf('uint', 64);
export const float32 = constructorOf('float', 32);
export const float64 = constructorOf('float', 64);

/** `complex(1, 3.4)` is what `1 + 3.4j` is in a cell. */
export function complex(re: number, im = 0): Complex {
  return new Complex(re, im);
}
