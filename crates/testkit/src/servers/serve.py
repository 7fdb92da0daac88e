"""Runs a server that ends with the test: `serve.py FOLDER MODULE:FUNCTION NAME ARGUMENT...`, in a process group of its own.

FOLDER is what it keeps its state in, which goes with it.
"""
import importlib
import os
import shutil
import signal
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
module, function = main.split(":")
sys.exit(getattr(importlib.import_module(module), function)())
