/**
 * The mathematical routines compiled code may call. Those over floats take and return one float type; those over
 * complex numbers take and return complex128. Server and interpreter both implement all of them.
 */
interface Routine {
  readonly over: 'float' | 'complex';
  readonly arity: 1 | 2;
  /** An LLVM intrinsic (none newer than LLVM 12), a symbol of libm, or a function the emitter writes itself. */
  readonly lowering: 'intrinsic' | 'libm' | 'helper';
  /** Without the suffix for the type. */
  readonly name: string;
}

function float(lowering: Routine['lowering'], name: string, arity: 1 | 2 = 1): Routine {
  return { over: 'float', arity, lowering, name };
}

function complex(name: string): Routine {
  return { over: 'complex', arity: 1, lowering: 'libm', name };
}

export const ROUTINES = {
  fabs: float('intrinsic', 'fabs'),
  sqrt: float('intrinsic', 'sqrt'),
  floor: float('intrinsic', 'floor'),
  ceil: float('intrinsic', 'ceil'),
  trunc: float('intrinsic', 'trunc'),
  // The rounding mode is never changed, so this is half-even, in one instruction on every x86-64-v2.
  roundHalfEven: float('intrinsic', 'rint'),
  roundHalfUp: float('helper', 'roundHalfUp'),
  // Of x and a power of ten: x rounded to that many digits after the point, and before it.
  roundDigits: float('helper', 'roundDigits', 2),
  roundTens: float('helper', 'roundTens', 2),
  sin: float('intrinsic', 'sin'),
  cos: float('intrinsic', 'cos'),
  exp: float('intrinsic', 'exp'),
  exp2: float('intrinsic', 'exp2'),
  log: float('intrinsic', 'log'),
  log2: float('intrinsic', 'log2'),
  log10: float('intrinsic', 'log10'),
  tan: float('libm', 'tan'),
  asin: float('libm', 'asin'),
  acos: float('libm', 'acos'),
  atan: float('libm', 'atan'),
  sinh: float('libm', 'sinh'),
  cosh: float('libm', 'cosh'),
  tanh: float('libm', 'tanh'),
  asinh: float('libm', 'asinh'),
  acosh: float('libm', 'acosh'),
  atanh: float('libm', 'atanh'),
  expm1: float('libm', 'expm1'),
  log1p: float('libm', 'log1p'),
  cbrt: float('libm', 'cbrt'),
  erf: float('libm', 'erf'),
  erfc: float('libm', 'erfc'),
  gamma: float('libm', 'tgamma'),
  lgamma: float('libm', 'lgamma'),
  // Of x and an int64: x · 2ⁿ, rounded once.
  ldexp: float('helper', 'ldexp', 2),
  // The n of x = m · 2ⁿ with 0.5 ≤ |m| < 1, as a float; 0 for zeros, infinities and NaN.
  exponent: float('helper', 'exponent'),
  copysign: float('intrinsic', 'copysign', 2),
  atan2: float('libm', 'atan2', 2),
  hypot: float('libm', 'hypot', 2),
  remainder: float('libm', 'remainder', 2),
  nextafter: float('libm', 'nextafter', 2),
  // NaN where either is NaN, and -0 below +0: Math.min and Math.max.
  minimum: float('helper', 'minimum', 2),
  maximum: float('helper', 'maximum', 2),
  // The other operand where one is NaN: numpy.fmin and fmax.
  minNumber: float('libm', 'fmin', 2),
  maxNumber: float('libm', 'fmax', 2),
  csqrt: complex('csqrt'),
  cexp: complex('cexp'),
  clog: complex('clog'),
  csin: complex('csin'),
  ccos: complex('ccos'),
  ctan: complex('ctan'),
  casin: complex('casin'),
  cacos: complex('cacos'),
  catan: complex('catan'),
  csinh: complex('csinh'),
  ccosh: complex('ccosh'),
  ctanh: complex('ctanh'),
  casinh: complex('casinh'),
  cacosh: complex('cacosh'),
  catanh: complex('catanh'),
} as const satisfies Readonly<Record<string, Routine>>;

export type RoutineName = keyof typeof ROUTINES;

export function routine(name: RoutineName): Routine {
  return ROUTINES[name];
}
