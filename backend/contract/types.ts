/**
 * The type system both ends agree on: RBC's, as its 0.13 typesystem prints and mangles it, plus arrays and tuples.
 *
 * A type is plain data. `label` is the name a parameter carries in a signature (`int64(int64 a)`); it takes part
 * in printing and mangling but never in matching.
 */
interface Labelled {
  readonly label?: string;
}

export interface VoidType extends Labelled {
  readonly kind: 'void';
}

/** `bits` is the storage width; plain `bool` has 1 and is an i8 wherever it crosses the wire. */
export interface BoolType extends Labelled {
  readonly kind: 'bool';
  readonly bits: number;
}

export interface IntType extends Labelled {
  readonly kind: 'int' | 'uint';
  readonly bits: number;
}

export interface FloatType extends Labelled {
  readonly kind: 'float';
  readonly bits: number;
}

/** `bits` counts both parts: complex128 is two float64. */
export interface ComplexType extends Labelled {
  readonly kind: 'complex';
  readonly bits: number;
}

export interface CharType extends Labelled {
  readonly kind: 'char';
  readonly bits: number;
}

export interface StringType extends Labelled {
  readonly kind: 'string';
}

/** `T*`: C's rules, no length. */
export interface PointerType extends Labelled {
  readonly kind: 'pointer';
  readonly element: Type;
}

/** `T[]` (rank 1), `T[,]` (rank 2): a pointer and a shape, bounds-checked. */
export interface ArrayType extends Labelled {
  readonly kind: 'array';
  readonly element: Type;
  readonly rank: number;
}

/** `(int64, float64)`, as a result only. */
export interface TupleType extends Labelled {
  readonly kind: 'tuple';
  readonly members: readonly Type[];
}

/** `{int64, float64}`: passed as its flattened members. */
export interface StructType extends Labelled {
  readonly kind: 'struct';
  readonly members: readonly Type[];
}

export interface FunctionType extends Labelled {
  readonly kind: 'function';
  readonly result: Type;
  readonly parameters: readonly Type[];
}

/** `Name<p, …>`: a type of the other side that is only named here. */
export interface CustomType extends Labelled {
  readonly kind: 'custom';
  readonly name: string;
  readonly parameters: readonly Type[];
}

export type Type =
  | VoidType
  | BoolType
  | IntType
  | FloatType
  | ComplexType
  | CharType
  | StringType
  | PointerType
  | ArrayType
  | TupleType
  | StructType
  | FunctionType
  | CustomType;
