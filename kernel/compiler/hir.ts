/**
 * The typed tree between the typer and whoever gives it a meaning (the IR emitter, the interpreter).
 *
 * Every operator means exactly one thing and every conversion is explicit, so neither of them decides anything.
 * Types are canonical (types/value-types.ts). Integers are two's complement of the node's width; `i…` operators work
 * on either signedness, `s…` on signed and `u…` on unsigned ones.
 */
import type { RaiseMessage } from '../../backend/contract/raise-kinds.ts';
import type { BoolType, FunctionType, Type } from '../../backend/contract/types.ts';
import type { Span } from './diagnostic.ts';
import type { RoutineName } from './routines.ts';
import type { TypedArray } from './typed-arrays.ts';

/** A local variable or a temporary. */
export interface Slot {
  readonly name: string;
  readonly type: Type;
}

/** `kind` is an argument of `rjit_raise`; `line` is 1-based, in the source of the function that raises. */
export interface Failure {
  readonly kind: number;
  readonly line: number;
}

export interface ComplexValue {
  readonly re: number;
  readonly im: number;
}

export type ConstantValue = bigint | number | boolean | ComplexValue;

export interface Constant {
  readonly kind: 'constant';
  readonly type: Type;
  readonly value: ConstantValue;
}

/** Elements that are part of the program; identity counts. They are never written. */
export interface ConstantData {
  /** As the user knows it. */
  readonly name: string;
  readonly elements: TypedArray;
}

/** An array of one axis. */
export interface ConstantArray {
  readonly kind: 'constant-array';
  readonly type: Type;
  readonly data: ConstantData;
}

/** `unset` is raised where the variable has not been assigned on the way here. */
export interface Read {
  readonly kind: 'read';
  readonly type: Type;
  readonly slot: Slot;
  readonly span: Span;
  readonly temporary: boolean;
}

export type UnaryOperation = 'ineg' | 'inot' | 'fneg' | 'cneg' | 'conjugate' | 'not';

export interface Unary {
  readonly kind: 'unary';
  readonly type: Type;
  readonly operation: UnaryOperation;
  readonly operand: HirExpression;
}

/**
 * Integer division and remainder by zero raise `failure`, and yield 0 where there is none; INT_MIN / -1 wraps.
 * Shift counts are taken modulo 64. Float and complex division raise `failure` for a zero divisor, or follow IEEE.
 * `sdivfloor`, `smodfloor`, `fdivfloor`, `fmodfloor` are Python's; `fmodtrunc` is C's fmod. `ipow` raises for a
 * negative exponent; that of a uint is never negative. `fpow` is C's and Python's, raising for zero to a finite negative power; `fpowecma` is ECMAScript's,
 * with NaN for ±1 to an infinity and for a NaN exponent. `cdiv` and `cpow` compute in complex128.
 */
export type BinaryOperation =
  | 'iadd'
  | 'isub'
  | 'imul'
  | 'sdivfloor'
  | 'sdivtrunc'
  | 'udiv'
  | 'smodfloor'
  | 'smodtrunc'
  | 'umod'
  | 'ipow'
  | 'ishl'
  | 'sshr'
  | 'ushr'
  | 'iand'
  | 'ior'
  | 'ixor'
  | 'fadd'
  | 'fsub'
  | 'fmul'
  | 'fdiv'
  | 'fdivfloor'
  | 'fmodfloor'
  | 'fmodtrunc'
  | 'fpow'
  | 'fpowecma'
  | 'cadd'
  | 'csub'
  | 'cmul'
  | 'cdiv'
  | 'cpow'
  | 'band'
  | 'bor'
  | 'bxor';

export interface Binary {
  readonly kind: 'binary';
  readonly type: Type;
  readonly operation: BinaryOperation;
  readonly left: HirExpression;
  readonly right: HirExpression;
  readonly failure: Failure | undefined;
}

