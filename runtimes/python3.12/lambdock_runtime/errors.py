"""What the protocol says about an exception: the user's own frames and where it happened."""

import os
import traceback

import flask

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
# Characters that help a reader; what is longer is data that found its way into an exception.
_LONGEST_MESSAGE = 4_000
_LONGEST_STACK = 16_000
_FLASK_FOLDER = os.path.dirname(os.path.abspath(flask.__file__)) + os.sep


def describe_error(error, directory, fallback=None, inline=False):
    """Returns name, message, stack and, where known, file, line and column.

    `fallback` is a (path, line) for exceptions that no frame of the user's had a part in. `inline` code came through
    the API, so nothing can be installed beside it.
    """
    report = traceback.TracebackException.from_exception(error)
    _keep_user_frames(report)
    stack = _cut("".join(report.format()).rstrip(), _LONGEST_STACK)
    message = _cut(_message(error, inline), _LONGEST_MESSAGE)
    described = {"name": type(error).__name__, "message": message, "stack": stack}
    path, line, column = _place(error, report, directory) or (*(fallback or (None, None)), None)
    if path:
        described["file"] = _shorten(path, directory)
        if line is not None:
            described["line"] = line
        if column is not None:
            described["column"] = column
    return described


def one_line(error):
    """`ZeroDivisionError: division by zero (handler.py:4)`."""
    text = f"{error['name']}: {error['message']}"
    return f"{text} ({error['file']}:{error['line']})" if "line" in error else text


def _cut(text, most):
    """The beginning and the end of a text that is too long."""
    return f"{text[: most // 2]} … {text[-most // 2 :]}" if len(text) > most else text


def _message(error, inline):
    if isinstance(error, SyntaxError):
        return error.msg
    if isinstance(error, SystemExit):
        return f"sys.exit({error.code!r}) was called while the code was loaded"
    if isinstance(error, ModuleNotFoundError) and inline:
        return f"{error}. Code sent to the API can't have packages; a folder can: lambdock dev <folder>"
    if isinstance(error, ModuleNotFoundError):
        return f"{error}. If it is a package, add it to requirements.txt beside the handler"
    return str(error)


def _keep_user_frames(report, seen=None):
    """Drops the server's, Flask's and the import system's frames, in chained exceptions too."""
    seen = seen if seen is not None else set()
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    frames = list(report.stack)
    ours = [index for index, frame in enumerate(frames) if frame.filename.startswith(_OWN_FOLDER)]
    frames = frames[ours[-1] + 1 :] if ours else frames
    while frames and frames[0].filename.startswith(_FLASK_FOLDER):
        frames.pop(0)
    report.stack[:] = [frame for frame in frames if not frame.filename.startswith("<frozen ")]
    for linked in (report.__cause__, report.__context__, *(report.exceptions or ())):
        _keep_user_frames(linked, seen)


def _place(error, report, directory):
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno, error.offset
    own = [frame for frame in report.stack if _is_own(frame.filename, directory)]
    frame = own[-1] if own else (report.stack[-1] if report.stack else None)
    if frame is None:
        return None
    column = getattr(frame, "colno", None)
    return frame.filename, frame.lineno, None if column is None else column + 1


def _is_own(filename, directory):
    return filename.startswith(directory + os.sep) and "site-packages" not in filename


def _shorten(path, directory):
    return os.path.relpath(path, directory) if path.startswith(directory + os.sep) else path
