"""A threaded HTTP server that holds requests until it has an application to give them to."""

import os
import socket
import threading

from .connection import Connection

_BACKLOG = 512


class FunctionServer:
    """One thread a connection. Connections are few and long: the daemon and an ingress pool them."""

    def __init__(self):
        self.application = None
        self.closing = False
        self._loaded = threading.Event()
        self._idle = threading.Condition()
        self._active = 0
        self._listener = None

    def listen(self, host, port):
        """Accepts connections in the background. Returns the port, which user code finds in os.environ["PORT"]."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        actual = self._listener.getsockname()[1]
        os.environ["PORT"] = str(actual)
        threading.Thread(target=self._accept, daemon=True).start()
        return actual

    def serve(self, application):
        """Lets requests through, first those that were held."""
        self.application = application
        self._loaded.set()

    def close(self):
        """Stops accepting and returns when the requests under way are answered."""
        self.closing = True
        self._listener.close()
        with self._idle:
            self._idle.wait_for(lambda: self._active == 0)

    def enter(self):
        """Called when a request has come; returns when it can be answered."""
        with self._idle:
            self._active += 1
        self._loaded.wait()

    def leave(self):
        """Called when a request's answer is out."""
        with self._idle:
            self._active -= 1
            if self._active == 0:
                self._idle.notify_all()

    def _accept(self):
        while not self.closing:
            try:
                connection, address = self._listener.accept()
            except OSError:
                if self.closing:
                    return
                raise
            threading.Thread(target=Connection, args=(connection, address, self), daemon=True).start()
