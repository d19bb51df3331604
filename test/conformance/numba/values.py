"""Values as text between Python and the runner: `i:3`, `f:0.5`, `c:1.0,-0.0`, `b:1`, `n:`; tuples and arrays as JSON."""

import numpy as np

ELEMENT_TYPES = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
ELEMENT_TYPES |= {"float32", "float64", "complex64", "complex128"}


class NotANumber(Exception):
    """The value is none of a language of numbers."""


def encode(value):
    if value is None:
        return "n:"
    if isinstance(value, (bool, np.bool_)):
        return f"b:{int(value)}"
    if isinstance(value, (int, np.integer)):
        return f"i:{int(value)}"
    if isinstance(value, (float, np.floating)):
        return f"f:{float(value)!r}"
    if isinstance(value, (complex, np.complexfloating)):
        return f"c:{float(value.real)!r},{float(value.imag)!r}"
    if isinstance(value, tuple):
        return [encode(member) for member in value]
    if isinstance(value, np.ndarray) and value.dtype.name in ELEMENT_TYPES and 1 <= value.ndim <= 2:
        data = [encode(item) for item in value.ravel().tolist()]
        return {"element": value.dtype.name, "shape": list(value.shape), "data": data}
    raise NotANumber(type(value).__name__)


def decode(text):
    """The inverse of `encode`; every call makes arrays of its own."""
    if isinstance(text, list):
        return tuple(decode(member) for member in text)
    if isinstance(text, dict):
        data = [decode(item) for item in text["data"]]
        return np.array(data, dtype=text["element"]).reshape(text["shape"])
    kind, _, rest = text.partition(":")
    if kind == "n":
        return None
    if kind == "b":
        return rest == "1"
    if kind == "i":
        return int(rest)
    if kind == "f":
        return float(rest)
    real, _, imaginary = rest.partition(",")
    return complex(float(real), float(imaginary))
