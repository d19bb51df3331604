"""
Writes the notebooks of this folder, and what is known of them from others, into recorded.json: nbval's verdict for each
cell, and the messages with which the kernel answered. Run it by hand, where nbval, ipykernel and pytest-json-report are
installed and the kernelspecs `python3` and `rjit` are found; the tests themselves need no Python:

    python test/notebooks/nbval/record.py [NAME...] && npx biome format --write test/notebooks/nbval
"""
import json
import pathlib
import queue
import subprocess
import sys
import tempfile

import jupyter_client
import nbformat
from nbformat import v4

HERE = pathlib.Path(__file__).parent
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")


def out(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def res(text, **more):
    return v4.new_output("execute_result", {"text/plain": text, **more}, execution_count=1)


def disp(data, **fields):
    return v4.new_output("display_data", data, **fields)


def err(ename, evalue, traceback=()):
    return v4.new_output("error", ename=ename, evalue=evalue, traceback=list(traceback))


def cell(source, *outputs, tags=(), count=1):
    made = v4.new_code_cell(source, outputs=list(outputs), execution_count=count)
    if tags:
        made.metadata["tags"] = list(tags)
    return made


def show(data):
    return f"from IPython.display import display\ndisplay({data!r}, raw=True)"


ZERO = err("ZeroDivisionError", "division by zero")
cases = {}


def case(name, *cells, options=(), kernel="python3", sanitize=None, stored_kernel=None):
    cases[name] = dict(cells=cells, options=list(options), kernel=kernel, sanitize=sanitize,
                       stored_kernel=stored_kernel or kernel)


# What is compared, and how.
case("same", cell("1 + 1", res("2")), cell("print('a')", out("a\n")), cell("x = 3"), cell("x", res("3")))
case("result-differs", cell("1 + 1", res("3")))
case("stream-differs", cell("print('a')", out("b\n")), cell("print('a ')", out("a\n")))
case("output-missing", cell("x = 1", out("a\n")), cell("x = 1", res("1")))
case("output-unexpected", cell("print('a')"), cell("1"), cell("print('a')\n1", out("a\n")))
case("count-differs", cell(show({"text/plain": "a"}) + "\n" + show({"text/plain": "a"}), disp({"text/plain": "a"})),
     cell(show({"text/plain": "a"}), disp({"text/plain": "a"}), disp({"text/plain": "a"})))
case("order-between-kinds", cell("print('a')\n1", res("1"), out("a\n")),
     cell("import sys\nprint('a')\nprint('b', file=sys.stderr)", out("b\n", "stderr"), out("a\n")))
case("order-within-a-kind", cell(show({"text/plain": "a"}) + "\n" + show({"text/plain": "b"}),
                                 disp({"text/plain": "b"}), disp({"text/plain": "a"})))
case("streams-merged", cell("print('a')\nprint('b')", out("a\n"), out("b\n")),
     cell("import sys\nprint('a')\nprint('x', file=sys.stderr)\nprint('b')", out("a\nb\n"), out("x\n", "stderr")))
case("stderr", cell("import sys\nprint('a', file=sys.stderr)", out("b\n", "stderr")),
     cell("import sys\nprint('a', file=sys.stderr)", out("a\n", "stderr")))
case("carriage-return", cell(r"print('10%\r100%')", out("100%\n")), cell(r"print('a\r\nb')", out("a\r\nb\n")),
     cell(r"print('100%')", out("10%\r50%\r100%\n")), cell(r"print('a\rb\r')", out("b\r\n")))
case("backspace", cell(r"print('abc\b\bd')", out("ad\n")), cell(r"print('abc\bd')", out("abc\bd\n")))
case("clear-output", cell("from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')", out("b\n")),
     cell("from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)\nprint('b')", out("b\n")))
case("update-display",
     cell("from IPython.display import display\nh = display('one', display_id='d')", disp({"text/plain": "'two'"})),
     cell("h.update('two')"))
case("result-is-display", cell("1", disp({"text/plain": "1"})), cell(show({"text/plain": "1"}), res("1")))
case("bookkeeping", cell("1", v4.new_output("execute_result", {"text/plain": "1"}, execution_count=99,
                                            metadata={"a": 1}), count=42))
case("images", cell(show({"text/plain": "i", "image/png": PNG}), disp({"text/plain": "i", "image/png": "AAAA"})),
     cell(show({"text/plain": "i", "image/jpeg": "QUJD"}), disp({"text/plain": "i"})),
     cell(show({"text/plain": "i", "image/png": PNG}), disp({"text/plain": "j", "image/png": PNG})))
case("svg", cell(show({"image/svg+xml": "<svg><a/></svg>"}), disp({"image/svg+xml": "<svg><b/></svg>"})),
     cell(show({"image/svg+xml": "<svg><a/></svg>"}), disp({"image/svg+xml": "<svg><a/></svg>"})))
case("html-and-latex", cell(show({"text/html": "<b>1</b>"}), disp({"text/html": "<b>2</b>"})),
     cell(show({"text/latex": "$1$"}), disp({"text/latex": "$2$"})),
     cell(show({"text/html": "<b>1</b>", "text/latex": "$1$"}), disp({"text/latex": "$1$", "text/html": "<b>1</b>"})))
case("json", cell(show({"application/json": {"a": [1, 2.0], "b": None}}), disp({"application/json": {"b": None, "a": [1, 2]}})),
     cell(show({"application/json": {"a": [1, 2]}}), disp({"application/json": {"a": [2, 1]}})),
     cell(show({"application/vnd.x+json": {"a": 1}}), disp({"application/vnd.x+json": {"a": 1, "b": 2}})))
WIDGET = "application/vnd.jupyter.widget-view+json"
case("widget", cell(show({"text/plain": "w", WIDGET: {"model_id": "1"}}), disp({"text/plain": "w", WIDGET: {"model_id": "2"}})))
case("empty-cell", cell(""), cell("   "), cell("", out("a\n")))
case("text-cells", v4.new_markdown_cell("# NBVAL_SKIP"), cell("1", res("2")), v4.new_raw_cell("x"), cell("2", res("2")))
case("unicode", cell("print('größe ☃ 😀')", out("größe ☃ 😀\n")), cell("'é'", res("'e\u0301'")))
case("stdin", cell("input('name?')"), cell("1", res("1")))
case("empty-stream", cell("print('', end='')", out("")), cell("x = 1"))

# Exceptions.
case("exception", cell("1/0", ZERO), cell("1", res("1")), cell("print('a')\n1/0", out("a\n")))
case("raises-comment", cell("# NBVAL_RAISES_EXCEPTION\n1/0", ZERO), cell("#NBVAL_RAISES_EXCEPTION\n1/0", err("ValueError", "x")),
     cell("# NBVAL_RAISES_EXCEPTION\nprint('a')\n1/0", out("a\n"), ZERO))
case("raises-tag", cell("1/0", ZERO, tags=["raises-exception"]), cell("1/0", ZERO, tags=["nbval-raises-exception"]),
     cell("1/0", err("ZeroDivisionError", "other"), tags=["raises-exception"]), cell("1/0", tags=["raises-exception"]))
case("raises-ignored", cell("# NBVAL_RAISES_EXCEPTION\n# NBVAL_IGNORE_OUTPUT\n1/0"),
     cell("1/0", err("ValueError", "x"), tags=["raises-exception", "nbval-ignore-output"]))
case("raises-traceback", cell("1/0", err("ZeroDivisionError", "division by zero", ["elsewhere"]), tags=["raises-exception"]))
case("raises-nothing", cell("# NBVAL_RAISES_EXCEPTION\n1", ZERO), cell("# NBVAL_RAISES_EXCEPTION\n1", res("1")),
     cell("# NBVAL_RAISES_EXCEPTION\n# NBVAL_IGNORE_OUTPUT\n1", ZERO), cell("1", tags=["raises-exception"]))

# Markers.
case("ignore-output", cell("# NBVAL_IGNORE_OUTPUT\n1", res("2")), cell("1", res("2"), tags=["nbval-ignore-output"]),
     cell("1", res("2")), cell("# NBVAL_IGNORE_OUTPUT\n1/0"))
case("ignore-output-legacy", cell("# PYTEST_VALIDATE_IGNORE_OUTPUT\n1", res("2")),
     cell("1", res("2"), tags=["pytest-validate-ignore-output"]))
case("check-output", cell("# NBVAL_CHECK_OUTPUT\n1", res("2")), cell("1", res("2"), tags=["nbval-check-output"]))
case("skip", cell("# NBVAL_SKIP\nx = 1"), cell("x", res("1")), cell("1/0", tags=["nbval-skip"]))
case("marker-syntax", cell("##  NBVAL_SKIP\n1/0"), cell("if True:\n    # NBVAL_SKIP\n    1/0"), cell("1/0 # NBVAL_SKIP"),
     cell("# NBVAL_SKIP it\n1/0"), cell("x = '''\n# NBVAL_SKIP\n'''\n1/0"), cell("# nbval_skip\n1/0"), cell("# nbval-skip\n1/0"))
case("tag-syntax", cell("1/0", tags=["NBVAL_SKIP"]), cell("1/0", tags=["nbval_skip"]), cell("1/0", tags=["other", "nbval-skip"]),
     cell("1/0", tags=["NBVAL-SKIP"]), cell("1/0", tags=["raises_exception"]))
case("comment-over-tag", cell("# NBVAL_CHECK_OUTPUT\n1", res("2"), tags=["nbval-ignore-output"]),
     cell("# NBVAL_IGNORE_OUTPUT\n1", res("2"), tags=["nbval-check-output"]))
case("conflict", cell("# NBVAL_CHECK_OUTPUT\n# NBVAL_IGNORE_OUTPUT\n1", res("2")),
     cell("# NBVAL_IGNORE_OUTPUT\n# NBVAL_CHECK_OUTPUT\n1", res("2")),
     cell("1", res("2"), tags=["nbval-check-output", "nbval-ignore-output"]))
case("never-run", cell("1", count=None), cell("1", res("1"), count=None), cell("1", res("2"), count=None, tags=["nbval-ignore-output"]),
     cell("1/0", count=None))

# Options.
case("lax", cell("1", res("2")), cell("# NBVAL_CHECK_OUTPUT\n1", res("2")), cell("1", res("2"), tags=["nbval-check-output"]),
     cell("1/0"), cell("1", res("1"), count=None), cell("1/0", err("X", "y"), tags=["raises-exception"]), options=["--nbval-lax"])
RULES = r"""
[dates]
regex: \d{1,2}/\d{1,2}/\d{2,4}
replace: DATE

regex: 0x[0-9a-f]+
replace: ADDRESS

regex: (?P<name>\w+)@example\.org
replace: \g<name>@HOST

this line is a comment
regex: took (\d+) (ms|s)
replace: took TIME \2
"""
case("sanitize", cell("print('on 1/2/2024 at 0x7f3a')", out("on 12/11/1999 at 0x1\n")),
     cell("'joe@example.org took 3 ms'", res("'joe@example.org took 99 ms'")), cell("'took 3 s'", res("'took 3 ms'")),
     cell(show({"text/latex": "1/2/2024"}), disp({"text/latex": "2/2/2024"})),
     cell(show({"application/json": {"d": "1/2/2024"}}), disp({"application/json": {"d": "2/2/2024"}})),
     cell("raise ValueError('0xab')", err("ValueError", "0xcd"), tags=["raises-exception"]), sanitize=RULES)
case("timeout", cell("x = 1"), cell("import time\ntime.sleep(60)\ny = 2"), cell("x", res("1")), cell("y", res("2")),
     options=["--nbval-cell-timeout", "1"])
case("kernel-dies", cell("1", res("1")), cell("import os\nos._exit(3)"), cell("1", res("1")), cell("# NBVAL_SKIP"),
     # nbval waits for the reply of the dead kernel until the cell's time is over.
     options=["--nbval-cell-timeout", "3"])
case("kernel-name", cell("1", res("1")), options=["--nbval-kernel-name", "python3"], stored_kernel="no-such-kernel")

# The same rules for another kernel: nothing in them is Python's.
TYPE = err("TypeError", "no")
THROW = "throw new TypeError('no')"
case("rjit-same", cell("1 + 1", res("2")), cell("console.log('a')", out("a\n")), cell("const x = 3"), cell("x", res("3")), kernel="rjit")
case("rjit-differs", cell("1 + 1", res("3")), cell("console.log('a')", out("b\n")), cell("console.error('a')"), kernel="rjit")
case("rjit-tags", cell("1", res("2"), tags=["nbval-ignore-output"]), cell("1", res("2"), tags=["nbval-check-output"]),
     cell(THROW, tags=["nbval-skip"]), cell(THROW, TYPE, tags=["raises-exception"]), cell(THROW, TYPE), kernel="rjit")
case("rjit-comments", cell("// NBVAL_IGNORE_OUTPUT\n1", res("2")), cell("// NBVAL_SKIP\n" + THROW),
     cell("// NBVAL_RAISES_EXCEPTION\n" + THROW, TYPE), cell("// NBVAL_CHECK_OUTPUT\n1", res("1")), kernel="rjit")
case("rjit-sanitize", cell("console.log('took 3 ms')", out("took 4 ms\n")), kernel="rjit", sanitize=RULES)
case("rjit-timeout", cell("for (;;) {}"), cell("1", res("1")), options=["--nbval-cell-timeout", "1"], kernel="rjit")


def write(name, spec):
    book = v4.new_notebook(cells=list(spec["cells"]))
    book.metadata["kernelspec"] = {"name": spec["stored_kernel"], "display_name": spec["stored_kernel"]}
    for number, made in enumerate(book.cells):
        made["id"] = f"cell-{number + 1}"
    nbformat.write(book, HERE / f"{name}.ipynb")


def nbval_verdicts(name, spec, folder):
    options = list(spec["options"])
    if "--nbval-lax" not in options:
        options.append("--nbval")
    if spec["sanitize"]:
        rules = folder / "rules.cfg"
        rules.write_text(spec["sanitize"])
        options += ["--nbval-sanitize-with", str(rules)]
    report = folder / "report.json"
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{name}.ipynb", *options,
                    "--json-report", f"--json-report-file={report}"], cwd=HERE, capture_output=True)
    return [test["outcome"] for test in json.loads(report.read_text())["tests"]]


