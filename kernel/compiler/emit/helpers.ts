/**
 * Functions that the emitter adds to a module that needs them; the optimiser inlines them. In the texts, `$T` is
 * `float` or `double` and `$S` the suffix of its intrinsics.
 */
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

/** CPython's float_divmod: the remainder takes the sign of the divisor, and a zero does too. */
const MODFLOOR = `\
define internal $T @rjit.modfloor.$S($T %a, $T %b) nounwind {
entry:
  %rem = frem $T %a, %b
  %zero = call $T @llvm.copysign.$S($T 0.0, $T %b)
  %is.zero = fcmp oeq $T %rem, 0.0
  %b.neg = fcmp olt $T %b, 0.0
  %rem.neg = fcmp olt $T %rem, 0.0
  %differ = xor i1 %b.neg, %rem.neg
  %moved = fadd $T %rem, %b
  %nonzero = select i1 %differ, $T %moved, $T %rem
  %mod = select i1 %is.zero, $T %zero, $T %nonzero
  ret $T %mod
}`;

/** CPython's float_floor_div; a zero divisor that does not raise gives IEEE's quotient. */
const DIVFLOOR = `\
define internal $T @rjit.divfloor.$S($T %a, $T %b) nounwind {
entry:
  %quotient = fdiv $T %a, %b
  %by.zero = fcmp oeq $T %b, 0.0
  br i1 %by.zero, label %ieee, label %divide

ieee:
  ret $T %quotient

divide:
  %rem = frem $T %a, %b
  %less = fsub $T %a, %rem
  %div = fdiv $T %less, %b
  %is.exact = fcmp oeq $T %rem, 0.0
  %b.neg = fcmp olt $T %b, 0.0
  %rem.neg = fcmp olt $T %rem, 0.0
  %differ = xor i1 %b.neg, %rem.neg
  %below = fsub $T %div, 1.0
  %inexact = select i1 %differ, $T %below, $T %div
  %whole = select i1 %is.exact, $T %div, $T %inexact
  %is.zero = fcmp oeq $T %whole, 0.0
  %floor = call $T @llvm.floor.$S($T %whole)
  %fraction = fsub $T %whole, %floor
  %too.low = fcmp ogt $T %fraction, 0.5
  %next = fadd $T %floor, 1.0
  %snapped = select i1 %too.low, $T %next, $T %floor
  %zero = call $T @llvm.copysign.$S($T 0.0, $T %quotient)
  %result = select i1 %is.zero, $T %zero, $T %snapped
  ret $T %result
}`;

/** Math.round: half up; a zero keeps the sign of the argument. */
const ROUND_HALF_UP = `\
define internal $T @rjit.roundHalfUp.$S($T %x) nounwind {
entry:
  %floor = call $T @llvm.floor.$S($T %x)
  %fraction = fsub $T %x, %floor
  %up = fcmp oge $T %fraction, 0.5
  %next = fadd $T %floor, 1.0
  %rounded = select i1 %up, $T %next, $T %floor
  %result = call $T @llvm.copysign.$S($T %rounded, $T %x)
  ret $T %result
}`;

/** a · b - product, exactly: 2^27 + 1 splits a double into halves whose products are exact (Veltkamp, Dekker). */
const PRODUCT_ERROR = `\
define internal double @rjit.productError.$S(double %a, double %b, double %product) nounwind {
entry:
  %a.scaled = fmul double %a, 134217729.0
  %a.rest = fsub double %a.scaled, %a
  %a.high = fsub double %a.scaled, %a.rest
  %a.low = fsub double %a, %a.high
  %b.scaled = fmul double %b, 134217729.0
  %b.rest = fsub double %b.scaled, %b
  %b.high = fsub double %b.scaled, %b.rest
  %b.low = fsub double %b, %b.high
  %high = fmul double %a.high, %b.high
  %cross1 = fmul double %a.low, %b.high
  %cross2 = fmul double %a.high, %b.low
  %low = fmul double %a.low, %b.low
  %rest1 = fsub double %product, %high
  %rest2 = fsub double %rest1, %cross1
  %rest3 = fsub double %rest2, %cross2
  %error = fsub double %low, %rest3
  ret double %error
}`;