/**
 * `wrap`: integer to integer modulo 2^bits, extending by the operand's signedness. `float-to-int` truncates toward
 * zero, saturates, and makes 0 of NaN. `bool-to-int` is 0 or 1. `real-to-complex` adds an imaginary part of +0.
 */
export type Conversion =
  | 'wrap'
  | 'bool-to-int'
  | 'int-to-float'
  | 'float-to-int'
  | 'float-to-float'
  | 'real-to-complex'
  | 'complex-to-complex'
  | 'pointer-to-pointer';

export interface Convert {
  readonly kind: 'convert';
  readonly type: Type;
  readonly conversion: Conversion;
  readonly operand: HirExpression;
}

export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/**
 * Operands have one type, except in the domains `signed-unsigned` and `unsigned-signed`, which compare 64-bit
 * integers by value. `float` is false for NaN except for `ne`; `ordered-ne` is false for NaN too (JS truthiness).
 */
export interface Compare {
  readonly kind: 'compare';
  readonly type: BoolType;
  readonly comparison: Comparison | 'ordered-ne';
  readonly domain:
    | 'signed'
    | 'unsigned'
    | 'signed-unsigned'
    | 'unsigned-signed'
    | 'float'
    | 'complex'
    | 'bool';
  readonly left: HirExpression;
  readonly right: HirExpression;
}

/** Short-circuit, over bools. */
export interface Logical {
  readonly kind: 'logical';
  readonly type: BoolType;
  readonly operator: 'and' | 'or';
  readonly left: HirExpression;
  readonly right: HirExpression;
}

/** Only the chosen side is evaluated. */
export interface Choose {
  readonly kind: 'choose';
  readonly type: Type;
  readonly test: HirExpression;
  readonly whenTrue: HirExpression;
  readonly whenFalse: HirExpression;
}

/** A call of another compiled function; arguments have exactly its parameter types. */
export interface CallFunction {
  readonly kind: 'call';
  readonly type: Type;
  readonly callee: Callee;
  readonly args: readonly HirExpression[];
  readonly span: Span;
}

export interface Callee {
  readonly symbol: string;
  readonly signature: FunctionType;
}

/** A call of a routine of routines.ts, which says what it takes. */
export interface CallRoutine {
  readonly kind: 'routine';
  readonly type: Type;
  readonly routine: RoutineName;
  readonly args: readonly HirExpression[];
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly type: Type;
  readonly statements: readonly HirStatement[];
  readonly value: HirExpression;
}

export interface MakeComplex {
  readonly kind: 'make-complex';
  readonly type: Type;
  readonly re: HirExpression;
  readonly im: HirExpression;
}

export interface ComplexPart {
  readonly kind: 'part';
  readonly type: Type;
  readonly part: 're' | 'im';
  readonly operand: HirExpression;
}

export interface MakeTuple {
  readonly kind: 'tuple';
  readonly type: Type;
  readonly members: readonly HirExpression[];
}

export interface TupleMember {
  readonly kind: 'member';
  readonly type: Type;
  readonly tuple: HirExpression;
  readonly index: number;
}

/** Length along one axis of an array, as int64. */
export interface ArrayLength {
  readonly kind: 'length';
  readonly type: Type;
  readonly array: HirExpression;
  readonly axis: number;
}

/**
 * An element of an array or behind a pointer. Indices are int64; one outside 0 … length-1 raises `failure`, and is
 * not checked where there is none.
 */
export interface Element {
  readonly base: HirExpression;
  readonly indices: readonly HirExpression[];
  readonly failure: Failure | undefined;
  readonly span: Span;
}

export interface Load extends Element {
  readonly kind: 'load';
  readonly type: Type;
}

/** Row `index` of a 2-D array, as a 1-D view. */
export interface Row {
  readonly kind: 'row';
  readonly type: Type;
  readonly base: HirExpression;
  readonly index: HirExpression;
  readonly failure: Failure | undefined;
}

