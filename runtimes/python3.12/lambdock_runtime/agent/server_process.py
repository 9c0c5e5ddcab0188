"""One version of the code: a process that serves it."""

import fcntl
import os
import signal
import sys

from ..protocol import run_for_daemon
from ..server import FunctionServer
from .lines import LineSplitter, parse_object, to_line
from .memory import count_out_of_memory, sacrifice

# Runtime servers keep an error's message and stack well below it; what is longer was written by user code.
_LONGEST_EVENT = 1024 * 1024
# What is read of an ended process's last events, where something it left behind goes on writing.
_LAST_EVENTS = 4 * 1024 * 1024
# A process that hangs is not told more than this, so that its pipe never fills up.
_MOST_UNANSWERED = 100


class ServerProcess:
    """Spoken to in the runtime protocol."""

    def __init__(self, loop, children, environment, on_event, on_exit):
        """Raises OSError when there can't be another process. `on_exit` gets code, signal and oom."""
        self.port = 0  # until it says what it listens on
        self._loop = loop
        self._children = children
        self._on_event = on_event
        self._on_exit = on_exit
        self._unanswered = 0
        self._loaded = self._erred = False
        self._asked = self._killed = False
        self._kill_timer = None
        self._out_of_memory = count_out_of_memory()
        self._commands, stdin = children.pipe_to()
        self._events, out = children.pipe_from()
        os.set_blocking(self._events, False)
        os.set_blocking(self._commands, False)
        try:
            self.pid = children.fork(lambda: _serve(stdin, out, environment), self._ended)
        except OSError:
            for ours in (self._commands, self._events):
                children.close(ours)
            for theirs in (stdin, out):
                os.close(theirs)
            raise
        for theirs in (stdin, out):
            os.close(theirs)
        self._lines = LineSplitter(_LONGEST_EVENT, self._receive)
        self._watched = True
        loop.watch(self._events, self._read)

    def load(self, command):
        self._send({"command": "load", **command})

    def ping(self):
        if self._unanswered < _MOST_UNANSWERED:
            self._unanswered += 1
            self._send({"command": "ping"})

    def stop(self, grace):
        """SIGTERM, and after `grace` seconds SIGKILL; may be repeated with another grace."""
        self._stop_killing()
        if grace <= 0:
            self._kill()
            return
        if not self._asked:
            self._asked = True
            self._children.kill(self.pid, signal.SIGTERM)
        self._kill_timer = self._loop.after(grace, self._kill)

    def _stop_killing(self):
        if self._kill_timer:
            self._kill_timer.cancel()

    def _kill(self):
        self._killed = True
        self._signal_group()

    def _signal_group(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass  # it has ended already, which is what we want

    def _send(self, command):
        try:
            os.write(self._commands, to_line(command))
        except OSError:
            pass  # it ends, and its exit tells more

    def _read(self):
        """Returns how many bytes there were."""
        try:
            data = os.read(self._events, 65536)
        except BlockingIOError:
            return 0
        if data:
            self._lines.take(data)
        elif self._watched:
            self._watched = False
            self._loop.forget(self._events)
        return len(data)

    def _receive(self, line):
        """User code can write to fd 3, too: only what the protocol allows, and as often as it does, is passed on."""
        event = parse_object(line) or {}
        kind = event.get("event")
        good = False
        if kind == "listening":
            port = event.get("port")
            good = self.port == 0 and isinstance(port, int)
            if good:
                self.port = port
        elif kind in ("ready", "failed"):
            good, self._loaded = not self._loaded, True
        elif kind == "error":
            good, self._erred = not self._erred, True
        elif kind == "pong":
            good = self._unanswered > 0
            self._unanswered -= good
        if good:
            self._on_event(kind, event)

    def _ended(self, status):
        self._stop_killing()
        self._signal_group()  # what it started ends with it
        left = _LAST_EVENTS
        while left > 0 and (size := self._read()):
            left -= size
        if self._watched:
            self._loop.forget(self._events)
        self._children.close(self._events)
        self._children.close(self._commands)
        code = os.waitstatus_to_exitcode(status)
        if code >= 0:
            self._on_exit({"code": code, "signal": None, "oom": False})
            return
        unasked = code == -signal.SIGKILL and not self._killed
        oom = unasked and count_out_of_memory() > self._out_of_memory
        self._on_exit({"code": None, "signal": _signal_name(-code), "oom": oom})


def _serve(stdin, out, environment):
    """In the child, whose stdin and fd 3 become what the protocol says."""
    # Out of the way first: either may have the number that the other is to get.
    ends = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 10) for file in (stdin, out)]
    for file in (stdin, out):
        os.close(file)
    for file, target in zip(ends, (0, 3)):
        os.dup2(file, target)
        os.close(file)
    os.environ.update(environment, LAMBDOCK_PROTOCOL="1")
    sys.stdout.reconfigure(line_buffering=True)
    sacrifice()
    run_for_daemon(FunctionServer())


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
