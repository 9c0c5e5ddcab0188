"""A Flask application whose only view answers every method and path."""

import asyncio
import inspect
import json
import sys

from flask import Flask, Response
from flask.globals import request
from werkzeug.routing import Rule

from .errors import describe_error, one_line

# What Flask calls the view in its messages about wrong return values.
_RULE = Rule("/", endpoint="handler")


class FunctionApplication(Flask):
    """Routes nothing: routing is the daemon's, the handler sees every request."""

    def __init__(self, handler, directory, inline):
        super().__init__("handler", root_path=directory, static_folder=None)
        self._directory = directory
        self._inline = inline
        self._place = _place_of(handler)
        self._view = _run_coroutine(handler) if inspect.iscoroutinefunction(handler) else handler

    def dispatch_request(self):
        request.url_rule = _RULE
        request.view_args = {}
        return self._view()

    def handle_exception(self, e):
        """The answer to an exception that the handler let through."""
        return self.finalize_request(Response(*self._report(e)), from_error_handler=True)

    def report_stream_error(self, error, response):
        """Reports what a streamed answer raised; as an answer when nothing was sent yet.

        Otherwise the connection is closed: a cut answer tells the client that it is not whole.
        """
        body, status, headers = self._report(error)
        if response is not None:
            response.start(f"{status} INTERNAL SERVER ERROR", [*headers.items(), ("Content-Length", str(len(body)))])
            response.write(body.encode())
            response.end()

    def _report(self, error):
        described = describe_error(error, self._directory, self._place, self._inline)
        sys.stderr.write(described["stack"] + "\n")
        body = json.dumps({"error": one_line(described), "stack": described["stack"]})
        return body, 500, {"Content-Type": "application/json"}


def _run_coroutine(handler):
    return lambda: asyncio.run(handler())


def _place_of(handler):
    """File and line of the handler itself, for errors without a frame of the user's."""
    code = getattr(inspect.unwrap(handler), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else None
