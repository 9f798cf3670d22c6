"""Who is helping in a thread: those whose answers stand on the page, from the rows the page has read anyway."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from community.models import Thread
from community.reading import addresses
from community.reading.thread_page import Author, Said, Solved
from community.roles import STAFF
from community.templatetags.ui import avatar, badge

SHOWN = 5


def who_helps(thread: Thread, shown: Iterable[Said], solved: Solved | None) -> SafeString:
    """At most five people as a list and how many more, whoever solved it first, then staff; empty for nobody.

    The asker is not among them, nor is anybody whose answers are all hidden.
    """
    solver = solved.said.author.id if solved else None
    roles: dict[int, str] = {}
    people: dict[int, Author] = {}
    for answer, author in (*([solved.said] if solved else []), *shown):
        if answer.hidden_at is None and author.id != thread.asker_id:
            people.setdefault(author.id, author)
            if answer.author_role in STAFF:
                roles[author.id] = answer.author_role
    first = sorted(people.values(), key=lambda each: (each.id != solver, each.id not in roles))  # else in their order
    language = get_language() or ""
    lines = [
        _line(
            each.display_name,
            "" if each.anonymised_at else addresses.person_address(each.id, each.username_key),
            roles.get(each.id, ""),
            each.id == solver,
            language,
        )
        for each in first[:SHOWN]
    ]
    if more := len(first) - SHOWN if len(first) > SHOWN else 0:
        words = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
        lines.append(format_html('<li class="muted">{}</li>', words))
    return mark_safe("".join(lines))  # noqa: S308 - each line is escaped where it is made


@lru_cache(maxsize=4096)
def _line(name: str, address: str, role: str, has_solved: bool, _language: str) -> SafeString:
    """One person, with the role held when answering; whoever solved it carries that."""
    badges = mark_safe((badge("solution") if has_solved else "") + (badge(role) if role else ""))  # noqa: S308
    named = '<a class="person" href="{1}">{0}</a>' if address else '<span class="person">{0}</span>'
    return format_html("<li>{}{}{}</li>", avatar(name, "sm"), format_html(named, name, address), badges)
