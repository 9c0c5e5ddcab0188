"""The versions that run, by the process id that the daemon gave them, and one server started ahead."""

import shutil

from .children import Job
from .fetching import FETCH_LIMIT, fetch_code, probe
from .server_process import ServerProcess

_PROTOCOL = 1
# The new version's first requests come first.
_SPARE_DELAY = 0.02
_NEVER_RAN = {"code": None, "signal": None, "oom": False}


class _Started:
    """What the daemon started, until it has ended and its folder is gone."""

    def __init__(self, command):
        self.id = command["process"]
        self.revision = command["revision"]
        self.load = command["load"]
        self.spare_after = command.get("spare") is True
        self.state = "starting"
        self.port = 0
        self.server = None
        # It was a spare, and has not shown yet that it lives.
        self.untried = False
        self.job = None
        self.code_there = False
        # Where its code was fetched to.
        self.directory = None
        self.exit = None

    def describe(self):
        return {
            "process": self.id,
            "functionId": self.load["functionId"],
            "revision": self.revision,
            "port": self.port,
            "state": self.state,
        }


class ServerProcesses:
    def __init__(self, settings, loop, children, emit):
        self._settings = settings
        self._loop = loop
        self._children = children
        self._emit = emit
        self._started = {}
        # What runs in each server; None in the spare.
        self._servers = {}
        self._spare = None
        # A spare is wanted, but had no port.
        self._spare_due = False
        # The one unused for longest comes first.
        self._free_ports = None if settings.ports is None else list(settings.ports)
        self._on_empty = None

    def handle(self, command, reply):
        kind = command.get("command")
        if kind == "hello":
            processes = [started.describe() for started in self._started.values()]
            reply({"event": "hello", "protocol": _PROTOCOL, "processes": processes})
        elif kind == "ping" and "process" not in command:
            reply({"event": "pong"})
        elif kind == "ping":
            started = self._started.get(command["process"])
            if started and started.server:
                started.server.ping()
        elif kind == "start":
            self._start(command)
        elif kind == "stop":
            self._stop(command)
        elif kind == "probe":
            self._probe(command, reply)

    def start_spare(self):
        if self._spare or self._on_empty:
            return
        try:
            self._spare = self._launch(None)
        except OSError:
            return  # another one when one is needed
        self._spare_due = self._spare is None

    def close(self, on_empty):
        """Ends everything, gently for a while, and calls back then."""
        self._on_empty = on_empty
        for started in list(self._started.values()):
            self._end(started, self._settings.grace)
        for server in list(self._servers):
            server.stop(self._settings.grace)
        self._settle()

    def _settle(self):
        if self._on_empty and not self._servers and not self._started:
            self._on_empty()

    def _probe(self, command, reply):
        urls, timeout = command["urls"], command["timeout"] / 1000

        def answer(results):
            reply({"event": "probed", "probe": command["probe"], "results": results or {}})

        try:
            Job(self._loop, self._children, lambda: probe(urls, timeout), timeout + 5, answer)
        except OSError as error:
            answer({url: str(error) for url in urls})

    def _start(self, command):
        started = _Started(command)
        if self._on_empty:
            self._fail(started, "StartFailed", "the container is being stopped")
            return
        if started.id in self._started:
            self._fail(started, "StartFailed", f"there is a process {started.id} already")
            return
        self._started[started.id] = started
        if self._spare:
            # Whether it still lives, only its answer can tell.
            started.server, self._spare, started.untried = self._spare, None, True
            self._servers[started.server] = started
            started.server.ping()
        elif not self._launch_for(started):
            return
        self._fetch(started, command.get("fetch"))

    def _launch_for(self, started):
        try:
            started.server = self._launch(started)
            problem = "every port the container has is in use"
        except OSError as error:
            problem = f"can't start the server: {error.strerror}"
        if started.server:
            return True
        self._fail(started, "StartFailed", problem)
        self._ended(started, _NEVER_RAN)
        return False

    def _launch(self, started):
        """A server process, or None when there is no port for one."""
        if self._free_ports == []:
            return None
        port = self._free_ports.pop(0) if self._free_ports else 0

        def on_exit(exited):
            self._exited(server, port, exited)

        def on_event(kind, event):
            if self._servers[server]:
                self._received(self._servers[server], kind, event)

        environment = {"HOST": self._settings.host, "PORT": str(port)}
        try:
            server = ServerProcess(self._loop, self._children, environment, on_event, on_exit)
        except OSError:
            self._free(port)
            raise
        self._servers[server] = started
        return server

    def _free(self, port):
        if self._free_ports is not None:
            self._free_ports.append(port)

    def _fetch(self, started, fetch):
        if not fetch:
            started.code_there = True
            self._load(started)
            return
        load = started.load
        started.directory = load["directory"]

        def work():
            return fetch_code(fetch, load["directory"], load["entry"])

        try:
            started.job = Job(
                self._loop, self._children, work, FETCH_LIMIT, lambda problem: self._fetched(started, problem)
            )
        except OSError as error:
            self._fetched(started, error.strerror)

    def _fetched(self, started, problem):
        started.job = None
        if started.state != "starting":
            self._finish(started)
        elif problem == "":
            started.code_there = True
            self._load(started)
        else:
            problem = "no answer in time" if problem is None else problem
            self._fail(started, "FetchFailed", f"can't fetch the code: {problem}")
            self._loaded(started)
            self._end(started, 0)

    def _load(self, started):
        """Once both the code and the process are there."""
        if started.code_there and not started.untried and started.state == "starting":
            started.server.load(started.load)

    def _stop(self, command):
        started = self._started.get(command["process"])
        if started:
            self._end(started, command["grace"] / 1000)
        else:
            self._tell(command["process"], {"event": "exited", **_NEVER_RAN})

    def _end(self, started, grace):
        started.state = "stopping"
        if started.job:
            started.job.kill()
        if started.server:
            started.server.stop(grace)

    def _received(self, started, kind, event):
        if started.untried:
            if kind != "pong":
                return  # `listening` is told below
            started.untried = False
            self._load(started)
        elif kind != "listening":
            self._tell(started.id, event)
        if started.port == 0 and started.server.port != 0:
            started.port = started.server.port
            self._tell(started.id, {"event": "listening", "port": started.port})
        if kind == "ready" and started.state == "starting":
            started.state = "ready"
        if kind in ("ready", "failed"):
            self._loaded(started)
        if kind == "failed":
            self._end(started, 0)

    def _loaded(self, started):
        """One more process to start ahead, if that was asked for."""
        if started.spare_after:
            self._loop.after(_SPARE_DELAY, self.start_spare)
        started.spare_after = False

    def _exited(self, server, port, exited):
        started = self._servers.pop(server)
        self._free(port)
        if server is self._spare:
            self._spare = None  # another one when one is needed: this may go on and on
        if started and started.untried and started.state == "starting":
            started.untried = False
            started.server = None
            if self._launch_for(started):
                self._load(started)
        elif started:
            self._ended(started, exited)
        if self._spare_due:
            self.start_spare()
        self._settle()

    def _ended(self, started, exited):
        self._loaded(started)
        started.state = "stopping"
        started.server = None
        started.exit = exited
        self._finish(started)

    def _finish(self, started):
        """Once the process has ended, and what might still write into its folder, too."""
        if started.job:
            started.job.kill()
        elif started.exit:
            del self._started[started.id]
            others = [other.directory for other in self._started.values()]
            if started.directory and started.directory not in others:
                shutil.rmtree(started.directory, ignore_errors=True)  # a mount point stays
            self._tell(started.id, {"event": "exited", **started.exit})
            self._settle()

    def _fail(self, started, name, message):
        self._tell(started.id, {"event": "failed", "error": {"kind": "setup", "name": name, "message": message}})

    def _tell(self, process, event):
        self._emit({**event, "process": process})
