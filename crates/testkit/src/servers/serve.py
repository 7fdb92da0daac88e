"""Runs a server that ends with the test: `serve.py FOLDER MODULE:FUNCTION NAME ARGUMENT...`, in a process group of its own.

With `program` in the place of a function it is a program: `serve.py FOLDER program VARIABLE=VALUE... PROGRAM ARGUMENT...`.

FOLDER is what it keeps its state in, which goes with it.
"""
import importlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import warnings


def end_with_parent():
    # The other end of stdin is held by the test alone, so it closes however the test ends.
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


warnings.simplefilter("ignore")
folder, main = sys.argv[1:3]
sys.argv = sys.argv[3:]
threading.Thread(target=end_with_parent, daemon=True).start()
if main == "program":
    start = next(place for place, word in enumerate(sys.argv) if "=" not in word)
    sys.exit(subprocess.call(sys.argv[start:], env=dict(word.split("=", 1) for word in sys.argv[:start])))
module, function = main.split(":")
sys.exit(getattr(importlib.import_module(module), function)())
