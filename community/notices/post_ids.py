"""The names (Message-ID) of posts on mail lists: one for each post, the same in everybody's mail, and only ours.

So a thread hangs together in every mail program, whoever got which part of it; and a mail that answers a post by its
name can be told where it belongs. A name opens nothing: who may see and write there is asked as everywhere.
"""

import re
from typing import NamedTuple

from django.utils.crypto import constant_time_compare, salted_hmac

from community.models import Answer, Thread, ThreadEvent
from community.notices.site_host import site_host

_SALT = "community.notices.post_ids"
_NAME = re.compile(r"<([qae])(\d{1,18})\.([0-9a-f]{24})@[^<>@\s]{1,255}>", re.ASCII)


class Post(NamedTuple):
    """What a name stands for: an answer, or a question (and what was told of it) without one."""

    thread_id: int
    answer_id: int | None


def question_id(thread_id: int) -> str:
    """The name of a question."""
    return _named("q", thread_id)


def answer_id(pk: int) -> str:
    """The name of an answer."""
    return _named("a", pk)


def event_id(pk: int) -> str:
    """The name of what happened in a question and is no post of its own: it was solved, more was told."""
    return _named("e", pk)


def post_of(name: str) -> Post | None:
    """What a Message-ID of ours stands for, wherever it stands by now; None for a name that we did not give."""
    found = _NAME.fullmatch(name)
    if found is None or not constant_time_compare(found[3], _mark(found[1], int(found[2]))):
        return None
    number = int(found[2])
    if found[1] == "q":
        return Post(number, None) if Thread.objects.filter(pk=number).exists() else None
    if found[1] == "a":
        stands = Answer.objects.filter(pk=number).values_list("pk", "thread_id", "moved_to_id", "moved_to__thread_id")
        if (row := stands.first()) is None:
            return None
        return Post(row[3], row[2]) if row[2] else Post(row[1], row[0])
    thread_id = ThreadEvent.objects.filter(pk=number).values_list("thread_id", flat=True).first()
    return Post(thread_id, None) if thread_id else None


def _named(letter: str, number: int) -> str:
    return f"<{letter}{number}.{_mark(letter, number)}@{site_host()}>"


def _mark(letter: str, number: int) -> str:
    return salted_hmac(_SALT, f"{letter}{number}", algorithm="sha256").hexdigest()[:24]
