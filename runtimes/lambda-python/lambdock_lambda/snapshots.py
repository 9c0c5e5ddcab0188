"""
Hooks of SnapStart. No snapshot is taken here: an environment goes straight on from before it to after its restore, so that
the hooks of a function that has it turned on do their work in the same order as on AWS.
"""

import os
import sys


def run_hooks():
    """Raises what a hook raises."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    # Nothing has been registered where nobody has imported it.
    hooks = sys.modules.get("snapshot_restore_py")
    if hooks is None:
        return
    for function, args, kwargs in [*hooks.get_before_snapshot(), *hooks.get_after_restore()]:
        function(*args, **kwargs)
