"""What the agent waits for: files, timers, signals. One thread, so that it may fork at any time."""

import heapq
import itertools
import selectors
import signal
import socket
import time


class Timer:
    """A call to come."""

    def __init__(self, run):
        self.run = run

    def cancel(self):
        self.run = None


class Loop:
    """Calls back until it is stopped."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._timers = []
        self._numbers = itertools.count()
        self._stopped = False
        self._handlers = {}
        self._before = {}
        # A signal writes its number here.
        self._signals, self._signalled = socket.socketpair()
        for one in (self._signals, self._signalled):
            one.setblocking(False)
        signal.set_wakeup_fd(self._signalled.fileno(), warn_on_full_buffer=False)
        self.watch(self._signals, self._take_signals)

    def watch(self, file, run):
        """Calls `run` whenever there is something to read."""
        self._selector.register(file, selectors.EVENT_READ, run)

    def watch_writable(self, file, run, wanted):
        """As `watch`, and whenever something can be written, too, if that is wanted."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        self._selector.modify(file, events, run)

    def forget(self, file):
        self._selector.unregister(file)

    def after(self, seconds, run):
        timer = Timer(run)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), timer))
        return timer

    def on_signal(self, number, run):
        self._handlers[number] = run
        self._before[number] = signal.signal(number, lambda *_: None)

    def stop(self):
        self._stopped = True

    def run(self):
        while not self._stopped:
            for key, _ in self._selector.select(self._run_timers()):
                # One that was called before may have closed this one's file, and its number be another's by now.
                now = self._selector.get_map().get(key.fd)
                if now and now.data == key.data and not self._stopped:
                    key.data()

    def leave_in_child(self):
        """After a fork: signals are as they were, and nothing that the parent waits for is open."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._selector.close()
        self._signals.close()
        self._signalled.close()

    def _run_timers(self):
        """Runs what is due, and returns how long to wait for the next."""
        while self._timers and (self._timers[0][2].run is None or self._timers[0][0] <= time.monotonic()):
            _, _, timer = heapq.heappop(self._timers)
            if timer.run is not None:
                timer.run()
        if self._stopped:
            return 0
        return self._timers[0][0] - time.monotonic() if self._timers else None

    def _take_signals(self):
        try:
            numbers = set(self._signals.recv(4096))
        except BlockingIOError:
            return
        for number in numbers:
            if number in self._handlers:
                self._handlers[number]()
