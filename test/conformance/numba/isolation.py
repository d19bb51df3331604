"""Runs a step for each of many inputs in a child process, which is replaced when one of them hangs or kills it."""

import json
import os
import select
import signal

#: Some of CPython's own loops answer no alarm.
SECONDS_PER_INPUT = 3


def isolated(step, inputs, when_lost, seconds=SECONDS_PER_INPUT):
    """`step(input)` for each, in order, as JSON data; `when_lost(input)` where the child did not survive it."""
    position = 0
    while position < len(inputs):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            run_child(step, inputs[position:], writer)
        os.close(writer)
        lines = Lines(reader, seconds)
        while position < len(inputs):
            line = lines.next()
            yield json.loads(line) if line else when_lost(inputs[position])
            position += 1
            if not line:
                break
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def run_child(step, inputs, writer):
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    with os.fdopen(writer, "w") as results:
        for each in inputs:
            results.write(json.dumps(step(each)) + "\n")
            results.flush()
    os._exit(0)


class Lines:
    """Lines of a pipe, each waited for only so long."""

    def __init__(self, descriptor, seconds):
        self.descriptor = descriptor
        self.seconds = seconds
        self.rest = b""

    def next(self):
        """The next line; empty when the writer ended or takes too long."""
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.descriptor], [], [], self.seconds)
            chunk = os.read(self.descriptor, 1 << 16) if ready else b""
            if not chunk:
                return b""
            self.rest += chunk
        line, _, self.rest = self.rest.partition(b"\n")
        return line
