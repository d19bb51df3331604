"""Which types of parameters to try a function for, and with what values."""

import ast
import random

INT64_EDGES = [2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63)]
VALUES = {
    "bool": [False, True],
    "int8": [0, 1, -1, 2, 7, -5, 127, -128],
    "uint8": [0, 1, 2, 3, 7, 200, 255],
    "int32": [0, 1, -1, 2, 3, 10, -7, 2**31 - 1, -(2**31)],
    "uint32": [0, 1, 2, 5, 100, 2**32 - 1],
    "int64": [0, 1, -1, 2, 3, 5, -4, 10, -13, 42, *INT64_EDGES],
    "uint64": [0, 1, 2, 3, 7, 64, 2**63, 2**64 - 1],
    "float32": [0.0, 1.0, -1.0, 0.5, -2.25, 3.0, 1e10, float("inf"), float("nan")],
    "float64": [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -2.5, 3.7, 0.1, -1e-300, 1e18, 1e300]
    + [float("inf"), float("-inf"), float("nan")],
    "complex64": [0j, 1j, 1 + 0j, -1.5 + 2j, 0.5 - 0.25j],
    "complex128": [0j, 1j, 1 + 0j, -1 + 0j, 0.5 - 2j, -3.25 + 1.5j, complex(0.0, -1e-10), 1e200 + 1j],
}
UNIFORM = ["int64", "float64", "complex128", "bool", "int32", "uint64", "float32", "int8", "uint8", "complex64"]
PAIRS = [
    ("int64", "float64"),
    ("float64", "int64"),
    ("int32", "int64"),
    ("uint64", "uint32"),
    ("float32", "float64"),
    ("int64", "complex128"),
    ("complex128", "float64"),
    ("float32", "int32"),
]
ARRAY_ELEMENTS = ["float64", "int64", "int32", "complex128", "float32", "uint8"]
CALLS_PER_SIGNATURE = 14
ARRAY_LENGTHS = [0, 1, 2, 5, 8]


def scalar_signatures(count):
    if count == 0:
        return [()]
    if count > 8:
        return []
    signatures = [(each,) * count for each in UNIFORM[: 10 if count <= 2 else 4]]
    if count == 2:
        signatures += PAIRS
    elif count > 2:
        signatures += [("float64",) * (count - 1) + ("int64",), ("int64",) + ("float64",) * (count - 1)]
        signatures += [("float64",) + ("int64",) * (count - 1), ("int64",) * (count - 1) + ("float64",)]
    return signatures


def array_signatures(ranks):
    """`ranks` has 0 for a scalar, 1 or 2 for an array, for each parameter."""
    if len(ranks) > 6:
        return []
    signatures = []
    for element in ARRAY_ELEMENTS:
        for scalar in dict.fromkeys(["int64", element if 0 in ranks else "int64"]):
            signature = tuple(element + ("", "[]", "[,]")[rank] if rank else scalar for rank in ranks)
            signatures.append(signature)
    return signatures


def argument_tuples(parameters, seed):
    """Some tuples of arguments: every value of every parameter occurs, with arbitrary others beside it."""
    rng = random.Random(f"{seed} {parameters}")
    if not parameters:
        return [()]
    if any(parameter.endswith("]") for parameter in parameters):
        return [array_arguments(parameters, length, rng) for length in ARRAY_LENGTHS]
    columns = []
    for parameter in parameters:
        values = VALUES[parameter]
        if len(parameters) == 1:
            columns.append(list(values))
            continue
        shuffled = [rng.choice(values[:8]) for _ in range(CALLS_PER_SIGNATURE)]
        shuffled[: len(values)] = rng.sample(values, len(values))[:CALLS_PER_SIGNATURE]
        rng.shuffle(shuffled)
        columns.append(shuffled)
    return list(dict.fromkeys(zip(*columns)))


def array_arguments(parameters, length, rng):
    """Arrays of one call have one length, and its whole numbers are small, so that they can be indices and counts."""
    return tuple(array(parameter, length, rng) for parameter in parameters)


def array(parameter, length, rng):
    import numpy as np

    element = parameter.rstrip("[,]")
    if element == parameter:
        small = [value for value in VALUES[element] if abs(value) < 50]
        return rng.choice(small)
    count = length if parameter.endswith("[]") else length * max(length - 1, 0)
    values = [value for value in VALUES[element] if abs(value) < 1e4] or [1]
    data = np.array([rng.choice(values) for _ in range(count)], dtype=element)
    return data if parameter.endswith("[]") else data.reshape(length, max(length - 1, 0))


def array_ranks(source, name, parameters):
    """How the function uses each of its parameters: 0 as a number, 1 or 2 as an array."""
    ranks = dict.fromkeys(parameters, 0)
    function = next(node for node in ast.parse(source).body if getattr(node, "name", None) == name)
    for node in ast.walk(function):
        for used, rank in array_uses(node):
            if used in ranks:
                ranks[used] = max(ranks[used], rank)
    return [ranks[parameter] for parameter in parameters]


ARRAY_ATTRIBUTES = {"shape", "size", "ndim", "sum", "mean", "min", "max", "dtype", "flat", "T", "ravel", "copy", "fill"}


def array_uses(node):
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        index = node.slice
        yield node.value.id, len(index.elts) if isinstance(index, ast.Tuple) else 1
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        inner = node.value
        if inner.attr == "shape" and isinstance(inner.value, ast.Name) and isinstance(node.slice, ast.Constant):
            yield inner.value.id, int(node.slice.value) + 1 if node.slice.value in (0, 1) else 1
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in ARRAY_ATTRIBUTES:
        yield node.value.id, 1
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("len", "enumerate", "zip"):
        yield from ((argument.id, 1) for argument in node.args if isinstance(argument, ast.Name))
    elif isinstance(node, ast.For) and isinstance(node.iter, ast.Name):
        yield node.iter.id, 1
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value.value, ast.Name):
            yield node.value.value.id, len(target.elts)
