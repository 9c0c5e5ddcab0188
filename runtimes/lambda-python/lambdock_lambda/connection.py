import socket


class ConnectionLost(Exception):
    """The Runtime API is gone, or will give no more invocations."""


class Response:
    __slots__ = ("status", "headers", "body")

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


class Connection:
    """
    One kept-alive HTTP/1.1 connection. Written on a bare socket because every warm invocation passes here twice, and
    http.client costs several times as much as all the rest of it.
    """

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._socket = None

    def send(self, request):
        """
        Sends a whole request. Where the server has closed the connection while it was idle, the request is sent once more
        on a new one.
        """
        reused = self._socket is not None
        try:
            return self._exchange(request)
        except _Unanswered:
            if not reused:
                raise
            return self._exchange(request)

    def _exchange(self, request):
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(request)
            received = self._socket.recv(65536)
        except OSError as error:
            self.close()
            raise _Unanswered(str(error)) from error
        if not received:
            self.close()
            raise _Unanswered("the connection was closed")
        return self._read_response(received)

    def _read_response(self, received):
        reader = _Reader(self, received)
        status, headers = reader.head()
        while status < 200:
            status, headers = reader.head()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = reader.chunked()
        else:
            body = reader.exactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, body)

    def receive(self):
        try:
            received = self._socket.recv(262144)
        except OSError as error:
            self.close()
            raise ConnectionLost(str(error)) from error
        if not received:
            self.close()
            raise ConnectionLost("the connection was closed within an answer")
        return received

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None


class _Unanswered(ConnectionLost):
    """Not a byte of an answer has come."""


class _Reader:
    """Reads a response of a server that is known to speak correctly: no more of RFC 9112 than that needs."""

    def __init__(self, connection, received):
        self._connection = connection
        self._held = received

    def head(self):
        text = self._until(b"\r\n\r\n").decode("latin-1")
        lines = text.split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return int(lines[0][9:12]), headers

    def exactly(self, size):
        if len(self._held) < size:
            parts = [self._held]
            missing = size - len(self._held)
            while missing > 0:
                part = self._connection.receive()
                parts.append(part)
                missing -= len(part)
            self._held = b"".join(parts)
        body, self._held = self._held[:size], self._held[size:]
        return body

    def chunked(self):
        parts = []
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                while self._until(b"\r\n"):
                    pass
                return b"".join(parts)
            parts.append(self.exactly(size))
            self.exactly(2)

    def _until(self, end):
        at = self._held.find(end)
        while at < 0:
            self._held += self._connection.receive()
            at = self._held.find(end)
        found, self._held = self._held[:at], self._held[at + len(end) :]
        return found