def messages_of(client, message_id, deadline):
    """Until the request is idle; a kernel that has died ends them with None."""
    while True:
        try:
            message = client.get_iopub_msg(timeout=0.1)
        except queue.Empty:
            deadline -= 0.1
            if deadline <= 0:
                yield None
                return
            continue
        if message["parent_header"].get("msg_id") != message_id:
            continue
        content = message["content"]
        # Places on the machine that recorded are nobody's business, and never compared.
        yield {"type": message["msg_type"], "content": {**content, "traceback": []} if "traceback" in content else content}
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return


def reply_to(client, message_id):
    while True:
        message = client.get_shell_msg(timeout=10)
        if message["parent_header"].get("msg_id") == message_id:
            return message["content"]


def record_cell(manager, client, source):
    """`before` an interrupt and after it; cells that end by themselves have no `after`."""
    message_id = client.execute(source, allow_stdin=False, stop_on_error=False)
    record = {"before": []}
    side = record["before"]
    for message in messages_of(client, message_id, 2):
        if message is None:
            if not manager.is_alive():
                record["died"] = True
                return record
            manager.interrupt_kernel()
            side = record["after"] = []
            side.extend(m for m in messages_of(client, message_id, 10) if m)
            break
        side.append(message)
    reply = reply_to(client, message_id)
    record["reply"] = {key: reply[key] for key in ("status", "execution_count", "ename", "evalue") if key in reply}
    return record


def record(spec):
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name=spec["kernel"], cwd=str(HERE))
    try:
        records = []
        for made in spec["cells"]:
            if made.cell_type != "code":
                continue
            skipped = "NBVAL_SKIP" in made.source.split("\n")[0] or "nbval-skip" in made.metadata.get("tags", [])
            died = any(r and r.get("died") for r in records)
            records.append(None if died or (skipped and "if" not in made.source) else record_cell(manager, client, made.source))
        return records
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main(names):
    path = HERE / "recorded.json"
    recorded = json.loads(path.read_text()) if path.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names or cases:
            spec = cases[name]
            write(name, spec)
            recorded[name] = {
                "options": spec["options"],
                **({"sanitize": spec["sanitize"]} if spec["sanitize"] else {}),
                "kernel": spec["kernel"],
                "nbval": nbval_verdicts(name, spec, pathlib.Path(folder)),
                "cells": record(spec),
            }
            print(name, *recorded[name]["nbval"], flush=True)
            ordered = {known: recorded[known] for known in cases if known in recorded}
            path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


main(sys.argv[1:])