/** Half to even, unless the value's error shows that it is no tie. */
const ROUND_WITH_ERROR = `\
define internal double @rjit.roundWithError.$S(double %value, double %error) nounwind {
entry:
  %even = call double @llvm.rint.f64(double %value)
  %floor = call double @llvm.floor.f64(double %value)
  %fraction = fsub double %value, %floor
  %is.half = fcmp oeq double %fraction, 0.5
  %is.inexact = fcmp une double %error, 0.0
  %is.no.tie = and i1 %is.half, %is.inexact
  %up = fcmp ogt double %error, 0.0
  %ceil = fadd double %floor, 1.0
  %nearest = select i1 %up, double %ceil, double %floor
  %result = select i1 %is.no.tie, double %nearest, double %even
  ret double %result
}`;

/** To a multiple of 1 / scale, a power of ten; from 2^52 on a double has no fraction to round. */
const ROUND_DIGITS = `\
define internal double @rjit.roundDigits.$S(double %x, double %scale) nounwind {
entry:
  %scaled = fmul double %x, %scale
  %size = call double @llvm.fabs.f64(double %scaled)
  %has.fraction = fcmp olt double %size, 0x4330000000000000
  br i1 %has.fraction, label %round, label %keep

round:
  %error = call double @rjit.productError.$S(double %x, double %scale, double %scaled)
  %whole = call double @rjit.roundWithError.$S(double %scaled, double %error)
  %rounded = fdiv double %whole, %scale
  %result = call double @llvm.copysign.f64(double %rounded, double %x)
  ret double %result

keep:
  ret double %x
}`;

/** To a multiple of scale. */
const ROUND_TENS = `\
define internal double @rjit.roundTens.$S(double %x, double %scale) nounwind {
entry:
  %scaled = fdiv double %x, %scale
  %size = call double @llvm.fabs.f64(double %scaled)
  %has.fraction = fcmp olt double %size, 0x4330000000000000
  br i1 %has.fraction, label %round, label %keep

round:
  %product = fmul double %scaled, %scale
  %rest = fsub double %x, %product
  %product.error = call double @rjit.productError.$S(double %scaled, double %scale, double %product)
  %error = fsub double %rest, %product.error
  %whole = call double @rjit.roundWithError.$S(double %scaled, double %error)
  %rounded = fmul double %whole, %scale
  %result = call double @llvm.copysign.f64(double %rounded, double %x)
  ret double %result

keep:
  ret double %x
}`;

/** Where the operands are equal only the signs of zeros can differ: -0 + 0 is +0, and -(+0 + +0) is -0. */
const MINIMUM = `\
define internal $T @rjit.minimum.$S($T %a, $T %b) nounwind {
entry:
  %below = fcmp olt $T %a, %b
  %above = fcmp ogt $T %a, %b
  %a.neg = fneg $T %a
  %sum.neg = fsub $T %a.neg, %b
  %b.sign = fneg $T %sum.neg
  %is.zero = fcmp oeq $T %a, 0.0
  %equal = select i1 %is.zero, $T %b.sign, $T %a
  %unordered = fcmp uno $T %a, %b
  %nan = fadd $T %a, %b
  %tie = select i1 %unordered, $T %nan, $T %equal
  %high = select i1 %above, $T %b, $T %tie
  %result = select i1 %below, $T %a, $T %high
  ret $T %result
}`;

const MAXIMUM = `\
define internal $T @rjit.maximum.$S($T %a, $T %b) nounwind {
entry:
  %below = fcmp olt $T %a, %b
  %above = fcmp ogt $T %a, %b
  %sum = fadd $T %a, %b
  %is.zero = fcmp oeq $T %a, 0.0
  %unordered = fcmp uno $T %a, %b
  %special = or i1 %is.zero, %unordered
  %tie = select i1 %special, $T %sum, $T %a
  %high = select i1 %above, $T %a, $T %tie
  %result = select i1 %below, $T %b, $T %high
  ret $T %result
}`;

