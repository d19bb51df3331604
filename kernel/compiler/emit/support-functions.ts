/**
 * Functions that the emitter adds to a module that needs them; the optimiser inlines them. In the texts, `$T` is
 * `float` or `double` and `$S` the suffix of its intrinsics, `$F` that of its functions in
 * libm.
 */
import { CDIV, CPOW } from './complex-support-functions.ts';
import {
  DIVFLOOR,
  EXPONENT,
  LDEXP,
  MAXIMUM,
  MINIMUM,
  MODFLOOR,
  POW_ECMA,
  PRODUCT_ERROR,
  ROUND_DIGITS,
  ROUND_HALF_UP,
  ROUND_TENS,
  ROUND_WITH_ERROR,
} from './float-support-functions.ts';
import type { IrModule } from './ir-module.ts';
import { libmSymbol } from './symbols.ts';

export type SupportFunctionName =
  | 'modfloor'
  | 'divfloor'
  | 'roundHalfUp'
  | 'roundDigits'
  | 'roundTens'
  | 'roundWithError'
  | 'productError'
  | 'minimum'
  | 'ldexp'
  | 'exponent'
  | 'maximum'
  | 'powEcma'
  | 'ipow'
  | 'cdiv'
  | 'cpow';

interface SupportFunction {
  /** Intrinsics over `$T`, by name and arity. */
  readonly intrinsics: readonly (readonly [name: string, arity: 1 | 2])[];
  /** Functions of libm: name, then the types of their parameters. They return the first. */
  readonly libm?: readonly (readonly [name: string, ...parameters: string[]])[];
  readonly calls?: readonly SupportFunctionName[];
  readonly text: string;
}

/** Adds the function once; returns its symbol. `type` is the float type it works on. */
export function requireSupportFunction(module: IrModule, name: SupportFunctionName, type = 'double'): string {
  const suffix = type === 'float' ? 'f32' : 'f64';
  const symbol = `rjit.${name}.${suffix}`;
  if (!module.claimSupportFunction(symbol)) return symbol;
  const { intrinsics, libm = [], calls = [], text } = SUPPORT_FUNCTIONS[name];
  for (const callee of calls) requireSupportFunction(module, callee, type);
  module.addDefinition(
    text
      .replaceAll('$T', type)
      .replaceAll('$S', suffix)
      .replaceAll('$F', type === 'float' ? 'f' : ''),
  );
  for (const [intrinsic, arity] of intrinsics) {
    module.declare(
      type,
      `llvm.${intrinsic}.${suffix}`,
      Array.from({ length: arity }, () => type),
    );
  }
  for (const [name, ...parameters] of libm) {
    const types = parameters.map((parameter) => parameter.replace('$T', type));
    const result = types[0] ?? type;
    module.declare(result, libmSymbol(name, result), types);
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

const SUPPORT_FUNCTIONS: Readonly<Record<SupportFunctionName, SupportFunction>> = {
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
  ldexp: { intrinsics: [], libm: [['ldexp', '$T', 'i32']], text: LDEXP },
  exponent: { intrinsics: [['fabs', 1]], libm: [['frexp', '$T', 'i32*']], text: EXPONENT },
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
      ['hypot', 'double', 'double'],
      ['atan2', 'double', 'double'],
    ],
    calls: ['cdiv'],
    text: CPOW,
  },
};
