"""The agent's own variables, which are kept from functions."""

import os
import sys

_PREFIX = "LAMBDOCK_AGENT_"


class Settings:
    """Taken out of the environment; what is left there is the function's."""

    def __init__(self):
        own = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_PREFIX)}

        def get(name, fallback=""):
            return own.get(_PREFIX + name) or fallback

        self.token = get("TOKEN")
        if not self.token:
            sys.exit(f"{_PREFIX}TOKEN is not set: without it nobody may talk to this agent")
        self.host = get("HOST", "0.0.0.0")
        self.port = int(get("PORT", "8079"))
        self.ports = _read_range(get("PORTS"))
        self.spare = get("SPARE") == "1"
        self.orphan_after = float(get("ORPHAN_SECONDS", "600"))
        self.grace = int(get("GRACE_MS", "2000")) / 1000


def _read_range(text):
    """`8080-8083`; None: any port there is."""
    if not text:
        return None
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))