/** ECMAScript differs from C: NaN for a NaN exponent even of base 1, and for ±1 to an infinity. */
const POW_ECMA = `\
define internal $T @rjit.powEcma.$S($T %a, $T %b) nounwind {
entry:
  %power = call $T @llvm.pow.$S($T %a, $T %b)
  %size = call $T @llvm.fabs.$S($T %a)
  %is.unit = fcmp oeq $T %size, 1.0
  %exponent = call $T @llvm.fabs.$S($T %b)
  %is.infinite = fcmp oeq $T %exponent, 0x7FF0000000000000
  %unit.infinite = and i1 %is.unit, %is.infinite
  %is.nan = fcmp uno $T %b, %b
  %exception = or i1 %is.nan, %unit.infinite
  %result = select i1 %exception, $T 0x7FF8000000000000, $T %power
  ret $T %result
}`;

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

/** Smith's scaled division, as CPython's _Py_c_quot; by zero, each part is divided by zero. */
const CDIV = `\
define internal { $T, $T } @rjit.cdiv.$S($T %ar, $T %ai, $T %br, $T %bi) nounwind {
entry:
  %size.re = call $T @llvm.fabs.$S($T %br)
  %size.im = call $T @llvm.fabs.$S($T %bi)
  %re.zero = fcmp oeq $T %size.re, 0.0
  %im.zero = fcmp oeq $T %size.im, 0.0
  %zero = and i1 %re.zero, %im.zero
  br i1 %zero, label %by.zero, label %compare

by.zero:
  %zero.re = fdiv $T %ar, %size.re
  %zero.im = fdiv $T %ai, %size.re
  br label %end

compare:
  %re.larger = fcmp oge $T %size.re, %size.im
  br i1 %re.larger, label %by.re, label %compare.im

by.re:
  %ratio1 = fdiv $T %bi, %br
  %scaled1 = fmul $T %bi, %ratio1
  %denominator1 = fadd $T %br, %scaled1
  %ai.ratio1 = fmul $T %ai, %ratio1
  %re1 = fadd $T %ar, %ai.ratio1
  %ar.ratio1 = fmul $T %ar, %ratio1
  %im1 = fsub $T %ai, %ar.ratio1
  %quotient.re1 = fdiv $T %re1, %denominator1
  %quotient.im1 = fdiv $T %im1, %denominator1
  br label %end

compare.im:
  %im.larger = fcmp oge $T %size.im, %size.re
  br i1 %im.larger, label %by.im, label %end

by.im:
  %ratio2 = fdiv $T %br, %bi
  %scaled2 = fmul $T %br, %ratio2
  %denominator2 = fadd $T %scaled2, %bi
  %ar.ratio2 = fmul $T %ar, %ratio2
  %re2 = fadd $T %ar.ratio2, %ai
  %ai.ratio2 = fmul $T %ai, %ratio2
  %im2 = fsub $T %ai.ratio2, %ar
  %quotient.re2 = fdiv $T %re2, %denominator2
  %quotient.im2 = fdiv $T %im2, %denominator2
  br label %end

end:
  %re = phi $T [ %zero.re, %by.zero ], [ %quotient.re1, %by.re ], [ %quotient.re2, %by.im ], [ 0x7FF8000000000000, %compare.im ]
  %im = phi $T [ %zero.im, %by.zero ], [ %quotient.im1, %by.re ], [ %quotient.im2, %by.im ], [ 0x7FF8000000000000, %compare.im ]
  %half = insertvalue { $T, $T } undef, $T %re, 0
  %result = insertvalue { $T, $T } %half, $T %im, 1
  ret { $T, $T } %result
}`;

