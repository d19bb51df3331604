"""CPython with the numbers of docs/LANGUAGE.md: integers of 64 bits that wrap, float32 that stays float32.

The function is the same, only its arguments are of other classes, whose operators follow the table.
"""

import cmath
import math

import numpy as np

MASK = (1 << 64) - 1


class Integer(int):
    """An int64 or, in its subclass, a uint64. Plain ints are literals: they take the type of what they meet."""

    unsigned = False

    def __truediv__(self, other):
        return float(self) / float(other) if isinstance(other, int) else NotImplemented

    def __rtruediv__(self, other):
        return float(other) / float(self) if isinstance(other, int) else NotImplemented

    def __neg__(self):
        return wrapped(-int(self), self, self)

    def __invert__(self):
        return wrapped(~int(self), self, self)

    def __abs__(self):
        return wrapped(abs(int(self)), self, self)

    def __pos__(self):
        return self

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __pow__(self, other, modulus=None):
        if isinstance(other, float):
            return power(float(self), other)
        return self.integer_power(self, other) if isinstance(other, int) else NotImplemented

    def __rpow__(self, other):
        if isinstance(other, float):
            return power(other, float(self))
        return self.integer_power(other, self) if isinstance(other, int) else NotImplemented

    @staticmethod
    def integer_power(base, exponent):
        if exponent < 0:
            if type(exponent) is int:
                return power(float(base), float(exponent))
            raise ValueError("integers to negative integer powers are not allowed")
        return wrapped(pow(int(base), int(exponent), MASK + 1), base, exponent)

    def __lshift__(self, other):
        return wrapped(int(self) << (int(other) & 63), self, self)

    def __rlshift__(self, other):
        return wrapped(other << (int(self) & 63), Integer(0), Integer(0))

    def __rshift__(self, other):
        return wrapped(int(self) >> (int(other) & 63), self, self)

    def __rrshift__(self, other):
        return wrapped(other >> (int(self) & 63), Integer(0), Integer(0))


class Unsigned(Integer):
    unsigned = True


def wrapping(name):
    plain = getattr(int, name)

    def operator(self, other):
        if not isinstance(other, int):
            return NotImplemented
        return wrapped(plain(int(self), int(other)), self, other)

    return operator


for operation in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor"):
    setattr(Integer, f"__{operation}__", wrapping(f"__{operation}__"))
    setattr(Integer, f"__r{operation}__", wrapping(f"__r{operation}__"))


def wrapped(value, left, right):
    """`value` as the type that an operation on these two has."""
    unsigned = all(operand.unsigned for operand in (left, right) if isinstance(operand, Integer))
    value &= MASK
    if unsigned:
        return Unsigned(value)
    return Integer(value - (MASK + 1) if value >> 63 else value)


def power(base, exponent):
    value = base**exponent
    return float("nan") if isinstance(value, complex) else value


def saturated(value=0):
    """What `int(x)` is."""
    if isinstance(value, (int, np.integer)):
        return value if isinstance(value, Integer) else Integer(value)
    if value != value:
        return Integer(0)
    limited = max(min(float(value), 2.0**63), -(2.0**63))
    return Integer(min(int(limited), 2**63 - 1))


class Single:
    """A namespace whose functions of float32 give float32."""

    def __init__(self, namespace):
        self.namespace = namespace

    def __getattr__(self, name):
        value = getattr(self.namespace, name)
        return narrowing(value) if callable(value) else value


def narrowing(function):
    def narrow(*arguments):
        value = function(*arguments)
        is_single = any(isinstance(argument, np.float32) for argument in arguments)
        return np.float32(value) if is_single and type(value) is float else value

    return narrow


def names(namespace):
    """What the function is to find under the names that it uses."""
    found = {"int": saturated, "int64": saturated}
    found |= {name: Single(value) for name, value in namespace.items() if value in (math, cmath)}
    found |= {name: narrowing(value) for name, value in namespace.items() if is_of_math(value)}
    return found


def is_of_math(value):
    return callable(value) and getattr(value, "__module__", None) == "math"


def argument(value, parameter):
    """A value as an argument for a parameter of that type."""
    if isinstance(value, np.ndarray):
        return elements(value) if value.dtype.kind in "iu" else value
    if parameter.startswith("uint"):
        return Unsigned(value)
    if parameter.startswith("int"):
        return Integer(value)
    if parameter == "float32":
        return np.float32(value)
    return np.complex64(value) if parameter == "complex64" else value


def elements(array):
    """An array of integers whose arithmetic has 64 bits, whatever it stores."""
    made = np.empty(array.shape, dtype=object)
    of_type = Unsigned if array.dtype.kind == "u" else Integer
    made.ravel()[:] = [of_type(value) for value in array.ravel().tolist()]
    return made


def stored(array, parameter):
    """The numbers of an array as it stores them."""
    if array.dtype != object:
        return array
    words = [int(value) & MASK for value in array.ravel()]
    return np.array(words, dtype=np.uint64).astype(parameter.rstrip("[,]")).reshape(array.shape)
