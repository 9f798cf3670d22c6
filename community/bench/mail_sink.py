"""A mail server of its own process that keeps what it is given: `python -m community.bench.mail_sink FILE`.

Prints its port, then writes each mail to FILE: a line with the receiver and the length in bytes, and the mail itself.
"""

import socket
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.file.write(f"{envelope.rcpt_tos[0]} {len(envelope.content)}\n".encode())
        self.file.write(envelope.content)
        self.file.flush()
        return "250 OK"


def main(path: str) -> None:
    """Take mails until the standard input is closed."""
    with Path(path).open("wb") as file:
        with socket.socket() as trial:  # aiosmtpd cannot choose a port itself
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        controller = Controller(Sink(file), hostname="127.0.0.1", port=port)
        controller.start()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        reader = threading.Thread(target=sys.stdin.read)
        reader.start()
        reader.join()
        controller.stop()


if __name__ == "__main__":
    main(sys.argv[1])
