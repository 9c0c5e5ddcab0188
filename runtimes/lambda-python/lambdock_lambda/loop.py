import json
import os
from urllib.parse import quote

from . import context, encoding, errors


class Loop:
    """Takes one invocation after the other."""

    def __init__(self, api, log, handler):
        self._api = api
        self._log = log
        self._handler = handler

    def run(self):
        while True:
            self._handle(self._api.next())

    def _handle(self, invocation):
        headers = invocation.headers
        request_id = headers.get("lambda-runtime-aws-request-id")
        self._log.begin(request_id, headers.get("lambda-runtime-aws-tenant-id"))
        _set_trace(headers.get("lambda-runtime-trace-id"))
        try:
            lambda_context = context.create(headers)
            event = _event(invocation)
            result = self._handler(event, lambda_context)
            body, content_type = _encoded(result)
        except Exception as error:
            described = errors.describe(error, request_id)
            del error
            self._log.error(described)
            self._log.flush()
            self._api.fail(quote(request_id, safe=""), described)
            return
        self._log.flush()
        self._api.respond(quote(request_id, safe=""), body, content_type)


def _set_trace(trace_id):
    if trace_id is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def _event(invocation):
    if invocation.headers.get("content-type", "application/json") != "application/json":
        return invocation.body
    try:
        return json.loads(invocation.body)
    except Exception as error:
        raise errors.Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from None


def _encoded(result):
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return encoding.to_json(result).encode("utf-8"), "application/json"
    except Exception as error:
        raise errors.Fault("MarshalError", f"Unable to marshal response: {error}") from None
