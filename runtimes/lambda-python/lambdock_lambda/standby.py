"""
A process that is started before it is known for which function. See docs/lambda-runtimes.md.
"""

import importlib
import json
import os
import sys
import time

from . import paths

# What handlers import anyway, and what that imports.
_COMMON = (
    "base64 collections contextlib copy dataclasses datetime decimal enum functools hashlib http.client io itertools "
    "logging math os.path pathlib random re ssl string subprocess tempfile threading time traceback typing urllib.error "
    "urllib.parse urllib.request uuid zlib"
).split()


def wait_for_assignment():
    """Waits until standard input tells which function this process will be, and turns into what it would be."""
    before = set(sys.modules)
    for name in _COMMON:
        importlib.import_module(name)
    common = set(sys.modules) - before
    sdk = os.environ.get("LAMBDOCK_PYTHON_SDK")
    preloaded = _preload(os.environ.get("LAMBDOCK_STANDBY_PRELOAD", ""), sdk)
    line = _read_line()
    if line is None:
        sys.exit(0)
    assignment = json.loads(line)
    _become(assignment["env"], assignment["cwd"])
    _forget_what_is_hidden(common, preloaded)


def _preload(names, sdk):
    before = set(sys.modules)
    original = sys.path[:]
    paths.put_sdk(sdk)
    for name in names.split(","):
        if name:
            try:
                importlib.import_module(name)
            except ImportError:
                pass  # the function may never ask for it
    sys.path[:] = original
    return set(sys.modules) - before


def _read_line():
    parts = []
    while True:
        part = os.read(0, 65536)
        if not part:
            return None
        parts.append(part)
        if b"\n" in part:
            return b"".join(parts).split(b"\n", 1)[0]


def _become(env, cwd):
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    # Like every process started without input: whoever reads it finds its end.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _forget_what_is_hidden(common, preloaded):
    """
    A function that brings or layers modules of its own gets those, and not what was loaded before it was known: one of
    Python's own by itself, packages that were asked for together, because they have to fit each other.
    """
    names = _names_in([os.environ.get("LAMBDA_TASK_ROOT", ""), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    forgotten = [name for name in common if name.partition(".")[0] in names]
    if any(name.partition(".")[0] in names for name in preloaded):
        forgotten += preloaded
    for name in forgotten:
        sys.modules.pop(name, None)


def _names_in(folders):
    names = set()
    for folder in folders:
        try:
            names.update(entry.partition(".")[0] for entry in os.listdir(folder or os.devnull))
        except OSError:
            pass  # layers name folders that they need not have
    return names
