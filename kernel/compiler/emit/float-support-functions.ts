/** IR of support functions over floats; `support-functions.ts` says what `$T` and `$S` stand for. */

/** CPython's float_divmod: the remainder takes the sign of the divisor, and a zero does too. */
export const MODFLOOR = `\
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
export const DIVFLOOR = `\
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
export const ROUND_HALF_UP = `\
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
export const PRODUCT_ERROR = `\
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
export const ROUND_WITH_ERROR = `\
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
export const ROUND_DIGITS = `\
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
export const ROUND_TENS = `\
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
export const MINIMUM = `\
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

export const MAXIMUM = `\
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
export const POW_ECMA = `\
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

/** No float moves by more than 5000 binary places. */
export const LDEXP = `\
define internal $T @rjit.ldexp.$S($T %x, i64 %n) nounwind {
entry:
  %is.low = icmp slt i64 %n, -5000
  %not.low = select i1 %is.low, i64 -5000, i64 %n
  %is.high = icmp sgt i64 %not.low, 5000
  %clamped = select i1 %is.high, i64 5000, i64 %not.low
  %places = trunc i64 %clamped to i32
  %result = call $T @ldexp$F($T %x, i32 %places)
  ret $T %result
}`;

/** C leaves the exponent open for infinities and NaN. */
export const EXPONENT = `\
define internal $T @rjit.exponent.$S($T %x) nounwind {
entry:
  %place = alloca i32
  store i32 0, i32* %place
  %mantissa = call $T @frexp$F($T %x, i32* %place)
  %size = call $T @llvm.fabs.$S($T %x)
  %is.finite = fcmp olt $T %size, 0x7FF0000000000000
  %exponent = load i32, i32* %place
  %known = select i1 %is.finite, i32 %exponent, i32 0
  %result = sitofp i32 %known to $T
  ret $T %result
}`;
