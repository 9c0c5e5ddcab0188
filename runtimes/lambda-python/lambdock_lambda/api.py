import sys
import time

from . import encoding
from .connection import Connection, ConnectionLost
from .event_channel import LONGEST_ANSWER, EventChannel

ROOT = "/2018-06-01/runtime"
# Asks lambdock's engine to answer with the next invocation: see docs/lambda-runtimes.md. Others pass it over.
AND_NEXT = "Lambdock-And-Next: 1\r\n"
# Plain ASCII without what would end a header.
_UNPRINTABLE = {code: "?" for code in [*range(0x20), *range(0x7F, 0x100)]}


class RuntimeApi:
    """Speaks the Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

    def __init__(self, address, descriptor=None):
        """`descriptor`: a socket by which events come, where there is one."""
        self._connection = Connection(address)
        self._channel = None if descriptor is None else EventChannel.open(descriptor)
        version = ".".join(str(part) for part in sys.version_info[:3])
        self._common = f"Host: {address}\r\nUser-Agent: aws-lambda-python/{version}-lambdock\r\n"
        # The next invocation, which came after an answer without being asked for.
        self._held = None
        self._next = f"GET {ROOT}/invocation/next HTTP/1.1\r\n{self._common}\r\n".encode()

    def next(self):
        """The next invocation, however long it takes to come."""
        held, self._held = self._held, None
        if held is None and self._channel is not None:
            held = self._channel.next()
        if held is not None:
            return held
        self._channel = None
        response = self._connection.send(self._next)
        if response.status != 200:
            raise ConnectionLost(f"the Runtime API answers {response.status}")
        return response

    def respond(self, request_id, body, content_type):
        if self._channel is not None and len(body) <= LONGEST_ANSWER and content_type == "application/json":
            try:
                self._held = self._channel.answer(body)
                return
            except OSError:
                self._channel = None
        path = f"/invocation/{request_id}/response"
        answer = self._tell("success", path, body, content_type, AND_NEXT if self._channel is None else "")
        if answer.status == 200 and "lambda-runtime-aws-request-id" in answer.headers:
            self._held = answer

    def fail(self, request_id, described):
        body = encoding.to_json(described).encode("utf-8", "backslashreplace")
        self._tell("error", f"/invocation/{request_id}/error", body, "application/json", _error_header(described))

    def fail_init(self, described):
        body = encoding.to_json(described).encode("utf-8", "backslashreplace")
        self._post("/init/error", body, "application/json", _error_header(described))

    def _tell(self, kind, *request):
        answer = self._post(*request)
        if answer.status >= 300:
            # In the words of AWS's client, which writes to standard error.
            sys.stderr.write(
                f"[ERROR] [{int(time.time() * 1000)}] LAMBDA_RUNTIME "
                f"Failed to post handler {kind} response. Http response code: {answer.status}.\n"
            )
        return answer

    def _post(self, path, body, content_type, header):
        head = f"POST {ROOT}{path} HTTP/1.1\r\n{self._common}Content-Type: {content_type}\r\n{header}"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        return self._connection.send(head.encode("ascii") + body)


def _error_header(described):
    value = described["errorType"].translate(_UNPRINTABLE).encode("ascii", "replace").decode()
    return f"Lambda-Runtime-Function-Error-Type: {value}\r\n"
