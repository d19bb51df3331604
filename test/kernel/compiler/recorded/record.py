"""Records what CPython makes of the operators at the edges of their types.

    python3 test/kernel/compiler/recorded/record.py

rewrites the tables beside it; tests read them, and need no Python. Made with CPython 3.11.

A table is a heading `@ language operator left-type right-type result-type`, a line of right operands, and one line
for each left operand: the operand, a colon, and the results for all right operands. Integers are wrapped to their
type, as the language says; `!Name` stands for an exception.
"""
import cmath
import itertools
import math
import operator
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def wrap(value, type_name):
    bits = int(type_name.lstrip('uint'))
    value &= (1 << bits) - 1
    if not type_name.startswith('u') and value >> (bits - 1):
        value -= 1 << bits
    return value


def bounds(type_name):
    bits = int(type_name.lstrip('uint'))
    if type_name.startswith('u'):
        return 0, (1 << bits) - 1
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def integers(type_name):
    low, high = bounds(type_name)
    values = [low, low + 1, -7, -1, 0, 1, 2, 7, 63, 64, 1 << 31, (1 << 53) + 1, high - 1, high]
    return sorted({value for value in values if low <= value <= high})


def few(values):
    """Powers and shifts need only some right operands."""
    return [value for value in values if -8 <= value <= 64 or value == max(values)]


def double(value):
    return struct.unpack('<d', struct.pack('<d', value))[0]


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, complex):
        return f'{text(value.real)},{text(value.imag)}'
    if isinstance(value, float):
        if math.isnan(value):
            return 'nan'
        return repr(value)
    return str(value)


def outcome(function, *args):
    try:
        return text(function(*args))
    except ArithmeticError as error:
        return '!' + type(error).__name__
    except ValueError as error:
        return '!' + type(error).__name__


def table(out, language, op, left_type, right_type, result_type, function, lefts, rights):
    print(f'@ {language} {op} {left_type} {right_type} {result_type}', file=out)
    print(' '.join(text(right) for right in rights), file=out)
    for left in lefts:
        results = (outcome(function, left, right) for right in rights)
        print(f'{text(left)}: {" ".join(results)}', file=out)


def result_type(left, right):
    return 'uint64' if left.startswith('u') and right.startswith('u') else 'int64'


def shift_left(a, b):
    return a << (b & 63)


def shift_right(a, b):
    return a >> (b & 63)


def logical_right(a, b):
    return (a & ((1 << 64) - 1)) >> (b & 63)


def power(a, b):
    if b < 0:
        raise ValueError
    return pow(a, b, 1 << 64)


def true_divide(a, b):
    return float(a) / float(b)


def truncated(a, b):
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def truncated_modulo(a, b):
    return a - b * truncated(a, b)


class RangeError(ArithmeticError):
    pass


def checked(function):
    def divide(a, b):
        if b == 0:
            raise RangeError
        return function(a, b)

    return divide


INTEGER_PAIRS = [
    ('int64', 'int64'),
    ('uint64', 'uint64'),
    ('int64', 'uint64'),
    ('uint64', 'int32'),
    ('int8', 'int8'),
    ('uint8', 'uint16'),
]


def record_integers(out):
    arithmetic = [('+', operator.add), ('-', operator.sub), ('*', operator.mul)]
    bits = [('&', operator.and_), ('|', operator.or_), ('^', operator.xor)]
    python = arithmetic + bits + [('//', operator.floordiv), ('%', operator.mod)]
    comparisons = [
        ('<', operator.lt),
        ('<=', operator.le),
        ('==', operator.eq),
        ('!=', operator.ne),
        ('>', operator.gt),
        ('>=', operator.ge),
    ]
    typescript = [('trunc', checked(truncated)), ('floor', checked(operator.floordiv)), ('%', checked(truncated_modulo))]
    for left, right in INTEGER_PAIRS:
        result = result_type(left, right)
        # An operand takes the type of the result first: int64(2**64 - 1) is -1.
        def on(function, to=result):
            return lambda a, b: wrap(function(wrap(a, to), wrap(b, to)), to)

        lefts, rights = integers(left), integers(right)
        for op, function in python:
            table(out, 'python', op, left, right, result, on(function), lefts, rights)
        for op, function in typescript:
            table(out, 'typescript', op, left, right, result, on(function), lefts, rights)
        for op, function in comparisons:
            table(out, 'python', op, left, right, 'bool', function, lefts, rights)
        table(out, 'python', '/', left, right, 'float64', true_divide, lefts, rights)
        shifted = 'uint64' if left.startswith('u') else 'int64'
        def shifting(function, to=shifted):
            return lambda a, b: wrap(function(a, b), to)

        table(out, 'python', '<<', left, right, shifted, shifting(shift_left), lefts, few(rights))
        table(out, 'python', '>>', left, right, shifted, shifting(shift_right), lefts, few(rights))
        table(out, 'typescript', '>>>', left, right, shifted, shifting(logical_right), lefts, few(rights))
        table(out, 'python', '**', left, right, result, on(power), lefts, few(rights))


FLOATS = [
    -math.inf, -1.7976931348623157e308, -1e300, -7.5, -3.0, -1.0, -0.1, -5e-324, -0.0,
    0.0, 5e-324, 2.2250738585072014e-308, 0.1, 0.5, 1.0, 2.0, 3.0, 7.5, 4503599627370497.5, 1e300, math.inf, math.nan,
]


def ieee(function):
    def apply(a, b):
        try:
            return function(a, b)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return apply


