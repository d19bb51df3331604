"""jupyter_kernel_test for the kernel named rjit: writes one JSON line for each test, its outcome with the reason."""

import json
import sys
import time
import unittest

import jupyter_kernel_test

TYPES_TIMEOUT_S = 60


def wait_for_types(client):
    """Types are loaded beside the first cells; until then only values complete."""
    end = time.monotonic() + TYPES_TIMEOUT_S
    while time.monotonic() < end:
        if client.complete("'x'.codeP", reply=True)["content"]["matches"]:
            return
    raise TimeoutError(f"the kernel has completed nothing by its types within {TYPES_TIMEOUT_S} s")


class RjitKernelTests(jupyter_kernel_test.KernelTests):
    """No attribute is left out: an unset one would skip its test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        wait_for_types(cls.kc)

    kernel_name = "rjit"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oh no')"
    completion_samples = [
        {"text": "consol", "matches": {"console"}},
        {"text": "'x'.codeP", "matches": {"codePointAt"}},
        {"text": "const 変数: number = 1; 変", "matches": {"変数"}},
        {"text": "%lsm", "matches": {"%lsmagic"}},
    ]
    complete_code_samples = ["1 + 1", "const f = (x: number) => x", "for (const x of [1]) {\n  x\n}", "%pwd"]
    incomplete_code_samples = ["function f() {", "const x = `text", "foo(1,", "class A {\n  b = 1"]
    invalid_code_samples = ["const = 1", "let x x", "foo)"]
    code_page_something = "Math?"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "const text: string = 'a'; text + 'b'", "result": "'ab'"},
        {"code": "await Promise.resolve([1, 2])", "result": "[ 1, 2 ]"},
        {"code": "[{ name: 'a' }, { name: 'b' }]", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "display(html`<b>bold</b>`)", "mime": "text/html"},
        {"code": "display(md`# title`)", "mime": "text/markdown"},
        {"code": "display(svg`<svg></svg>`)", "mime": "image/svg+xml"},
        {"code": "display([{ name: 'a' }])", "mime": "text/html"},
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "display.clear()"


class RjitWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "rjit"
    support_iopub_welcome = True


class JsonLines(unittest.TestResult):
    def _write(self, test, outcome, reason=""):
        print(json.dumps({"test": test.id().rpartition(".")[2], "outcome": outcome, "reason": reason}), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._write(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._write(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._write(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._write(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            reason = "".join(self._exc_info_to_string(err, test))
            self._write(test, "failed", f"{subtest.id()}: {reason}")


tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
tests.run(JsonLines())
