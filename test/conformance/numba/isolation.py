"""Runs a step for each of many inputs in a child process, which is replaced when one of them hangs or kills it."""

import json
import os
import select
import signal
import time

#: Of processor time, so that a busy machine loses nothing. Some of CPython's own loops answer no alarm.
SECONDS_PER_INPUT = 3
#: As much longer may it wait, for whatever it waits.
WAITING_FACTOR = 20
#: Between two looks at how long the child has been at it.
POLL_SECONDS = 0.5


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
        lines = Lines(reader, child, seconds)
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
    """Lines of a child's pipe, each waited for only so long."""

    def __init__(self, descriptor, child, seconds):
        self.descriptor = descriptor
        self.child = child
        self.seconds = seconds
        self.rest = b""

    def next(self):
        """The next line; empty when the child ended or takes too long."""
        start = processor_seconds(self.child)
        deadline = time.monotonic() + WAITING_FACTOR * self.seconds
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.descriptor], [], [], POLL_SECONDS)
            if not ready:
                if processor_seconds(self.child) - start > self.seconds or time.monotonic() > deadline:
                    return b""
                continue
            chunk = os.read(self.descriptor, 1 << 16)
            if not chunk:
                return b""
            self.rest += chunk
        line, _, self.rest = self.rest.partition(b"\n")
        return line


def processor_seconds(process):
    with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
