import type { FunctionType } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';

/** A function that another compiler understands, as far as signatures are concerned. */
export interface ForeignFunction {
  readonly name: string;
  /** Its name in the source. */
  readonly span: Span;
  /** As its language writes it: `double foo(double, long)`. */
  readonly declaration: string;
  /** How many parameters it has in its language. */
  readonly parameterCount: number;
  /** For a function that is given none; undefined when its types have no like among ours. */
  readonly ownSignature: FunctionType | undefined;
  /** Whether it can be called with exactly these types. */
  accepts(signature: FunctionType): boolean;
}

/** A signature and the function that is compiled for it. */
export interface ForeignOverload<F extends ForeignFunction = ForeignFunction> {
  readonly definition: F;
  readonly signature: FunctionType;
}
