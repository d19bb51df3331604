/** What names mean that a module uses and doesn't define: functions and constants of the session around it. */
import type { ArrayType, Type } from '../../backend/contract/types.ts';
import type { Callee, ComplexValue, ConstantData, ConstantValue } from './hir.ts';

/** A value that stands in the code as it was when the module was defined. */
export type CapturedValue =
  /** Weak, as if it were written there. */
  | { readonly kind: 'literal'; readonly value: bigint | number | ComplexValue }
  | { readonly kind: 'typed'; readonly type: Type; readonly value: ConstantValue }
  | { readonly kind: 'array'; readonly type: ArrayType; readonly data: ConstantData };

export interface OuterFunction {
  readonly kind: 'function';
  readonly callees: readonly Callee[];
  /** Their names, for calls that name their arguments; absent where the source language has none. */
  readonly parameters: readonly string[] | undefined;
}

export type OuterName =
  | OuterFunction
  | { readonly kind: 'constant'; readonly value: CapturedValue }
  /** There is such a name, but compiled code can't use what it stands for. */
  | { readonly kind: 'unusable'; readonly found: string; readonly hint: string };

export interface OuterNames {
  find(name: string): OuterName | undefined;
  /** What can be meant by an unknown name. */
  readonly names: Iterable<string>;
}
