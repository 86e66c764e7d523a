"""Versions of topics: a later one is greater. They say nothing else."""

import time


class Versions:
    """Gives versions in microseconds, so that those after a restart of the process are greater too."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last = max(self.last + 1, time.time_ns() // 1000)
        return self.last


class Deliveries:
    """The updates of one socket: for each topic, at most one that the browser has not acknowledged.

    Further updates of a topic wait as one until then. So a browser that reads slowly costs as much as any other.
    """

    def __init__(self) -> None:
        # Topic → the version that the browser has not acknowledged, and the one that waits; 0 for none.
        self.sent: dict[str, int] = {}
        self.waiting: dict[str, int] = {}

    def add(self, topic: str) -> None:
        self.sent.setdefault(topic, 0)

    def remove(self, topic: str) -> None:
        self.sent.pop(topic, None)
        self.waiting.pop(topic, None)

    def changed(self, topic: str, version: int) -> None:
        if topic in self.sent:
            self.waiting[topic] = version

    def acknowledge(self, topic: str, version: int) -> None:
        """Take note that the browser has handled a version, and so all before it."""
        if topic in self.sent and version >= self.sent[topic]:
            self.sent[topic] = 0

    def take(self) -> dict[str, int]:
        """Return the updates to send now, and count them as sent."""
        updates = {topic: version for topic, version in self.waiting.items() if not self.sent[topic]}
        self.sent.update(updates)
        for topic in updates:
            del self.waiting[topic]
        return updates
