"""Imports the user's handler file."""

import importlib.util
import os
import sys

from .application import FunctionApplication


class HandlerMissing(Exception):
    """The code loads, but holds nothing that could answer a request."""

    def __init__(self, message, path):
        super().__init__(message)
        self.path = path


def load_application(directory, entry, inline=False):
    """Imports `entry` as the module `handler`, its folder first on sys.path, and wraps its function of that name."""
    path = os.path.join(directory, entry)
    os.chdir(directory)
    sys.path[0] = os.path.dirname(path)  # was the runtime's own folder, whose modules are none of the user's business
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("handler", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["handler"] = module
    spec.loader.exec_module(module)
    handler = getattr(module, "handler", None)
    if not callable(handler):
        what = "defines no function `handler`" if handler is None else "has a `handler` that is not a function"
        raise HandlerMissing(f"{entry} {what}: write `def handler():`", path)
    return FunctionApplication(handler, directory, inline)
