import traceback

from .paths import shown


class Fault(Exception):
    """An error of the runtime itself; AWS puts `Runtime.` before their types."""

    def __init__(self, error_type, message, trace=None, cause=None):
        super().__init__(message)
        self.error_type = f"Runtime.{error_type}"
        self.message = message
        self.trace = trace or []
        self.cause = cause


def describe(error, request_id):
    """What the Runtime API is told of an error, in the order of members that AWS has."""
    if isinstance(error, Fault):
        return _described(error.message, error.error_type, error.trace, request_id)
    frames = traceback.extract_tb(error.__traceback__)
    return _described(str(error), type(error).__name__, _format(frames), request_id)


def _described(message, error_type, trace, request_id):
    return {
        "errorMessage": shown(message),
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": [shown(entry) for entry in trace],
    }


def _format(frames):
    """Frames of user code, without the marks below expressions that newer versions of Python add."""
    own = __file__.rpartition("/")[0] + "/"
    first = next((i for i, frame in enumerate(frames) if not _is_own(frame.filename, own)), 0)
    return traceback.format_list([(f.filename, f.lineno, f.name, f.line) for f in frames[first:]])


def _is_own(filename, own):
    return filename.startswith(own) or filename.endswith("/lambda-python/bootstrap.py")
