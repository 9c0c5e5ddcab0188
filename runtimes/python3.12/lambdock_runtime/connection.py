"""HTTP/1.1 on one connection, kept alive, around a WSGI application."""

import io
import sys
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote, urlsplit

from .request_body import ChunkedBody, SizedBody

# A body the handler left unread is skipped up to this size; beyond it, closing the connection is cheaper.
_MAX_SKIPPED = 1024 * 1024
_BODILESS = {204, 304}


class Connection(BaseHTTPRequestHandler):
    """Reads requests one after the other and answers each through the server's application."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, connection, address, server):
        try:
            super().__init__(connection, address, server)
        except ConnectionError:
            pass  # the client went away; there is nobody to tell
        finally:
            connection.close()

    def log_message(self, *_):
        """The log is the function's own."""

    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if not self.parse_request():  # has answered 400 itself
            return
        self.server.enter()
        try:
            self._answer()
        finally:
            self.server.leave()

    def _answer(self):
        raw = self._body()
        if raw is None:
            self.send_error(400, "Content-Length is not a number")
            return
        response = _Response(self)
        try:
            chunks = self.server.application(self._environ(io.BufferedReader(raw)), response.start)
            try:
                for chunk in chunks:
                    response.write(chunk)
                response.end()
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
        except ConnectionError:
            self.close_connection = True
            return
        except Exception as error:  # the application answers its own; this one came while a stream was read
            self.close_connection = True
            self.server.application.report_stream_error(error, None if response.sent else response)
            return
        if not self.close_connection and not _skip(raw):
            self.close_connection = True

    def _body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return ChunkedBody(self.rfile)
        length = self.headers.get("Content-Length", "0").strip()
        return SizedBody(self.rfile, int(length)) if length.isascii() and length.isdigit() else None

    def _environ(self, body):
        target = urlsplit(self.path)
        host, port = self.connection.getsockname()[:2]
        environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(target.path, "latin-1"),
            "QUERY_STRING": target.query,
            "REQUEST_URI": self.path,
            "RAW_URI": self.path,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": self.client_address[1],
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
        }
        for name, value in self.headers.items():
            if "_" in name:
                continue  # could pass for the header with a dash
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = f"HTTP_{key}"
                if key in environ:
                    value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
            environ[key] = value
        return environ


class _Response:
    """Puts status, headers and body on the wire, the head together with the first piece of the body."""

    def __init__(self, connection):
        self._connection = connection
        self._head = None
        self.sent = False
        self._chunked = False
        self._bodiless = connection.command == "HEAD"

    def start(self, status, headers, exc_info=None):
        connection = self._connection
        code = int(status.split(" ", 1)[0])
        names = {name.lower() for name, _ in headers}
        self._bodiless = self._bodiless or code in _BODILESS
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in ("connection", "keep-alive")]
        if "date" not in names:
            lines.append(f"Date: {connection.date_time_string()}")
        self._chunked = False  # a start may be taken back while nothing is sent
        if "content-length" not in names and not self._bodiless:
            if connection.request_version == "HTTP/1.1":
                self._chunked = True
                lines.append("Transfer-Encoding: chunked")
            else:
                connection.close_connection = True
        if connection.server.closing:
            connection.close_connection = True
        lines.append(f"Connection: {'close' if connection.close_connection else 'keep-alive'}")
        self._head = _encode_head("\r\n".join(lines) + "\r\n\r\n")
        return self.write

    def write(self, data):
        if data:
            self._send(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self):
        if self._chunked:
            self._send(b"0\r\n\r\n")
        elif not self.sent:
            self._send(b"")

    def _send(self, data):
        if self._bodiless:
            data = b""
        if not self.sent:
            self.sent = True
            data = self._head + data
        if data:
            self._connection.wfile.write(data)


def _encode_head(text):
    """Header fields are Latin-1 by WSGI's rules; what doesn't fit goes out as UTF-8 rather than not at all."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _skip(body):
    """Reads what is left of a body, so that the next request can be read. False when that is too much."""
    skipped = 0
    buffer = bytearray(65536)
    while not body.finished:
        skipped += body.readinto(buffer)
        if skipped > _MAX_SKIPPED:
            return False
    return True
