import os
import socket
import struct

from .connection import Response

# The longest answer for which the channel is meant.
LONGEST_ANSWER = 64 * 1024

_SIZE = struct.Struct("<I")
_SIZES = struct.Struct("<II")
_ANSWER = struct.Struct("<IB")
_KIND_NEXT = 0
_KIND_ANSWER = 1
_NEXT = _ANSWER.pack(1, _KIND_NEXT)
_NAMES = tuple(
    f"lambda-runtime-{name}"
    for name in ("aws-request-id", "deadline-ms", "invoked-function-arn", "trace-id", "client-context")
)


class EventChannel:
    """
    Takes events and gives answers by frames on a socket that lambdock has started this process with: see
    docs/lambda-runtimes.md.
    """

    @staticmethod
    def open(descriptor):
        """None where the descriptor is not a socket any more: whatever has started us has closed it."""
        try:
            os.set_inheritable(descriptor, False)
            return EventChannel(socket.socket(fileno=descriptor))
        except OSError:
            return None

    def __init__(self, connected):
        self._socket = connected
        self._send = connected.sendall
        self._receive = connected.recv

    def next(self):
        """The next event as the Runtime API gives it, however long it takes to come; None when there will be none."""
        try:
            self._send(_NEXT)
        except OSError:
            return None
        return self._await()

    def answer(self, body):
        """Answers the event under way, and returns the next one as `next` does. Raises OSError where it can't be told."""
        self._send(_ANSWER.pack(1 + len(body), _KIND_ANSWER) + body)
        return self._await()

    def _await(self):
        try:
            received = self._receive(65536)
            while len(received) < _SIZES.size or len(received) < _SIZE.size + _SIZE.unpack_from(received)[0]:
                more = self._receive(1048576)
                if not more:
                    return None
                received += more
        except OSError:
            return None
        return _event(received)


def _event(received):
    _, size = _SIZES.unpack_from(received)
    end = _SIZES.size + size
    head = received[_SIZES.size : end].decode("latin-1").split("\n")
    return Response(200, dict(zip(_NAMES, head)), received[end:])
