"""What CPython makes of a function: for each kind of arguments that it runs with, calls and their outcomes."""

import contextlib
import io
import resource
import signal
import warnings

from arguments import argument_tuples, array_ranks, array_signatures, scalar_signatures
from values import NotANumber, encode

#: Of processor time, so that a busy machine drops no call.
SECONDS_PER_CALL = 0.1
#: A function that takes longer for more calls than these is left alone.
MAX_LONG_CALLS = 4
MEMORY_LIMIT_BYTES = 3 << 30
#: What a program of numbers raises; anything else says that the arguments weren't meant for the function.
ARITHMETIC = ("ZeroDivisionError", "OverflowError", "ValueError", "AssertionError", "IndexError")


class TooLong(BaseException):
    pass


def limit_resources():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    signal.signal(signal.SIGVTALRM, on_alarm)
    warnings.simplefilter("ignore")


def on_alarm(_signal, _frame):
    raise TooLong


def load(function):
    """The lifted function itself; raises what its module raises."""
    namespace = {}
    exec(compile(function.source, function.name, "exec"), namespace)
    return namespace[function.name]


def applicable(function):
    """`(signatures, reason)`: each signature is (parameter types, calls); without any, why there is none."""
    if function.missing:
        return [], "uses " + ", ".join(function.missing)
    try:
        callable_function = load(function)
    except Exception as error:
        return [], f"does not load: {type(error).__name__}"
    runner = Runner(callable_function, function.name)
    reasons = []
    ranks = array_ranks(function.source, function.name, function.parameters)
    candidates = [scalar_signatures(len(function.parameters))] if not any(ranks) else []
    candidates.append(array_signatures(ranks) if any(ranks) else array_signatures([1] * len(ranks)))
    for signatures in candidates:
        found = []
        for parameters in signatures:
            calls, reason = runner.run(parameters)
            if calls:
                found.append((parameters, calls))
            reasons.append(reason)
        if found:
            return found, None
    return [], next((reason for reason in reasons if reason), "too many parameters")


class Runner:
    def __init__(self, function, seed):
        self.function = function
        self.seed = seed
        self.long_calls = 0

    def run(self, parameters):
        """The calls that end with a number or an arithmetic error; none, and why, where even one ends in another way."""
        calls = []
        for arguments in argument_tuples(parameters, self.seed):
            if self.long_calls > MAX_LONG_CALLS:
                return [], "takes too long"
            before = [encode(argument) for argument in arguments]
            outcome, reason = outcome_of(self.function, arguments)
            if reason == "takes too long":
                self.long_calls += 1
                continue
            if reason is not None:
                return [], reason
            after = [encode(argument) for argument in arguments]
            calls.append({"arguments": before, **outcome, **({"after": after} if after != before else {})})
        return (calls, None) if is_meant(calls) else ([], always_raises(calls))


def is_meant(calls):
    """Whether the function was made for such arguments: one call returns, or all raise what numbers raise."""
    if any("value" in call for call in calls):
        return True
    return len(calls) > 0 and not any(call["raises"] == "ValueError" for call in calls)


def always_raises(calls):
    names = sorted({call["raises"] for call in calls})
    return f"always raises {' or '.join(names)}" if names else "takes too long"


def outcome_of(function, arguments):
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_PER_CALL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            value = function(*arguments)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return {"value": encode(value)}, None
    except NotANumber as error:
        return None, f"returns {error}"
    except (TooLong, MemoryError, RecursionError):
        return None, "takes too long"
    except Exception as error:
        name = type(error).__name__
        if name in ARITHMETIC:
            return {"raises": name, "message": str(error)}, None
        return None, f"raises {name}"
    except BaseException as error:
        return None, f"raises {type(error).__name__}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
