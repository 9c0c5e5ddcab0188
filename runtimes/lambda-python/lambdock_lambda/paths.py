import os
import sys
import sysconfig

# Modules that AWS's runtime offers to functions.
PROVIDED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "provided")

_real = None
_shown = None


def set_up(task_root, sdk):
    """
    Orders `sys.path` as on AWS: the code, what PYTHONPATH names (layers), Python's own library, the AWS SDK, packages of
    this machine. AWS has the SDK before Python's library; here it may lie among packages that would hide parts of that.
    """
    layers = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    first = list(dict.fromkeys([task_root, *layers]))
    rest = [path for path in sys.path if path and path not in first and path != sdk]
    sys.path[:] = first + rest
    put_sdk(sdk)
    sys.path.append(PROVIDED)


def put_sdk(sdk):
    if sdk:
        installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        at = next((i for i, path in enumerate(sys.path) if path in installed), len(sys.path))
        sys.path.insert(at, sdk)


def show_task_root_as(task_root, shown_root):
    """
    From here on tracebacks name the files of code that was uploaded as AWS does, below `/var/task`, and not where this
    machine keeps it. Code that runs from its author's own folder keeps its paths.
    """
    global _real, _shown
    if shown_root:
        _real, _shown = task_root.rstrip("/"), shown_root


def shown(text):
    return text if _real is None else text.replace(_real, _shown)
