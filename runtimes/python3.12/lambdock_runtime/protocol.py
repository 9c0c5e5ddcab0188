"""Serves the daemon: commands on stdin, events on fd 3; see docs/runtime-protocol.md."""

import json
import os
import queue
import signal
import sys
import threading

from .errors import describe_error
from .loading import HandlerMissing, load_application

_EVENT_FD = 3


def run_for_daemon(server):
    """Runs until the daemon ends the process. User code is loaded on the main thread, where it may set up signals."""
    os.set_inheritable(_EVENT_FD, False)
    commands = queue.SimpleQueue()
    signal.signal(signal.SIGTERM, lambda *_: commands.put({"command": "stop"}))
    threading.Thread(target=_read_commands, args=(_take_stdin(), commands), daemon=True).start()
    port = server.listen(os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "0")))
    _emit({"event": "listening", "port": port})
    _die_with_parent()
    while (command := commands.get())["command"] != "stop":
        _load(server, command["directory"], command["entry"], command.get("inline", False))
    server.close()


def _load(server, directory, entry, inline):
    try:
        application = load_application(directory, entry, inline)
    except HandlerMissing as error:
        failure = {"name": "HandlerMissing", "message": str(error), "stack": str(error), "file": entry}
        _emit({"event": "failed", "error": failure})
    except BaseException as error:  # SystemExit too: code that exits while it loads does not load
        _emit({"event": "failed", "error": describe_error(error, directory, inline=inline)})
    else:
        server.serve(application)
        _emit({"event": "ready"})


def _emit(event):
    os.write(_EVENT_FD, (json.dumps(event) + "\n").encode())


def _take_stdin():
    """Moves the command stream away from fd 0, so that what user code starts can't read from it."""
    fd = os.dup(0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return fd


def _read_commands(fd, commands):
    """Answers pings here, off the main thread: it needs the interpreter's lock, so code that hangs with it is noticed.

    Reads without a buffered file, whose lock would be held when the interpreter ends.
    """
    rest = b""
    while data := os.read(fd, 65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in filter(None, lines):
            command = json.loads(line)
            if command["command"] == "ping":
                _emit({"event": "pong"})
            elif command["command"] == "load":
                commands.put(command)
    _end_with_daemon()


def _end_with_daemon():
    """The daemon is gone: whatever the function started goes with it."""
    try:
        os.killpg(os.getpid(), signal.SIGKILL)  # fails unless this process leads a group
    finally:
        os._exit(1)


def _die_with_parent():
    """For code that never lets go of the interpreter's lock, so that the end of stdin goes unnoticed. Linux only."""
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