/** CPython's complex_pow: by squaring for whole exponents up to 100, else through polar form. Over double only. */
const CPOW = `\
define internal { double, double } @rjit.cpow.$S(double %ar, double %ai, double %br, double %bi) nounwind {
entry:
  %is.real = fcmp oeq double %bi, 0.0
  %floor = call double @llvm.floor.f64(double %br)
  %is.whole = fcmp oeq double %br, %floor
  %magnitude = call double @llvm.fabs.f64(double %br)
  %is.small = fcmp ole double %magnitude, 100.0
  %real.whole = and i1 %is.real, %is.whole
  %by.squares = and i1 %real.whole, %is.small
  br i1 %by.squares, label %count, label %polar

count:
  %exponent = fptosi double %magnitude to i64
  br label %squares

squares:
  %re = phi double [ 1.0, %count ], [ %re.next, %square ]
  %im = phi double [ 0.0, %count ], [ %im.next, %square ]
  %pr = phi double [ %ar, %count ], [ %pr.next, %square ]
  %pi = phi double [ %ai, %count ], [ %pi.next, %square ]
  %rest = phi i64 [ %exponent, %count ], [ %rest.next, %square ]
  %done = icmp eq i64 %rest, 0
  br i1 %done, label %squared, label %square

square:
  %bit = and i64 %rest, 1
  %odd = icmp ne i64 %bit, 0
  %re.pr = fmul double %re, %pr
  %im.pi = fmul double %im, %pi
  %product.re = fsub double %re.pr, %im.pi
  %re.pi = fmul double %re, %pi
  %im.pr = fmul double %im, %pr
  %product.im = fadd double %re.pi, %im.pr
  %re.next = select i1 %odd, double %product.re, double %re
  %im.next = select i1 %odd, double %product.im, double %im
  %pr.pr = fmul double %pr, %pr
  %pi.pi = fmul double %pi, %pi
  %pr.next = fsub double %pr.pr, %pi.pi
  %pr.pi = fmul double %pr, %pi
  %pi.next = fadd double %pr.pi, %pr.pi
  %rest.next = lshr i64 %rest, 1
  br label %squares

squared:
  %half = insertvalue { double, double } undef, double %re, 0
  %power = insertvalue { double, double } %half, double %im, 1
  %positive = fcmp ogt double %br, 0.0
  br i1 %positive, label %return, label %invert

return:
  ret { double, double } %power

invert:
  %inverse = call { double, double } @rjit.cdiv.f64(double 1.0, double 0.0, double %re, double %im)
  ret { double, double } %inverse

polar:
  %re.zero = fcmp oeq double %ar, 0.0
  %im.zero = fcmp oeq double %ai, 0.0
  %zero = and i1 %re.zero, %im.zero
  br i1 %zero, label %of.zero, label %general

of.zero:
  ret { double, double } zeroinitializer

general:
  %size = call double @hypot(double %ar, double %ai)
  %length = call double @llvm.pow.f64(double %size, double %br)
  %angle = call double @atan2(double %ai, double %ar)
  %phase = fmul double %angle, %br
  br i1 %is.real, label %rotate, label %imaginary

imaginary:
  %angle.bi = fmul double %angle, %bi
  %shrink = call double @llvm.exp.f64(double %angle.bi)
  %length.im = fdiv double %length, %shrink
  %log = call double @llvm.log.f64(double %size)
  %turn = fmul double %bi, %log
  %phase.im = fadd double %phase, %turn
  br label %rotate

rotate:
  %radius = phi double [ %length, %general ], [ %length.im, %imaginary ]
  %argument = phi double [ %phase, %general ], [ %phase.im, %imaginary ]
  %cos = call double @llvm.cos.f64(double %argument)
  %sin = call double @llvm.sin.f64(double %argument)
  %result.re = fmul double %radius, %cos
  %result.im = fmul double %radius, %sin
  %result.half = insertvalue { double, double } undef, double %result.re, 0
  %result = insertvalue { double, double } %result.half, double %result.im, 1
  ret { double, double } %result
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
