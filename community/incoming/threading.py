"""Which question a mail to a board goes on with: by the names of mails (Message-ID) that it says it answers.

They say where a word belongs, never whose it is, and open nothing that the sender may not see: whoever makes one up
writes where they could have written on the page. A subject says nothing at all.
"""

import re

from django.utils.crypto import constant_time_compare

from community.incoming.records import Parsed
from community.models import Board, IncomingMail, Mail, Thread, User
from community.notices.headers import hung_below, message_id
from community.notices.post_ids import post_of

#: What all mails about one question hang below (notices/headers.py).
_ROOT = re.compile(r"<thread-(\d{1,18})@[^<>@\s]{1,255}>", re.ASCII)
_MAIL = re.compile(r"<(\d{1,18})\.[0-9a-f]{24}@[^<>@\s]{1,255}>", re.ASCII)
#: So many names are looked at, the nearest first.
_MOST = 30


def thread_of(parsed: Parsed, board: Board, person: User) -> Thread | None:
    """The question on this board that the mail answers, if this person may see it."""
    seen = Thread.objects.visible_to(person).filter(board=board)
    for name in named(parsed):
        if (number := _thread_id(name, board)) is not None and (found := seen.filter(pk=number).first()):
            return found
    return None


def named(parsed: Parsed) -> list[str]:
    """The names of the mails that this one answers, the nearest first."""
    return list(dict.fromkeys([*parsed.in_reply_to, *reversed(parsed.references)]))[:_MOST]


def own_mail_id(name: str) -> int | None:
    """Which mail of ours has this name; None for a name that we did not give."""
    found = _MAIL.fullmatch(name)
    if found is None or not constant_time_compare(message_id(int(found[1])), name):
        return None
    return int(found[1])


def _thread_id(name: str, board: Board) -> int | None:
    """The thread that this name means, before anybody asks who may see it."""
    if (root := _ROOT.fullmatch(name)) and hung_below(f"thread-{root[1]}")["References"] == name:
        return int(root[1])
    if (mail_id := own_mail_id(name)) is not None:
        return _told_by(mail_id)
    if (post := post_of(name)) is not None:
        return post.thread_id
    theirs = IncomingMail.objects.filter(
        message_id=name, board=board, end=IncomingMail.End.ACCEPTED, thread__isnull=False
    )
    return theirs.order_by("pk").values_list("thread_id", flat=True).first() if len(name) <= 255 else None


def _told_by(mail_id: int) -> int | None:
    """The question that a mail of ours was about, where its key says it."""
    key = Mail.objects.filter(pk=mail_id).values_list("key", flat=True).first() or ""
    found = re.fullmatch(r"thread:(\d{1,18})(?::.*)?", key)
    return int(found[1]) if found else None
