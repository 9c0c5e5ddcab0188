"""Lines of JSON."""

import json


class LineSplitter:
    """Cuts bytes into lines. One of more than `longest` bytes is left out; `on_too_long` is called once for it."""

    def __init__(self, longest, on_line, on_too_long=lambda: None):
        self.longest = longest
        self._on_line = on_line
        self._on_too_long = on_too_long
        self._parts = []
        self._size = 0

    def take(self, data):
        *ends, rest = data.split(b"\n")
        for end in ends:
            self._add(end)
            line = b"".join(self._parts)
            self._parts = []
            self._size = 0
            if line.strip():
                self._on_line(line)
        self._add(rest)

    def _add(self, part):
        fitted = self._size <= self.longest
        self._size += len(part)
        if self._size <= self.longest:
            self._parts.append(part)
        else:
            self._parts = []
            if fitted:
                self._on_too_long()


def parse_object(line):
    """The object that a line holds, or None."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def to_line(value):
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
