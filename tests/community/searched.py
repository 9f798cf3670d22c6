"""What the tests of searching share."""

import re
from typing import Any

from django.contrib.auth.models import AnonymousUser

from community.actions import solutions
from community.models import Thread
from tests.factories import person, reply, thread

VISITOR = AnonymousUser()

SEARCH, SUGGEST = "/search/", "/suggestions/"


def solved(title: str, body: str = "It does not work.", how: str = "Hold the button.", **fields: Any) -> Thread:
    asker = person()
    question = thread(asker, title=title, body=body, **fields)
    solutions.accept(actor=asker, answer_id=reply(question, body=how).pk)
    return Thread.objects.get(pk=question.pk)


def titles_marked(page: str) -> list[str]:
    rows = re.findall(r'<h3 class="row-title"><a href="[^"]*"[^>]*>(.*?)</a>', page)
    return [re.sub(r"</?mark>", "", row) for row in rows]
