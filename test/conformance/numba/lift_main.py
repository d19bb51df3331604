"""
Writes a line of JSON for every function: its source and what CPython makes of it.

    lift_main.py        those of the installed numba's tests
    lift_main.py own    those of own_functions.py, with a part of their calls
"""

import json
import os
import sys

import oracle
from isolation import isolated
from lift import functions_of, lifted_functions

#: Every how manieth call and signature is kept of our own functions.
OWN_STEP = 3


def main():
    oracle.limit_resources()
    own = sys.argv[1:] == ["own"]
    functions = list(functions_of([os.path.join(os.path.dirname(__file__), "own_functions.py")]) if own else lifted_functions())
    outcomes = isolated(oracle.applicable, functions, lambda _function: ([], "takes too long"))
    for function, (signatures, reason) in zip(functions, outcomes):
        record = {"name": function.name, "file": function.file, "line": function.line, "source": function.source}
        record["signatures"] = [
            {"parameters": types, "calls": calls[:: OWN_STEP if own else 1]} for types, calls in signatures[:: OWN_STEP if own else 1]
        ]
        if reason is not None:
            record["reason"] = reason
        sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


main()
