"""The load: a process of its own that sends ready-made requests over a few connections, as cheaply as Python can.

Reads one JSON object from standard input: `port`, `requests` (base64 of whole HTTP requests), `connections`, `seconds`
(no request starts later), `cycle` (begin again at the end; else each is sent once). Writes one: `count`, `seconds`,
`latencies` in milliseconds, `statuses`. The standard library only; it does not load Django.
"""

import json
import selectors
import socket
import sys
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from itertools import cycle

HOST = "127.0.0.1"
LONGEST = 30.0  # seconds without any answer: the server hangs
BUFFER = 1 << 18


class Line:
    """One connection with at most one request under way; opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.answer = b""
        self.began = 0.0

    def send(self, request: bytes) -> socket.socket:
        self.began, self.answer = time.perf_counter(), b""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=LONGEST)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        return self.socket

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def take(self) -> int | None:
        """Read what came; the status once the answer is whole, and None before."""
        assert self.socket is not None
        piece = self.socket.recv(BUFFER)
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not piece and not found:
            return 0  # closed without an answer
        if not found:
            return None
        fields = head.lower().split(b"\r\n")
        length = next((int(field[15:]) for field in fields if field.startswith(b"content-length:")), None)
        if piece and (length is None or len(body) < length):
            return None
        return int(head[9:12])


def drive(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> dict[str, object]:
    """Send `requests` until they or the time run out, each connection the next one when its last is answered."""
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:

        def start(line: Line) -> None:
            request = next(requests, None) if time.perf_counter() - began < seconds else None
            if request is not None:
                selector.register(line.send(request), selectors.EVENT_READ, line)

        for _number in range(connections):
            start(Line(port))
        while selector.get_map():
            ready = selector.select(LONGEST)
            if not ready:
                raise TimeoutError(f"no answer within {LONGEST:.0f} seconds")
            for chosen, _events in ready:
                line: Line = chosen.data
                status = line.take()
                if status is None:
                    continue
                latencies.append((time.perf_counter() - line.began) * 1000)
                statuses[status] += 1
                selector.unregister(chosen.fileobj)
                if status == 0 or b"connection: close" in line.answer[:2000].lower():
                    line.close()
                start(line)
    return {
        "count": len(latencies),
        "seconds": time.perf_counter() - began,
        "latencies": latencies,
        "statuses": statuses,
    }


def main() -> None:
    order = json.load(sys.stdin)
    requests = [b64decode(each) for each in order["requests"]]
    stream = cycle(requests) if order["cycle"] else iter(requests)
    json.dump(drive(order["port"], stream, order["connections"], order["seconds"]), sys.stdout)


if __name__ == "__main__":
    main()
