import importlib
import logging
import sys

from .errors import Fault

_SDK = ("boto3", "botocore")


def load_handler(handler):
    """
    The function that `handler` names, like `pkg/app.handler` or `pkg.app.handler`. Raises faults with AWS's types and
    messages, and what user code raises while it is imported.
    """
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        problem = "not enough values to unpack (expected 2, got 1)"
        raise Fault("MalformedHandlerName", f"Bad handler '{handler}': {problem}")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    module = _import(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise Fault("HandlerNotFound", message) from None


def _import(module_name):
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("ImportModuleError", message, cause=error) from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("UserCodeSyntaxError", message, trace) from None


def advise(error):
    """What is always there on AWS may be missing on this machine; only the log says so, the error stays AWS's."""
    cause = error.cause if isinstance(error, Fault) else None
    name = getattr(cause, "name", None)
    if name is not None and name.split(".")[0] in _SDK:
        logging.warning(
            "On AWS %s is part of the runtime. Here it is not installed for %s: run `%s -m pip install boto3`, "
            "or set LAMBDOCK_PYTHON_SDK to a folder that holds it.",
            name.split(".")[0],
            f"Python {sys.version_info.major}.{sys.version_info.minor}",
            sys.executable,
        )
