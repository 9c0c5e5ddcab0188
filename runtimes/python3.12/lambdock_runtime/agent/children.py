"""Processes forked from the agent, which has imported already what they need."""

import json
import os
import signal

_BLOCKED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}


class InChild(BaseException):
    """Takes a new child out of the agent's calls, so that nothing of them lies below what it runs."""

    def __init__(self, run):
        super().__init__()
        self.run = run


class Children:
    """Forks, and notices how children end."""

    def __init__(self, loop):
        self._waiting = {}
        self._leave = [loop.leave_in_child]
        # The agent's ends of pipes: open in another child, they would keep the pipe from ending.
        self._files = set()
        loop.on_signal(signal.SIGCHLD, self._reap)

    def on_leave(self, run):
        """Calls `run` in each child: it is to close what is open here."""
        self._leave.append(run)

    def pipe_from(self):
        """The agent's end to read from, and the child's."""
        ours, theirs = os.pipe()
        self._files.add(ours)
        return ours, theirs

    def pipe_to(self):
        """The agent's end to write to, and the child's."""
        theirs, ours = os.pipe()
        self._files.add(ours)
        return ours, theirs

    def close(self, file):
        """Closes an end of the agent's."""
        self._files.discard(file)
        os.close(file)

    def fork(self, run, on_exit):
        """Returns the pid of a child that runs `run` and leads its own process group. `on_exit` gets its wait status."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _BLOCKED)
        try:
            pid = os.fork()
            if pid == 0:
                os.setpgid(0, 0)
                self._leave_agent()
                raise InChild(run)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            os.setpgid(pid, pid)  # whoever comes first
        except OSError:
            pass  # it has ended already
        self._waiting[pid] = on_exit
        return pid

    def kill(self, pid, number=signal.SIGKILL):
        """Signals a child that has not ended."""
        if pid in self._waiting:
            os.kill(pid, number)

    def _leave_agent(self):
        for leave in self._leave:
            leave()
        for file in self._files:
            os.close(file)

    def _reap(self):
        for pid in list(self._waiting):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._waiting.pop(pid)(status)


class Job:
    """Work that takes long, in a child of its own. `on_done` gets its result, or None if it has none."""

    def __init__(self, loop, children, work, limit, on_done):
        self._loop = loop
        self._children = children
        self._on_done = on_done
        self._answer = b""
        self._results, out = children.pipe_from()
        try:
            self._pid = children.fork(lambda: _work(work, out), lambda _: None)
        except OSError:
            children.close(self._results)
            os.close(out)
            raise
        os.close(out)
        self._timer = loop.after(limit, self.kill)
        loop.watch(self._results, self._read)

    def kill(self):
        self._children.kill(self._pid)

    def _read(self):
        data = os.read(self._results, 65536)
        self._answer += data
        if data:
            return
        self._timer.cancel()
        self._loop.forget(self._results)
        self._children.close(self._results)
        self._on_done(json.loads(self._answer) if self._answer else None)


def _work(work, out):
    with open(out, "wb") as results:
        results.write(json.dumps(work()).encode())
    os._exit(0)
