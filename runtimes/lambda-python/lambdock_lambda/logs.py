"""
What functions write: print, logging, and the errors of the runtime.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import json
import logging
import os
import select
import sys
import threading
import time
import traceback

from . import encoding
from .paths import shown

# A line of an error's traceback begins with these spaces, which no console swallows.
NO_BREAK_SPACE = "\u00a0"
_UNHANDLED = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, runtime "
    "updates can be triggered by a function change, or can be applied automatically. To determine if the runtime has "
    "been updated, check the runtime version in the INIT_START log entry. If this error correlates with a change in the "
    "runtime version, you may be able to mitigate this error by temporarily rolling back to the previous runtime "
    "version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html"
)
# Members of every record, which are not what the caller has added.
_STANDARD = {*logging.makeLogRecord({}).__dict__, "aws_request_id", "tenant_id", "taskName", "message", "asctime"}


class Settings:
    def __init__(self, json, level, descriptor):
        self.json = json
        name = {None: "", "TRACE": "DEBUG"}.get(level, level).upper()
        self.level = name if name in logging._nameToLevel else None
        self.descriptor = None if descriptor is None else int(descriptor)


class Log:
    """Where messages go, and which invocation they belong to."""

    def __init__(self, settings, sink):
        self.request_id = None
        self.tenant_id = None
        self._json = settings.json
        self._sink = sink

    def begin(self, request_id, tenant_id):
        self.request_id = request_id
        self.tenant_id = tenant_id

    def error(self, described):
        """Writes an error as it is told to the Runtime API."""
        if self._json:
            record = {"timestamp": _timestamp(time.time()), "level": "ERROR", **described}
            self._sink.log_lines([encoding.to_json(record)], logging.ERROR)
            return
        title = "[ERROR]"
        if described["errorType"]:
            title += f" {described['errorType']}"
        if described["errorMessage"]:
            title += f"{':' if described['errorType'] else ''} {described['errorMessage']}"
        lines = [title, "Traceback (most recent call last):"]
        for entry in described["stackTrace"]:
            lines += [_keep_indentation(line) for line in entry.splitlines()] or [""]
        self._sink.log_lines(lines, logging.ERROR)

    def flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass  # user code has closed or replaced it


def install(settings):
    """Makes print unbuffered, and gives the root logger the handler that functions find there on AWS."""
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    if settings.descriptor is None:
        sink = StandardSink()
    else:
        sink = FramedSink(settings.descriptor, settings.json)
    log = Log(settings, sink)
    handler = _Handler(sink, with_level=settings.json or settings.level is not None)
    handler.setFormatter(_JsonFormatter() if settings.json else _text_formatter())
    handler.addFilter(_Filter(log))
    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    if settings.level is not None:
        root.setLevel(settings.level)
    root.addHandler(handler)
    return log


def warn_of_unhandled():
    logging.warning(_UNHANDLED)


class Unbuffered:
    """What is printed is out before the next statement: the process may be killed there."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        written = self.stream.write(text)
        self.stream.flush()
        return written

    def writelines(self, lines):
        self.stream.writelines(lines)
        self.stream.flush()


class StandardSink:
    """Standard output, where lines are all that tells messages apart: those within an error are marked."""

    def log(self, message, level=None):
        sys.stdout.write(message)

    def log_lines(self, lines, level):
        sys.stdout.write("\r".join(lines) + "\n")


class FramedSink:
    """Each message as AWS frames it: type, length, time in microseconds, text. See docs/lambda-runtimes.md."""

    TEXT = 0xA55A0003
    JSON = 0xA55A0002

    def __init__(self, descriptor, as_json):
        os.set_inheritable(descriptor, False)
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._type = self.JSON if as_json else self.TEXT

    def log(self, message, level=None):
        frame_type = self.TEXT if level is None else self._type | _level_bits(level)
        text = message.encode("utf-8", "backslashreplace")
        head = (
            frame_type.to_bytes(4, "big")
            + len(text).to_bytes(4, "big")
            + (time.time_ns() // 1000).to_bytes(8, "big")
        )
        left = memoryview(head + text)
        with self._lock:
            try:
                while left:
                    left = left[self._write(left) :]
            except OSError:
                pass  # nobody reads any more

    def log_lines(self, lines, level):
        self.log("\n".join(lines), level)

    def _write(self, data):
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            # A program that the handler has started has made the pipe, which is its own output, too, refuse to wait.
            select.select([], [self._descriptor], [])
            return 0


def _level_bits(level):
    """Debug is 2, info 3, up to critical 6, above the two bits of the format."""
    rank = min(50, max(0, level)) // 10
    return (rank + 1) << 2 if rank else 0


class _Handler(logging.Handler):
    def __init__(self, sink, with_level):
        super().__init__()
        self.log_sink = sink
        self._with_level = with_level

    def emit(self, record):
        text = self.format(record)
        if record.exc_info:
            text = shown(text)
        self.log_sink.log(text, record.levelno if self._with_level else None)


class _Filter(logging.Filter):
    def __init__(self, log):
        super().__init__()
        self._log = log

    def filter(self, record):
        record.aws_request_id = self._log.request_id or ""
        record.tenant_id = self._log.tenant_id
        return True


def _text_formatter():
    line = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    return logging.Formatter(line, "%Y-%m-%dT%H:%M:%S")


class _JsonFormatter(logging.Formatter):
    _encode = json.JSONEncoder(ensure_ascii=False).encode

    def format(self, record):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        error_type, error, trace = record.exc_info or (None, None, None)
        fields = {
            "timestamp": _timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if error_type else None,
            "errorType": error_type.__name__ if error_type else None,
            "errorMessage": str(error) if error_type else None,
            "requestId": record.aws_request_id,
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if error_type else None,
            "tenantId": record.tenant_id,
        }
        for name, value in record.__dict__.items():
            if name not in _STANDARD and name not in fields:
                fields[name] = value
        return self._encode({name: value for name, value in fields.items() if value is not None}) + "\n"


def _timestamp(seconds):
    milliseconds = int(seconds * 1000)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{text}.{milliseconds % 1000:03d}Z"


def _keep_indentation(line):
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text
