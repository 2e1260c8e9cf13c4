"""Runs Python scripts as from a command line, one after the other in this one process.

Reads a JSON list of {"script": path, "arguments": [text, ...]} and prints one of {"status", "stdout", "stderr"}.
"""

import contextlib
import io
import json
import runpy
import sys


def run(script, arguments):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    status = 0
    sys.argv = [script, *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            status = 0 if end.code in (None, 0) else 1
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return {"status": status, "stdout": texts[0], "stderr": texts[1]}


json.dump([run(task["script"], task["arguments"]) for task in json.load(sys.stdin)], sys.stdout)
