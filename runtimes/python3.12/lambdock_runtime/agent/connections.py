"""Where the daemon connects."""

import hmac
import socket

from .lines import LineSplitter, parse_object, to_line

_HELLO_WITHIN = 5
_LONGEST_LINE = 64 * 1024 * 1024
# Nobody without the token makes the agent keep more than this.
_LONGEST_HELLO = 4096
# Strangers who have not said hello; the function itself can connect, too.
_MOST_STRANGERS = 16
# A daemon that does not read so much is taken for gone.
_MOST_UNSENT = 64 * 1024 * 1024
# One whose machine or network vanished is noticed by this, and its absence counted from there.
_KEEP_ALIVE = 30


class Connections:
    """One connection at a time counts: the newest that knew the token."""

    def __init__(self, settings, loop, handle, on_orphaned):
        self._settings = settings
        self._loop = loop
        self._handle = handle
        self._on_orphaned = on_orphaned
        self._current = None
        self._strangers = []
        self._orphan_timer = None
        self._closing = False
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        self._listener = socket.create_server((settings.host, settings.port), family=family)
        self._listener.setblocking(False)
        loop.watch(self._listener, self._accept)
        self._wait_for_daemon()

    def send(self, event):
        """Events that nobody listens to are not kept: the next hello tells what has become of each process."""
        if self._current:
            self._current.send(event)

    def close(self):
        """Takes no further connections; the daemon's stays, to hear how its processes end."""
        if self._closing:
            return
        self._closing = True
        self._stop_waiting()
        self._loop.forget(self._listener)
        self._listener.close()
        for stranger in list(self._strangers):
            stranger.close()

    def leave_in_child(self):
        for one in (self._listener, *(stranger.socket for stranger in self._strangers)):
            one.close()
        if self._current:
            self._current.socket.close()

    def received(self, connection, command):
        """Returns False for a stranger who is to stay one."""
        if connection is not self._current:
            token = command.get("token")
            right = isinstance(token, str) and hmac.compare_digest(token.encode(), self._settings.token.encode())
            if command.get("command") != "hello" or not right:
                return False
            self._stop_waiting()
            self._strangers.remove(connection)
            replaced, self._current = self._current, connection
            if replaced:
                replaced.close()
        self._handle(command, connection.send)
        return True

    def closed(self, connection):
        if connection in self._strangers:
            self._strangers.remove(connection)
        if connection is self._current:
            self._wait_for_daemon()

    def _accept(self):
        try:
            accepted, _ = self._listener.accept()
        except OSError:
            return  # it has gone again
        self._strangers.append(_Connection(accepted, self._loop, self))
        if len(self._strangers) > _MOST_STRANGERS:
            self._strangers[0].close()

    def _wait_for_daemon(self):
        self._current = None
        if self._settings.orphan_after > 0 and not self._closing:
            self._orphan_timer = self._loop.after(self._settings.orphan_after, self._on_orphaned)

    def _stop_waiting(self):
        if self._orphan_timer:
            self._orphan_timer.cancel()


class _Connection:
    def __init__(self, accepted, loop, owner):
        self.socket = accepted
        self._loop = loop
        self._owner = owner
        self._unsent = b""
        self._refused = False
        self._closed = False
        self._lines = LineSplitter(_LONGEST_HELLO, self._received, self.close)
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEP_ALIVE)
        self._timer = loop.after(_HELLO_WITHIN, self.close)
        loop.watch(accepted, self._work)

    def send(self, event):
        if self._closed:
            return
        self._unsent += to_line(event)
        self._write()
        if not self._closed and len(self._unsent) > _MOST_UNSENT:
            self.close()

    def close(self):
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        self._loop.forget(self.socket)
        self.socket.close()
        self._owner.closed(self)

    def _work(self):
        if self._unsent:
            self._write()
        if self._closed:
            return
        try:
            data = self.socket.recv(256 * 1024)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
        elif not self._refused:
            self._lines.take(data)

    def _received(self, line):
        if self._closed or self._refused:
            return  # replaced, or refused, while its lines were handled
        command = parse_object(line)
        if command is None:
            self.close()
        elif self._owner.received(self, command):
            self._timer.cancel()
            self._lines.longest = _LONGEST_LINE
        else:
            # Closed with something unread, the connection would be reset and the refusal lost.
            self._refused = True
            self.send({"event": "refused"})
            if not self._closed:
                self.socket.shutdown(socket.SHUT_WR)

    def _write(self):
        try:
            sent = self.socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        self._unsent = self._unsent[sent:]
        self._loop.watch_writable(self.socket, self._work, bool(self._unsent))
