"""How often somebody may ask what pages ask by themselves. Counted by each process alone: it guards against a script
that lost its patience, and must cost nothing itself."""

import time
from threading import Lock


class Pace:
    """At most `most` requests within `seconds` for one key; of more than `keys` keys all are forgotten."""

    def __init__(self, most: int, seconds: int, *, keys: int = 10_000) -> None:
        self.most, self.seconds, self.keys = most, seconds, keys
        self._counts: dict[object, int] = {}
        self._began = 0.0
        self._lock = Lock()

    def allows(self, key: object) -> bool:
        """Count one request of this key; False when it is one too many."""
        with self._lock:
            now = time.monotonic()
            if now - self._began > self.seconds or len(self._counts) >= self.keys:
                self._counts, self._began = {}, now
            count = self._counts[key] = self._counts.get(key, 0) + 1
            return count <= self.most

    def clear(self) -> None:
        with self._lock:
            self._counts = {}
