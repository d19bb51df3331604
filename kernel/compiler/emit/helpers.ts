/**
 * Functions that the emitter adds to a module that needs them; the optimiser inlines them. In the texts, `$T` is
 * `float` or `double` and `$S` the suffix of its intrinsics.
 */
import { CDIV, CPOW } from './complex-helpers.ts';
import {
  DIVFLOOR,
  MAXIMUM,
  MINIMUM,
  MODFLOOR,
  POW_ECMA,
  PRODUCT_ERROR,
  ROUND_DIGITS,
  ROUND_HALF_UP,
  ROUND_TENS,
  ROUND_WITH_ERROR,
} from './float-helpers.ts';
import type { IrModule } from './ir-module.ts';

export type HelperName =
  | 'modfloor'
  | 'divfloor'
  | 'roundHalfUp'
  | 'roundDigits'
  | 'roundTens'
  | 'roundWithError'
  | 'productError'
  | 'minimum'
  | 'maximum'
  | 'powEcma'
  | 'ipow'
  | 'cdiv'
  | 'cpow';

interface Helper {
  /** Intrinsics over `$T`, by name and arity. */
  readonly intrinsics: readonly (readonly [name: string, arity: 1 | 2])[];
  /** Functions of libm over double. */
  readonly libm?: readonly (readonly [name: string, arity: 1 | 2])[];
  readonly calls?: readonly HelperName[];
  readonly text: string;
}

/** Adds the helper once; returns its symbol. `type` is the float type it works on. */
export function requireHelper(module: IrModule, name: HelperName, type = 'double'): string {
  const suffix = type === 'float' ? 'f32' : 'f64';
  const symbol = `rjit.${name}.${suffix}`;
  if (!module.claimHelper(symbol)) return symbol;
  const { intrinsics, libm = [], calls = [], text } = HELPERS[name];
  for (const callee of calls) requireHelper(module, callee, type);
  module.addDefinition(text.replaceAll('$T', type).replaceAll('$S', suffix));
  for (const [intrinsic, arity] of intrinsics) {
    module.declare(
      type,
      `llvm.${intrinsic}.${suffix}`,
      Array.from({ length: arity }, () => type),
    );
  }
  for (const [symbolOfLibm, arity] of libm) {
    module.declare(
      'double',
      symbolOfLibm,
      Array.from({ length: arity }, () => 'double'),
    );
  }
  return symbol;
}

/** By squaring; the exponent is not negative. */
const IPOW = `\
define internal i64 @rjit.ipow.$S(i64 %base, i64 %exponent) nounwind {
entry:
  br label %test

test:
  %result = phi i64 [ 1, %entry ], [ %result.next, %body ]
  %power = phi i64 [ %base, %entry ], [ %power.next, %body ]
  %rest = phi i64 [ %exponent, %entry ], [ %rest.next, %body ]
  %done = icmp eq i64 %rest, 0
  br i1 %done, label %end, label %body

body:
  %bit = and i64 %rest, 1
  %odd = icmp ne i64 %bit, 0
  %product = mul i64 %result, %power
  %result.next = select i1 %odd, i64 %product, i64 %result
  %power.next = mul i64 %power, %power
  %rest.next = lshr i64 %rest, 1
  br label %test

end:
  ret i64 %result
}`;

const HELPERS: Readonly<Record<HelperName, Helper>> = {
  modfloor: { intrinsics: [['copysign', 2]], text: MODFLOOR },
  divfloor: {
    intrinsics: [
      ['copysign', 2],
      ['floor', 1],
    ],
    text: DIVFLOOR,
  },
  roundHalfUp: {
    intrinsics: [
      ['copysign', 2],
      ['floor', 1],
    ],
    text: ROUND_HALF_UP,
  },
  productError: { intrinsics: [], text: PRODUCT_ERROR },
  roundWithError: {
    intrinsics: [
      ['rint', 1],
      ['floor', 1],
    ],
    text: ROUND_WITH_ERROR,
  },
  roundDigits: {
    intrinsics: [
      ['fabs', 1],
      ['copysign', 2],
    ],
    calls: ['productError', 'roundWithError'],
    text: ROUND_DIGITS,
  },
  roundTens: {
    intrinsics: [
      ['fabs', 1],
      ['copysign', 2],
    ],
    calls: ['productError', 'roundWithError'],
    text: ROUND_TENS,
  },
  minimum: { intrinsics: [], text: MINIMUM },
  maximum: { intrinsics: [], text: MAXIMUM },
  powEcma: {
    intrinsics: [
      ['pow', 2],
      ['fabs', 1],
    ],
    text: POW_ECMA,
  },
  ipow: { intrinsics: [], text: IPOW },
  cdiv: { intrinsics: [['fabs', 1]], text: CDIV },
  cpow: {
    intrinsics: [
      ['floor', 1],
      ['fabs', 1],
      ['pow', 2],
      ['exp', 1],
      ['log', 1],
      ['cos', 1],
      ['sin', 1],
    ],
    libm: [
      ['hypot', 2],
      ['atan2', 2],
    ],
    calls: ['cdiv'],
    text: CPOW,
  },
};
