"""
What functions register to run before a snapshot of them is taken and after it is restored. Part of the runtime on AWS:
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

_before_snapshot = []
_after_restore = []


def register_before_snapshot(func, *args, **kwargs):
    """Runs `func` before the snapshot; what was registered last runs first."""
    _before_snapshot.insert(0, (func, args, kwargs))


def register_after_restore(func, *args, **kwargs):
    """Runs `func` after the restore, in the order of registration."""
    _after_restore.append((func, args, kwargs))


def get_before_snapshot():
    return _before_snapshot


def get_after_restore():
    return _after_restore
