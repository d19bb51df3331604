"""Writes own-vectors.txt, a small set of test vectors in CPython's format. Needs mpmath; the file is committed."""

import os
import random

import mpmath

mpmath.mp.prec = 400
REAL = {
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "lgamma": mpmath.loggamma,
    "gamma": mpmath.gamma,
    "log1p": mpmath.log1p,
    "expm1": mpmath.expm1,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "exp": mpmath.exp,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "cbrt": mpmath.cbrt,
}
COMPLEX = {
    name: getattr(mpmath, name)
    for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "log", "log10", "sqrt", "exp")
    + ("cosh", "sinh", "tanh", "cos", "sin", "tan")
}


def main():
    rng = random.Random(20)
    lines = ["-- Test vectors of our own, by own_vectors.py: correctly rounded with mpmath."]
    for name, function in REAL.items():
        for index in range(4):
            x = rng.uniform(0.01, 6.0) * 10 ** rng.uniform(-3, 0)
            lines.append(f"{name}{index} {name} {x!r} -> {float(function(mpmath.mpf(x)))!r}")
    for name, function in COMPLEX.items():
        for index in range(4):
            z = complex(rng.uniform(-3, 3), rng.uniform(-3, 3))
            value = function(mpmath.mpc(z))
            lines.append(f"{name}{index} {name} {z.real!r} {z.imag!r} -> {float(value.real)!r} {float(value.imag)!r}")
    lines += SPECIAL
    path = os.path.join(os.path.dirname(__file__), "own-vectors.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


SPECIAL = [
    "special0 log1p -1.0 -> -inf divide-by-zero",
    "special1 log2 -2.0 -> nan invalid",
    "special2 gamma -0.0 -> -inf divide-by-zero",
    "special3 gamma 180.0 -> inf overflow",
    "special4 expm1 -inf -> -1.0",
    "special5 erfc -inf -> 2.0",
    "special6 sqrt -4.0 -0.0 -> 0.0 -2.0",
    "special7 sqrt -inf inf -> inf inf",
    "special8 log 0.0 -0.0 -> -inf -0.0 divide-by-zero",
    "special9 atan 0.0 1.0 -> 0.0 inf divide-by-zero ignore-real-sign",
    "special10 exp -inf nan -> 0.0 0.0 ignore-real-sign ignore-imag-sign",
    "special11 tanh 0.0 inf -> nan nan invalid",
    "special12 acosh 0.0 nan -> nan nan",
    "special13 rect inf inf -> inf nan invalid ignore-real-sign",
    "special14 rect 0.0 nan -> 0.0 0.0 ignore-real-sign ignore-imag-sign",
    "special15 rect -inf -0.0 -> -inf 0.0",
    "special16 rect 2.0 0.0 -> 2.0 0.0",
    "special17 polar -inf 0.0 -> inf 3.141592653589793",
    "special18 polar 0.0 -2.0 -> 2.0 -1.5707963267948966",
    "special19 cosh inf 0.0 -> inf 0.0",
]

main()
