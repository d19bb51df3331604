/** IR of support functions over complex numbers; `support-functions.ts` says what `$T` and `$S` stand for. */

/** Smith's scaled division, as CPython's _Py_c_quot; by zero, each part is divided by zero. */
export const CDIV = `\
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
export const CPOW = `\
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
