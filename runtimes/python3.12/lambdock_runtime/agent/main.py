"""Puts the agent together."""

import ctypes  # noqa: F401 - each process needs it, so it had better be there before they are forked
import gc
import signal

from .children import Children, InChild
from .connections import Connections
from .loop import Loop
from .processes import ServerProcesses
from .settings import Settings

# How long the end of the container may be put off by what not even SIGKILL ends.
_LAST_RESORT = 1


def run_agent():
    """Runs until SIGTERM. In a child, runs what the child is for."""
    try:
        _run()
    except InChild as child:
        run = child.run
    else:
        return
    run()


def _run():
    settings = Settings()
    loop = Loop()
    children = Children(loop)

    def end():
        connections.close()
        processes.close(loop.stop)
        loop.after(settings.grace + _LAST_RESORT, loop.stop)

    processes = ServerProcesses(settings, loop, children, lambda event: connections.send(event))
    connections = Connections(settings, loop, processes.handle, end)
    children.on_leave(connections.leave_in_child)
    loop.on_signal(signal.SIGTERM, end)
    loop.on_signal(signal.SIGINT, end)
    # What has been imported is there for good: no collection need touch it, and so it stays shared with the children.
    gc.collect()
    gc.freeze()
    if settings.spare:
        processes.start_spare()
    loop.run()
