"""Functions of our own for `npm test`, which needs no Python: what CPython makes of them is in own-functions.jsonl.

    python lift_main.py own > own-functions.jsonl
"""

import cmath
import math

import numpy as np

LIMIT = 1000
WEIGHTS = (0.5, 0.25, 0.125)


def greatest_common_divisor(a, b):
    while b != 0:
        a, b = b, a % b
    return abs(a)


def collatz(n):
    m = n // 1
    steps = 0
    while 1 < m < 1e6 and steps < LIMIT:
        m = m // 2 if m % 2 == 0 else 3 * m + 1
        steps += 1
    return steps


def is_prime(n):
    if n < 2:
        return False
    for d in range(2, LIMIT):
        if d * d > n:
            break
        if n % d == 0:
            return False
    return True


def first_factor(n):
    for d in range(2, 20):
        if n % d == 0:
            break
    else:
        d = -1
    return d


def newton(x):
    guess = 1.0
    while abs(guess * guess - x) > 1e-9 and guess < 1e12:
        guess = (guess + x / guess) / 2
    else:
        guess += 0.0
    return guess


def polynomial(x, c=2):
    return ((WEIGHTS[0] * x + WEIGHTS[1]) * x + WEIGHTS[2]) * c


def swapped(a, b):
    (p, q), c = (b, a), 2.5
    return p * c - q


def quotient_and_rest(a, b):
    q, r = divmod(a, b)
    return q * b + r == a, q, r


def between(low, x, high):
    return low < x <= high != x + 1


def bits(x, y):
    return (x & y) ^ (x | 3) + ~y


def truth(a, b):
    return (not a or b) and (a or not b)


def clamp(x, low, high):
    return min(max(x, low), high)


def hypotenuse(x, y):
    a, b = float(x), float(y)
    return math.sqrt(a * a + b * b) / (1.0 + math.hypot(a, b))


def rounding(x):
    return math.floor(x) + 2 * math.ceil(x) + 3 * round(x) + 4 * int(x)


def magnitude(z):
    return abs(z) + z.real - z.imag


def rotated(z, w):
    return z * cmath.exp(1j * w) / (1 + abs(z))


def half(x):
    return helper(x, scale=0.5)


def helper(x, scale):
    return x * scale if x > 0 else -x


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def guarded(x):
    assert x >= 0, "x must not be negative"
    if x > 100:
        raise ValueError("x is too large")
    return np.sqrt(x)


def divided(a, b):
    return a / b + a // b - a % b


angle = lambda x, y: math.atan2(y, x) if x or y else 0.0


def total(a):
    s = 0.0
    for i, x in enumerate(a):
        s += float(x) * (i + 1)
    return s


def scaled(a, factor):
    for i in range(len(a)):
        a[i] = a[i] * factor


def trace(m):
    rows, columns = m.shape
    s = m[0, 0]
    for i in range(1, min(rows, columns)):
        s += m[i, i]
    return s
