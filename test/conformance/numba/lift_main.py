"""Writes a line of JSON for every function of the installed numba's tests: its source and what CPython makes of it."""

import json
import sys

import oracle
from isolation import isolated
from lift import lifted_functions


def main():
    oracle.limit_resources()
    functions = list(lifted_functions())
    outcomes = isolated(oracle.applicable, functions, lambda _function: ([], "takes too long"))
    for function, (signatures, reason) in zip(functions, outcomes):
        record = {"name": function.name, "file": function.file, "line": function.line, "source": function.source}
        record["signatures"] = [{"parameters": types, "calls": calls} for types, calls in signatures]
        if reason is not None:
            record["reason"] = reason
        sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


main()
