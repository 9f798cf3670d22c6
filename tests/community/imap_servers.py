"""A mailbox for tests: a small IMAP server on loopback, with one folder and faults as it is told."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from config.incoming import Imap


@dataclass
class Box:
    """What it holds (UID: message), its flags, and how it behaves."""

    messages: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    #: commands as they came, without the tag
    heard: list[str] = field(default_factory=list)
    password: str = "a password of tests"
    #: hangs up instead of answering a command that begins so
    hangs_up_at: str = ""
    keeps_keywords: bool = True

    def arrives(self, *messages: bytes) -> None:
        for message in messages:
            uid = max(self.messages, default=0) + 1
            self.messages[uid], self.flags[uid] = message, set()


class _Line(socketserver.StreamRequestHandler):
    server: Any
    has_signed_in = False

    def say(self, line: bytes | str) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def handle(self) -> None:
        self.say("* OK ready")
        with suppress(ConnectionError):
            for line in iter(self.rfile.readline, b""):
                tag, _space, command = line.decode().strip().partition(" ")
                box = self.server.box
                box.heard.append(command)
                if box.hangs_up_at and command.startswith(box.hangs_up_at):
                    return
                if not self._answer(box, tag, command):
                    return

    def _answer(self, box: Box, tag: str, command: str) -> bool:
        upper = command.upper()
        if upper == "CAPABILITY":
            # as Dovecot and others: what else it can do is nobody's business before they have signed in
            self.say(f"* CAPABILITY IMAP4rev1{' UIDPLUS' if self.has_signed_in else ''}")
        elif upper.startswith("LOGIN"):
            if not command.endswith(f'"{box.password}"'):
                self.say(f"{tag} NO wrong")
                return True
            self.has_signed_in = True
        elif upper.startswith(("SELECT", "EXAMINE")):
            self.say(f"* {len(box.messages)} EXISTS")
        elif upper.startswith("UID SEARCH"):
            unseen = (uid for uid, flags in box.flags.items() if not flags & {"\\Seen", "\\Deleted"})
            self.say(f"* SEARCH {' '.join(map(str, unseen))}".rstrip())
        elif upper.startswith("UID FETCH"):
            self._fetch(box, command)
        elif upper.startswith("UID STORE"):
            uid, given = int(command.split()[2]), re.search(r"\(([^)]*)\)", command)
            wanted = set(given[1].split()) if given else set()
            if any(not each.startswith("\\") for each in wanted) and not box.keeps_keywords:
                self.say(f"{tag} NO no keywords here")
                return True
            box.flags[uid] |= wanted
        elif upper.startswith("UID EXPUNGE"):
            uid = int(command.split()[2])
            box.messages.pop(uid)
            box.flags.pop(uid)
        elif upper == "LOGOUT":
            self.say("* BYE")
        self.say(f"{tag} OK done")
        return upper != "LOGOUT"

    def _fetch(self, box: Box, command: str) -> None:
        uid = int(command.split()[2])
        raw = box.messages.get(uid)
        if raw is None:
            return
        if "RFC822.SIZE" in command:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            return
        part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in command else raw
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(part)}}}\r\n".encode() + part + b")\r\n")


@contextmanager
def a_mailbox(settings: Any) -> Iterator[Box]:
    """The site's INCOMING_IMAP while it lasts."""
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line) as server:
        server.box = Box()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        port = server.server_address[1]
        settings.INCOMING_IMAP = Imap("127.0.0.1", port, "site", server.box.password, "INBOX", "plain")  # type: ignore[attr-defined]
        yield server.box  # type: ignore[attr-defined]
        server.shutdown()