/** `length` elements of an array from `start` on, along its first axis, as a view; both are within the array. */
export interface ArraySlice {
  readonly kind: 'slice';
  readonly type: Type;
  readonly base: HirExpression;
  readonly start: HirExpression;
  readonly length: HirExpression;
}

/** `pointer + offset`, in elements. */
export interface PointerOffset {
  readonly kind: 'pointer-offset';
  readonly type: Type;
  readonly pointer: HirExpression;
  readonly offset: HirExpression;
}

export type HirExpression =
  | Constant
  | ConstantArray
  | Read
  | Unary
  | Binary
  | Convert
  | Compare
  | Logical
  | Choose
  | CallFunction
  | CallRoutine
  | Sequence
  | MakeComplex
  | ComplexPart
  | MakeTuple
  | TupleMember
  | ArrayLength
  | Load
  | Row
  | ArraySlice
  | PointerOffset;

// ---- statements

/** What `break` and `continue` name; identity counts. */
export interface Label {
  readonly name: string;
}

export interface Store {
  readonly kind: 'store';
  readonly slot: Slot;
  readonly value: HirExpression;
}

export interface StoreElement extends Element {
  readonly kind: 'store-element';
  readonly value: HirExpression;
}

export interface Evaluate {
  readonly kind: 'evaluate';
  readonly expression: HirExpression;
}

export interface If {
  readonly kind: 'if';
  readonly test: HirExpression;
  readonly whenTrue: readonly HirStatement[];
  readonly whenFalse: readonly HirStatement[];
}

/** `continue` goes to `update`, then to the test. `testAt: 'bottom'` runs the body once before the first test. */
export interface Loop {
  readonly kind: 'loop';
  readonly label: Label;
  readonly test: HirExpression | undefined;
  readonly testAt: 'top' | 'bottom';
  readonly body: readonly HirStatement[];
  readonly update: readonly HirStatement[];
}

/** `break` leaves it. */
export interface Block {
  readonly kind: 'block';
  readonly label: Label;
  readonly body: readonly HirStatement[];
}

export interface Break {
  readonly kind: 'break';
  readonly label: Label;
}

export interface Continue {
  readonly kind: 'continue';
  readonly label: Label;
}

export interface Return {
  readonly kind: 'return';
  readonly value: HirExpression | undefined;
}

export interface Raise {
  readonly kind: 'raise';
  readonly failure: Failure;
}

/** What follows is what `span` of the source says. It does nothing. */
export interface Position {
  readonly kind: 'position';
  readonly span: Span;
}

export type HirStatement =
  | Position
  | Store
  | StoreElement
  | Evaluate
  | If
  | Loop
  | Block
  | Break
  | Continue
  | Return
  | Raise;

// ---- functions and modules

export interface HirFunction {
  readonly name: string;
  readonly symbol: string;
  /** As the user wrote it; its canonical form is the type of the slots. */
  readonly signature: FunctionType;
  /** Private functions are specialised for their callers and not visible from outside. */
  readonly exported: boolean;
  /** Index into the module's `files`: where its spans and lines are. */
  readonly file: number;
  readonly parameters: readonly Slot[];
  /** All variables and temporaries but the parameters. */
  readonly locals: readonly Slot[];
  readonly body: readonly HirStatement[];
  /** Reads of variables that may be unset there, and what each raises then. */
  readonly checkedReads: ReadonlyMap<Read, Failure>;
}

/** A source text that functions of the module come from. */
export interface HirFile {
  readonly name: string;
  readonly source: string;
  /** Lets the optimiser reorder float arithmetic of its functions and ignore NaN and infinities. */
  readonly fastMath: boolean;
}

export interface HirModule {
  /** The first is that of the module's exported functions. */
  readonly files: readonly HirFile[];
  readonly functions: readonly HirFunction[];
  /** Functions that this module calls and doesn't define. */
  readonly externals: readonly Callee[];
  /** What the kinds from `FIRST_MODULE_RAISE` on raise. */
  readonly raises: readonly RaiseMessage[];
}
