"""A request's body as a file that ends where the body ends."""

import io

_MAX_SIZE_LINE = 1024


class BadBody(OSError):
    """The body is not framed as its headers promised."""


class SizedBody(io.RawIOBase):
    """A body with a Content-Length."""

    def __init__(self, source, size):
        self._source = source
        self._left = size

    def readable(self):
        return True

    @property
    def finished(self):
        return self._left == 0

    def readinto(self, buffer):
        if self._left == 0:
            return 0
        data = self._source.read1(min(len(buffer), self._left))
        if not data:
            raise BadBody("the client went away in the middle of the request body")
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


class ChunkedBody(io.RawIOBase):
    """A body in chunks (RFC 9112, section 7.1). Trailers are read and dropped."""

    def __init__(self, source):
        self._source = source
        self._chunk = None
        self.finished = False

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.finished:
            return 0
        if self._chunk is None:
            size = self._chunk_size()
            if size == 0:
                self._skip_trailers()
                self.finished = True
                return 0
            self._chunk = SizedBody(self._source, size)
        count = self._chunk.readinto(buffer)
        if self._chunk.finished:
            self._chunk = None
            self._line()  # the line break behind each chunk
        return count

    def _chunk_size(self):
        try:
            size = int(self._line().split(b";")[0].strip(), 16)
        except ValueError as error:
            raise BadBody("malformed chunk size") from error
        if size < 0:
            raise BadBody("malformed chunk size")
        return size

    def _skip_trailers(self):
        while self._line() not in (b"\r\n", b"\n"):
            pass

    def _line(self):
        line = self._source.readline(_MAX_SIZE_LINE)
        if not line.endswith(b"\n"):
            raise BadBody("the client went away in the middle of the request body")
        return line
