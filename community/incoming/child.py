"""The process in which messages are taken apart: with bounds of time and memory, and killed when it exceeds them."""

from types import TracebackType

from community.incoming.records import Parsed


class Child:
    """Takes messages apart, one after the other, in one process of its own (a context manager).

    It is started with the first message, and again after one that had to be killed.
    """

    def __init__(self, *, authserv: str = "", own_domains: tuple[str, ...] = ()) -> None:
        self.authserv, self.own_domains = authserv, own_domains

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def read(self, raw: bytes) -> Parsed:
        """As `reading.read`, raising Unreadable also where it took too long or too much memory."""
        raise NotImplementedError
