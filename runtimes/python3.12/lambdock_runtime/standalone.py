"""Serves the handler of the working folder, as in a container."""

import os
import signal
import sys
import threading

from .errors import describe_error
from .loading import HandlerMissing, load_application

_ENTRY = "handler.py"
_DEFAULT_PORT = 8080


def run_in_container(server):
    """Loads, listens, and returns after SIGTERM once the requests under way are answered."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    directory = os.getcwd()
    try:
        application = load_application(directory, _ENTRY)
    except HandlerMissing as error:
        sys.exit(str(error))
    except BaseException as error:
        sys.exit(describe_error(error, directory)["stack"])
    server.serve(application)
    server.listen(os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or _DEFAULT_PORT))
    stopping.wait()
    server.close()
