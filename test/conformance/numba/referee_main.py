"""
Reads functions and calls as lines of JSON, and writes what a referee makes of them, `null` where it can't tell.

    referee_main.py model    CPython with the numbers of docs/LANGUAGE.md
    referee_main.py numba    numba
"""

import json
import sys

import model
import numba
import numpy as np
import oracle
from isolation import isolated
from values import NotANumber, decode, encode

#: numba compiles slowly.
SECONDS_PER_FUNCTION = 30


def main():
    oracle.limit_resources()
    answer_of = {"model": by_model, "numba": by_numba}[sys.argv[1]]
    questions = [json.loads(line) for line in sys.stdin]
    for answer in isolated(answer_of, questions, lambda _question: None, SECONDS_PER_FUNCTION):
        sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def by_model(question):
    function = load(question, lambda value: value)
    function.__globals__.update(model.names(function.__globals__))
    return [outcome_of(function, call, question["parameters"], model.argument) for call in question["calls"]]


def by_numba(question):
    try:
        function = load(question, numba.njit)
        function.compile(tuple(numba_type(text) for text in question["parameters"]))
    except Exception:
        return None
    function.disable_compile()
    return [outcome_of(function, call, question["parameters"], scalar) for call in question["calls"]]


def after(argument, parameter):
    """What a call leaves in an array."""
    return encode(model.stored(argument, parameter)) if isinstance(argument, np.ndarray) else "n:"


def load(question, wrap):
    """The function, with all that its source defines made by `wrap`, so that they can call one another."""
    namespace = {}
    exec(compile(question["source"], question["name"], "exec"), namespace)
    for name, value in list(namespace.items()):
        if getattr(getattr(value, "__code__", None), "co_filename", None) == question["name"]:
            namespace[name] = wrap(value)
    return namespace[question["name"]]


def numba_type(text):
    if text.endswith("[,]"):
        return getattr(numba, text[:-3])[:, ::1]
    if text.endswith("[]"):
        return getattr(numba, text[:-2])[::1]
    return numba.boolean if text == "bool" else getattr(numba, text)


def scalar(value, parameter):
    """As numpy's scalar, whose type numba takes as it is."""
    if parameter.endswith("]"):
        return value
    return getattr(np, "bool_" if parameter == "bool" else parameter)(value)


def outcome_of(function, call, parameters, argument):
    arguments = [argument(decode(value), parameter) for value, parameter in zip(call, parameters)]
    try:
        value = encode(function(*arguments))
        return {"value": value, "after": [after(*each) for each in zip(arguments, parameters)]}
    except NotANumber:
        return None
    except BaseException as error:
        return {"raises": type(error).__name__, "message": str(error)}


main()
