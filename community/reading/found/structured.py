"""A page of a thread as search engines read it: schema.org's words in one JSON-LD document.

By Google's rules for these kinds of pages: a QAPage is one question with at least one answer, so an unanswered question
has no document; everything in it stands on this very page for everybody to read; `answerCount` counts the answers on
all pages. Ideas and praise are a DiscussionForumPosting with its comments.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from community.content.plain import plain_text
from community.models import Answer, Thread, User
from community.reading import addresses
from community.reading.thread_page import Author, Opened, Place, Said

#: So that no text can end the script element it stands in; JSON reads them as the same characters.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
Words = dict[str, Any]


def thread_data(root: str, opened: Opened, place: Place) -> SafeString:
    """The document of a page as visitors see it, ready for its script element; "" where there is nothing to say."""
    thread = opened.thread
    if place.sort != "solution":
        return SafeString("")
    said = _said(opened, place)
    if not thread.is_solvable:
        about = {
            **_post(root, thread, "DiscussionForumPosting", "headline"),
            "commentCount": thread.answer_count,
            "comment": [_answer(root, each, "Comment") for each in said],
        }
        return _document(about)
    if not said:
        return SafeString("")
    solved_by = opened.solved.solution.answer_id if opened.solved else None
    question = {
        **_post(root, thread, "Question", "name"),
        "answerCount": thread.answer_count,
        "upvoteCount": thread.me_too_count,
    }
    suggested = []
    for each in said:
        if each.answer.pk == solved_by:
            question["acceptedAnswer"] = _answer(root, each, "Answer")
        else:
            suggested.append(_answer(root, each, "Answer"))
    if suggested:
        question["suggestedAnswer"] = suggested
    return _document({"@type": "QAPage", "mainEntity": question})


def _document(about: Words) -> SafeString:
    text = json.dumps({"@context": "https://schema.org", **about}, ensure_ascii=False, separators=(",", ":"))
    # A tenth of what str.translate takes for ten thousand characters.
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return mark_safe(text)  # noqa: S308 - nothing in it can end the element


def _said(opened: Opened, place: Place) -> list[Said]:
    """The answers that can be read in full on this page: the solution stands on the first one, wherever it was given.

    Hidden answers are for moderators, and moderators get no document; they are left out all the same.
    """
    solved = opened.solved.said if opened.solved else None
    said = [each for each in opened.answers if solved is None or each.answer.pk != solved.answer.pk]
    if solved is not None and place.is_first:
        said.insert(0, solved)
    return [each for each in said if each.answer.hidden_at is None]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _author(root: str, person: User | Author) -> Words:
    if person.anonymised_at is not None:
        return {"@type": "Person", "name": person.display_name}
    address = addresses.person_address(person.id, person.username_key)
    return {"@type": "Person", "name": person.display_name, "url": root + address}


def _dates(given: datetime, edited: datetime | None) -> Iterable[tuple[str, str]]:
    at = _time(given)
    yield "dateCreated", at
    yield "datePublished", at
    if edited is not None:
        yield "dateModified", _time(edited)


def _post(root: str, thread: Thread, kind: str, title: str) -> Words:
    """The thread's first post."""
    said: Words = {
        "@type": kind,
        title: thread.title,
        "text": plain_text(thread.body_html) or thread.title,
        "url": root + addresses.thread_address(thread.pk, thread.title),
        **dict(_dates(thread.asked_at, thread.edited_at)),
        "author": _author(root, thread.asker),
    }
    if thread.language:
        said["inLanguage"] = thread.language
    return said


def _answer(root: str, said: Said, kind: str) -> Words:
    answer: Answer = said.answer
    return {
        "@type": kind,
        "text": plain_text(answer.body_html) or "…",
        "url": root + addresses.of_id("answer", answer.thread_id, answer.position),
        "upvoteCount": answer.helpful_count,
        **dict(_dates(answer.answered_at, answer.edited_at)),
        "author": _author(root, said.author),
    }
