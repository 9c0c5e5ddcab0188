"""
A process that is started before it is known for which function. See docs/lambda-runtimes.md.
"""

import importlib
import json
import os
import sys
import time

# What handlers import anyway, and what that imports.
_COMMON = (
    "base64 collections contextlib copy dataclasses datetime decimal enum functools hashlib http.client io itertools "
    "logging math os.path pathlib random re ssl string subprocess tempfile threading time traceback typing urllib.error "
    "urllib.parse urllib.request uuid zlib"
).split()


def wait_for_assignment():
    """Waits until standard input tells which function this process will be, and turns into what it would be."""
    for name in _COMMON:
        importlib.import_module(name)
    preloaded = _preload(os.environ.get("LAMBDOCK_STANDBY_PRELOAD", ""))
    line = _read_line()
    if line is None:
        sys.exit(0)
    assignment = json.loads(line)
    _become(assignment["env"], assignment["cwd"])
    if preloaded:
        _forget_if_hidden(preloaded)


def _preload(names):
    before = set(sys.modules)
    for name in names.split(","):
        if name:
            try:
                importlib.import_module(name)
            except ImportError:
                pass  # the function may never ask for it
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


def _forget_if_hidden(preloaded):
    """A function that brings or layers packages of its own gets those, and not what was loaded before it was known."""
    folders = [os.environ.get("LAMBDA_TASK_ROOT", ""), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    packages = {name.split(".")[0] for name in preloaded}
    hidden = any(
        os.path.exists(os.path.join(folder, package)) or os.path.exists(os.path.join(folder, package + ".py"))
        for folder in folders
        if folder
        for package in packages
    )
    if hidden:
        for name in preloaded:
            sys.modules.pop(name, None)
