"""RBC's own client on its own server, and NumPy and Numba without any: medians as one line of JSON.

Its arguments: the server's port, the number of overloads, of calls, and of pairs of float64.
"""
import json
import statistics
import sys
import time

import numba
import numpy
import rbc.remotejit

port, overloads, calls, pairs = map(int, sys.argv[1:])


def median_seconds(count, run):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


rjit = rbc.remotejit.RemoteJIT(host="127.0.0.1", port=port)


def define(index):
    source = f"def foo_{index}(a, b):\n    return a + b + {index}\n"
    names = {}
    exec(source, names)
    return rjit("int64(int64, int64)")(names[f"foo_{index}"])


number = 0


def overload():
    global number
    number += 1
    if define(number)(1, 3) != 4 + number:
        raise RuntimeError("the compiled function computes something else")


median_seconds(5, overload)
overload_seconds = median_seconds(overloads, overload)

foo = define(0)
median_seconds(calls, lambda: foo(1, 3))
call_seconds = median_seconds(calls, lambda: foo(1, 3))


@numba.vectorize(["float64(float64, float64)"])
def add(a, b):
    return a + b


a = numpy.full(pairs, 1.5)
b = numpy.full(pairs, 2.5)
add(a, b)
print(json.dumps({
    "overloadMs": 1e3 * overload_seconds,
    "callMicroseconds": 1e6 * call_seconds,
    "localMapMs": 1e3 * median_seconds(5, lambda: add(a, b)),
}))
