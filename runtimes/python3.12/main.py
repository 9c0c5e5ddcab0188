"""Starts the Python runtime: for the daemon when LAMBDOCK_PROTOCOL is 1, on its own otherwise."""

import os
import sys

from lambdock_runtime.server import FunctionServer

sys.stdout.reconfigure(line_buffering=True)
server = FunctionServer()
if os.environ.get("LAMBDOCK_PROTOCOL") == "1":
    from lambdock_runtime.protocol import run_for_daemon

    run_for_daemon(server)
else:
    from lambdock_runtime.standalone import run_in_container

    run_in_container(server)
