"""
JSON as AWS's runtime writes it. That uses simplejson with two changes of its own (https://simplejson.readthedocs.io/):
named tuples are objects, bytes are text, Decimals are numbers; from Python 3.12 on, text is not escaped to ASCII.
"""

import json
import math
import os
import re
import sys

_MARK = os.urandom(8).hex()
_MARKED = re.compile(f'"{_MARK}:([^"]*)"')


class _Encoder(json.JSONEncoder):
    marked = False

    def default(self, o):
        # Where there is a Decimal, its module has been imported; importing it here would cost every function a start.
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(o, decimal.Decimal):
            if o.is_nan():
                return math.nan
            self.marked = True
            return f"{_MARK}:{o}"
        if isinstance(o, bytes):
            return o.decode("utf-8")
        if hasattr(o, "_asdict") and not isinstance(o, type) and callable(o._asdict):
            return o._asdict()
        raise TypeError(f"Object of type {type(o).__name__} is not JSON serializable")


def _ascii():
    environment = os.environ.get("AWS_EXECUTION_ENV", "")
    version = environment.rpartition("python3.")[2]
    return version.isdigit() and int(version) < 12


def to_json(value):
    encoder = _Encoder(ensure_ascii=_ascii())
    text = encoder.encode(_as_objects(value))
    return _MARKED.sub(r"\1", text) if encoder.marked else text


def _as_objects(value):
    """The same value, with what `default` is never asked about replaced: named tuples, and keys that are bytes."""
    return _rewritten(value) if _needs_rewriting(value) else value


def _needs_rewriting(value):
    seen = set()
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            if id(item) in seen:
                continue
            seen.add(id(item))
            for key, member in item.items():
                if isinstance(key, bytes):
                    return True
                if isinstance(member, (dict, list, tuple)):
                    left.append(member)
        elif isinstance(item, (list, tuple)):
            if isinstance(item, tuple) and hasattr(item, "_asdict"):
                return True
            if id(item) in seen:
                continue
            seen.add(id(item))
            left.extend(member for member in item if isinstance(member, (dict, list, tuple)))
    return False


def _rewritten(value, parents=()):
    if not isinstance(value, (dict, list, tuple)):
        return value
    if id(value) in parents:
        raise ValueError("Circular reference detected")
    parents = (*parents, id(value))
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {
            (key.decode("utf-8") if isinstance(key, bytes) else key): _rewritten(member, parents)
            for key, member in value.items()
        }
    return [_rewritten(member, parents) for member in value]
