"""A question or an answer as the thread page shows it: plain strings and addresses, ready for the template.

An address is empty where the reader may not do what it stands for, so the template asks nothing of anybody.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community import addresses, permissions
from community.models import Answer, Attachment, Solution, Thread, User
from community.roles import STAFF
from community.templatetags.ui import avatar, badge, moment
from community.thread_page import May, Mine

Anyone = User | AnonymousUser


class File(TypedDict):
    url: str
    name: str


class Post(TypedDict, total=False):
    """What the template needs of one post."""

    id: int
    anchor: str
    url: str
    number: int
    html: SafeString
    files: list[File]
    author: str
    author_url: str
    avatar: SafeString
    badges: SafeString
    when: SafeString
    edited: SafeString
    hidden: bool
    is_solution: bool
    helpful: int
    helped: int
    voted: bool
    was_helped: bool
    vote_url: str
    helped_url: str
    accept_url: str
    mark_url: str
    quote_url: str
    edit_url: str
    history_url: str
    hide_url: str
    restore_url: str


@lru_cache(maxsize=512)
def _badges(role: str, is_asker: bool, imported: bool, _language: str) -> SafeString:
    """Who speaks, in words; the role is the one held when posting."""
    kinds = [role if role in STAFF else "", "asker" if is_asker else "", "imported" if imported else ""]
    return mark_safe("".join(badge(kind) for kind in kinds if kind))  # noqa: S308 - badges are escaped by their tag


def _author(person: User) -> dict[str, str]:
    """Name and profile address; a closed account has no profile."""
    open_account = person.anonymised_at is None
    return {
        "author": person.display_name,
        "author_url": addresses.person_address(person.pk, person.username_key) if open_account else "",
        "avatar": avatar(person.display_name),
    }


def _files(files: Iterable[Attachment], html: str) -> list[File]:
    """Files that the text itself does not show or link."""
    return [
        File(url=file.get_absolute_url(), name=file.name) for file in files if f"/attachments/{file.pk}/" not in html
    ]


def question_post(thread: Thread, may: May, files: Iterable[Attachment]) -> Post:
    """The question itself."""
    return Post(
        id=thread.pk,
        anchor="question",
        html=mark_safe(thread.body_html),  # noqa: S308 - rendered and sanitised when it was written
        files=_files(files, thread.body_html),
        badges=_badges(thread.asker_role, True, thread.is_imported, get_language() or ""),
        when=moment(thread.asked_at),
        edited=moment(thread.edited_at),
        edit_url=addresses.of_id("edit_thread", thread.pk) if may.edit else "",
        history_url=addresses.of_id("thread_history", thread.pk) if may.see_history and thread.edited_at else "",
        **_author(thread.asker),  # type: ignore[typeddict-item]
    )


def answer_post(
    answer: Answer,
    *,
    thread: Thread,
    user: Anyone,
    may: May,
    mine: Mine,
    solution_id: int | None,
    files: list[Attachment],
) -> Post:
    """One answer, with the addresses of what this reader may do to it."""
    html = answer.body_html
    post = Post(
        id=answer.pk,
        anchor=f"a{answer.position}",
        url=addresses.of_id("answer", thread.pk, answer.position),
        number=answer.position,
        html=mark_safe(html),  # noqa: S308 - rendered and sanitised when it was written
        files=_files(files, html) if files else [],
        badges=_badges(
            answer.author_role, answer.author_id == thread.asker_id, answer.is_imported, get_language() or ""
        ),
        when=moment(answer.answered_at),
        edited=moment(answer.edited_at),
        hidden=answer.hidden_at is not None,
        is_solution=answer.pk == solution_id,
        helpful=answer.helpful_count,
        helped=answer.helped_count,
        **_author(answer.author),  # type: ignore[typeddict-item]
    )
    if may.member:
        _add_verbs(post, answer, user, may, mine)
    return post


def _add_verbs(post: Post, answer: Answer, user: Anyone, may: May, mine: Mine) -> None:
    number, visible = answer.pk, answer.hidden_at is None
    of_id = addresses.of_id
    post["voted"], post["was_helped"] = number in mine.votes, number in mine.helped
    if permissions.can_vote(user, answer):
        post["vote_url"] = of_id("unvote_answer" if post["voted"] else "vote_answer", number)
    if permissions.can_say_helped(user, answer):
        post["helped_url"] = of_id("say_helped", number)
    if visible and not post["is_solution"]:
        if may.accept:
            post["accept_url"] = of_id("accept_answer", number)
        elif may.mark and answer.author_id != user.pk:
            post["mark_url"] = of_id("mark_answer", number)
    if visible and may.answer:
        post["quote_url"] = f"{of_id('answer_thread', answer.thread_id)}?quote={number}"
    if permissions.can_edit_answer(user, answer):
        post["edit_url"] = of_id("edit_answer", number)
    if may.see_history and answer.edited_at:
        post["history_url"] = of_id("answer_history", number)
    if may.moderate:
        post["hide_url" if visible else "restore_url"] = of_id("hide_answer" if visible else "restore_answer", number)


def solution_line(solution: Solution) -> dict[str, object]:
    """Who accepted the solution, when, and how it was resolved, in words."""
    person = solution.accepted_by
    return {
        "by": person.display_name if person else "",
        "by_marks": solution.resolution_class == Solution.Class.COMMUNITY,
        "when": moment(solution.accepted_at),
        "how": solution.get_resolution_class_display(),
    }
