"""Fetches code, and tries URLs. Runs in processes of its own: it blocks."""

import base64
import hashlib
import os
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

FETCH_LIMIT = 30
_PAUSES = (0.1, 0.4)
_LARGEST = 64 * 1024 * 1024


def fetch_code(fetch, directory, entry):
    """Puts code into a folder of its own. Returns what to tell if that fails, else an empty text."""
    try:
        code = _download(fetch["url"]) if "url" in fetch else base64.b64decode(fetch["content"])
        actual = hashlib.sha256(code).hexdigest()
        if actual != fetch["sha256"]:
            return f"its SHA-256 is {actual}, not {fetch['sha256']}"
        path = os.path.join(directory, entry)
        os.umask(0o077)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(code)
    except (OSError, HTTPException, ValueError) as error:
        return reason(error)
    return ""


def probe(urls, timeout):
    """The answer's status for each URL, or why there was none."""
    results = {}

    def try_one(url):
        try:
            results[url] = _get(url, timeout, 0)[0]
        except (OSError, HTTPException, ValueError) as error:
            results[url] = reason(error)

    deadline = time.monotonic() + timeout
    for thread in [threading.Thread(target=try_one, args=(url,), daemon=True) for url in urls]:
        thread.start()
    while len(results) < len(set(urls)) and time.monotonic() < deadline:
        time.sleep(0.005)
    return {url: results.get(url, reason(TimeoutError())) for url in urls}


def reason(error):
    """What was wrong, in the words of the one who knows best."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _download(url):
    """Connections that fail and answers of 5xx may be of the moment; everything else is final."""
    for pause in (*_PAUSES, None):
        try:
            status, code = _get(url, FETCH_LIMIT, _LARGEST + 1)
        except (OSError, HTTPException):
            if pause is None:
                raise
        else:
            if len(code) > _LARGEST:
                raise ValueError("it has more than 64 MB")
            if status == 200:
                return code
            if status < 500 or pause is None:
                raise ValueError(f"the object store answered {status}")
        time.sleep(pause)


def _get(url, timeout, most):
    """Status and at most so many bytes of the answer. Straight from there: no redirects, no proxies."""
    target = urlsplit(url)
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = kind(target.hostname or "", target.port, timeout=timeout)
    try:
        connection.request("GET", f"{target.path or '/'}{'?' if target.query else ''}{target.query}")
        answer = connection.getresponse()
        if most == 0:
            return answer.status, b""
        code = answer.read(most)
        if answer.length and len(code) < most:
            raise HTTPException("the answer was cut off")
        return answer.status, code
    finally:
        connection.close()