def real_power(a, b):
    value = a ** b
    # CPython's complex result is outside of a float function: NaN, as in numba.
    return math.nan if isinstance(value, complex) else value


def record_floats(out):
    operators = [
        ('+', operator.add),
        ('-', operator.sub),
        ('*', operator.mul),
        ('/', operator.truediv),
        ('//', operator.floordiv),
        ('%', operator.mod),
        ('<', operator.lt),
        ('<=', operator.le),
        ('==', operator.eq),
        ('!=', operator.ne),
    ]
    for op, function in operators:
        result = 'bool' if op[0] in '<=!' else 'float64'
        table(out, 'python', op, 'float64', 'float64', result, function, FLOATS, FLOATS)
    few_floats = [-math.inf, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, math.inf, math.nan]
    # Overflow is an infinity here; its sign is that of an odd power of a negative base.
    def without_overflow(a, b):
        try:
            return real_power(a, b)
        except OverflowError:
            return math.copysign(math.inf, a) if b % 2 == 1 else math.inf

    table(out, 'python', '**', 'float64', 'float64', 'float64', without_overflow, few_floats, few_floats)


COMPLEX_PARTS = [-math.inf, -2.5, -0.0, 0.0, 1.0, 1e-300, 1e300, math.nan]
COMPLEXES = [complex(re, im) for re, im in itertools.product(COMPLEX_PARTS, COMPLEX_PARTS)]
SOME_COMPLEXES = [0j, complex(-0.0, 0.0), 1 + 0j, 2.5j, -1.5 + 2j, 1e-300 + 1e-300j, 1e300 - 1e300j, complex(math.inf, 1), complex(1, math.nan)]


def record_complexes(out):
    for op, function in [('+', operator.add), ('-', operator.sub), ('*', operator.mul), ('/', operator.truediv)]:
        table(out, 'python', op, 'complex128', 'complex128', 'complex128', function, COMPLEXES, SOME_COMPLEXES)
    table(out, 'python', '==', 'complex128', 'complex128', 'bool', operator.eq, COMPLEXES, SOME_COMPLEXES)
    bases = [0j, 1 + 0j, -1.5 + 2j, 2.5j, -2 + 0j, 0.1 - 0.1j]
    exponents = [0j, 1 + 0j, 2 + 0j, 3 + 0j, -1 + 0j, -2 + 0j, 0.5 + 0j, 1j, -1 + 1j, 2.5 - 1j, 100 + 0j]
    table(out, 'python', '**', 'complex128', 'complex128', 'complex128', ieee(operator.pow), bases, exponents)


REALS = [-math.inf, -750.0, -20.5, -3.0, -1.0, -0.75, -1e-10, -0.0, 0.0, 5e-324, 1e-10, 0.3, 0.999, 1.0, 1.5, 2.0, 7.25, 20.5, 170.0, 1e10, 1e300, math.inf, math.nan]
MATH = ['sqrt', 'cbrt', 'exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'erf', 'erfc', 'gamma', 'lgamma', 'degrees', 'radians', 'fabs', 'floor', 'ceil', 'trunc', 'isnan', 'isinf', 'isfinite']
MATH_PAIRS = ['atan2', 'hypot', 'copysign', 'fmod', 'remainder', 'pow', 'nextafter', 'isclose']
CMATH = ['sqrt', 'exp', 'log', 'log10', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'phase', 'isnan', 'isinf', 'isfinite']
PARTS = [-math.inf, -25.5, -1.0, -0.3, -0.0, 0.0, 1e-10, 0.7, 1.0, 3.0, 25.5, math.inf, math.nan]


def saturated(value):
    """Integers beyond 64 bits, which floor and its like give: saturated, as the language has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        low, high = bounds('int64')
        return min(max(value, low), high)
    return value


def record_functions(out):
    """Where CPython raises there is a `?`: the language has NaN or an infinity there."""

    def recorded(function, *args):
        try:
            return text(saturated(function(*args)))
        except (ValueError, OverflowError, ZeroDivisionError):
            return '?'

    for name in MATH:
        function = getattr(math, name)
        print(f'@ math.{name} float64', file=out)
        for x in REALS:
            print(f'{text(x)} {recorded(function, x)}', file=out)
    for name in MATH_PAIRS:
        function = getattr(math, name)
        print(f'@ math.{name} float64 float64', file=out)
        for x, y in itertools.product(REALS[::2], REALS[1::3]):
            print(f'{text(x)} {text(y)} {recorded(function, x, y)}', file=out)
    for name in CMATH:
        function = getattr(cmath, name)
        print(f'@ cmath.{name} complex128', file=out)
        for re, im in itertools.product(PARTS, PARTS):
            print(f'{text(complex(re, im))} {recorded(function, complex(re, im))}', file=out)
    print('@ round float64 int', file=out)
    for x in [0.5, 1.5, 2.5, -0.5, 2.675, 1.005, 0.125, 1234.5678, -1e-5, 1e22, 123456789.125, 5e-324, 0.15, 0.25, 0.35]:
        for digits in [0, 1, 2, 5, -1, -3, 15]:
            print(f'{text(x)} {digits} {recorded(round, x, digits)}', file=out)


def main():
    for name, record in [
        ('functions', record_functions),
        ('integers', record_integers), ('floats', record_floats), ('complexes', record_complexes)]:
        with open(os.path.join(HERE, name + '.txt'), 'w', encoding='ascii') as out:
            record(out)


main()
