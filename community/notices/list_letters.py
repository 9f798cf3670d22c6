"""Posts of a board as the mails of its mail list: the post itself, in its place in the thread, and the list's foot.

A name (Message-ID) is the same for all readers, so that whoever quotes or archives such a mail means the same one. What
differs is where a reply goes: to its reader's own address for this question.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from community import permissions
from community.content.text import excerpt
from community.incoming.addresses import board_address, reply_address
from community.incoming.commands import LEAVE
from community.mails.letters import Body, Letter, Part, Post, Why, Words, isolated
from community.models import Answer, Board, IncomingMail, Notification, Thread, ThreadEvent, User
from community.notices import post_ids
from community.notices.letters import SUBJECT, Written, answered_to_of, reason_of, words_told
from community.notices.notifiables import Shown
from community.notices.saying import absolute, answer_post, first_words, name_of, question_post, read_on
from community.notices.site_host import site_host
from community.notices.stops import Reasons, Stop, choices_address, stop_address

_KIND = ThreadEvent.Kind
#: A list brings posts whole; the longest that can be written are shorter.
WHOLE = 100_000
#: What a quotation made by the button begins with: the place of the answer it is from (content/markdown.py).
_QUOTED = re.compile(r'<blockquote>\s*<p>\s*<a href="[^"]*/threads/(\d{1,18})/answers/(\d{1,9})/"')


@dataclass(frozen=True)
class Place:
    """A mail's name (Message-ID) and those of what it answers, the nearest last. A sample has none."""

    name: str = ""
    above: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        return {"Message-ID": self.name} | (
            {"In-Reply-To": self.above[-1], "References": " ".join(self.above)} if self.above else {}
        )


def write_post(row: Notification, shown: Shown, thread: Thread, reader: User, reasons: Reasons) -> Written:
    """The mail about one post of a board that the reader follows as a mail list. At most three queries."""
    stop = Stop("unwatch", "board", thread.board_id, thread.board.name)
    return put_post(row, shown, thread, reader, stop, reasons.since(row, shown), place_of(row, shown, thread, reader))


def put_post(
    row: Notification,
    shown: Shown,
    thread: Thread,
    reader: User,
    stop: Stop,
    followed_at: datetime | None,
    place: Place,
) -> Written:
    """The mail from what is known; `followed_at` is since when the reader follows the list."""
    answered_to = answered_to_of(shown, reader)
    reason = reason_of(row, shown, reader, stop, followed_at)
    why = Why(
        reason,
        _("Leave the mail list %(name)s") % {"name": isolated(thread.board.name)},
        stop_address(reader, stop),
        choices_address(),
        _told(shown, thread, reader),
    )
    post = shown.answer or thread
    letter = Letter(subject_of(shown, thread), _parts(shown, thread), first_words(post.body_html, thread), why)
    headers: dict[str, str] = {}
    if place.name:  # no sample
        reply_to = reply_address(reader, *answered_to) if answered_to else ""
        headers = {**_headers(thread.board, reader, stop, reply_to), **place.headers}
    return Written(letter, stop, thread.pk, shown.actor, answered_to=answered_to, headers=headers)


def subject_of(shown: Shown, thread: Thread) -> str:
    """[Routers] The title; answers as replies to it, and the mail that names the solution says so."""
    prefix = f"[{thread.board.mail_prefix or thread.board.name}]"
    title = excerpt(thread.title, SUBJECT)
    if shown.kind == _KIND.ASKED:
        return f"{prefix} {title}"
    return f"Re: {prefix} [{_('Solved')}] {title}" if shown.kind == _KIND.ACCEPTED else f"Re: {prefix} {title}"


def _parts(shown: Shown, thread: Thread) -> tuple[Part, ...]:
    """The post itself, and the way to it."""
    answer = shown.answer
    way = read_on(shown, _("Read it on the site"), is_quiet=True)
    if shown.kind == _KIND.ACCEPTED and answer is not None:
        told = _("It is solved: %(actor)s marked the answer by %(author)s as the solution.")
        actor = isolated(shown.actor) or _("Somebody")
        return (Words(told % {"actor": actor, "author": name_of(answer.author)}), answer_post(answer, thread), way)
    if answer is not None:
        return (_body(answer_post(answer, thread, WHOLE)), way)
    if shown.kind == _KIND.INFO_GIVEN:
        return (Words(_("The question as it stands now:")), _body(question_post(thread, WHOLE)), way)
    return (_body(question_post(thread, WHOLE)), way)


def _body(post: Post) -> Body:
    return Body(post.html, post.text, post.language)


def _told(shown: Shown, thread: Thread, reader: User) -> tuple[str, ...]:
    """What can be done by mail alone, in the foot."""
    told = list(words_told(shown, reader, is_list=True))
    if (address := board_address(thread.board)) and permissions.can_ask(reader, thread.board):
        told.append(_("Write to %(address)s to ask something new.") % {"address": address})
    return tuple(told)


# Headers --------------------------------------------------------------------------------------------------------------
def _headers(board: Board, reader: User, stop: Stop, reply_to: str) -> dict[str, str]:
    """What mail programs offer for a list (RFC 2369, RFC 2919), and the one click that leaves it (RFC 8058)."""
    here, to_board = absolute(board.get_absolute_url()), board_address(board)
    by_mail = f", <mailto:{quote(reply_to, safe='@+')}?subject={LEAVE}&body={LEAVE}>" if reply_to else ""
    headers = {
        "List-Id": f"<{board.mail_name}.lists.{site_host()}>",
        "List-Archive": f"<{here}>",
        "List-Help": f"<{absolute(reverse('mail_help'))}>",
        "List-Subscribe": f"<{here}>",
        "List-Unsubscribe": f"<{stop_address(reader, stop)}>{by_mail}",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if to_board and board.archived_at is None:
        headers["List-Post"] = f"<mailto:{quote(to_board, safe='@+')}>"
    return headers


def place_of(row: Notification, shown: Shown, thread: Thread, reader: User) -> Place:
    """Which mail it is, and what it answers: the question first, then the answer it quotes or the one before it.

    Where those came by the reader's own mails, these too: their program knows them by the names it gave them.
    """
    answer = shown.answer
    if shown.kind == _KIND.ASKED:
        return Place(post_ids.question_id(thread.pk))
    above: int | None = None
    if answer is not None and shown.kind == _KIND.ACCEPTED:
        own_name, above = post_ids.event_id(row.event_id), answer.pk
    elif answer is not None:
        own_name, above = post_ids.answer_id(answer.pk), answered_before(answer, thread, reader)
    else:
        own_name = post_ids.event_id(row.event_id)
    theirs: dict[int | None, str] = dict(
        IncomingMail.objects.filter(person=reader, thread=thread, reason=IncomingMail.Reason.POSTED)
        .exclude(message_id="")
        .order_by("-pk")
        .values_list("answer_id", "message_id")
    )
    named = _names(post_ids.question_id(thread.pk), theirs.get(None))
    if above is not None:
        named += _names(post_ids.answer_id(above), theirs.get(above))
    return Place(own_name, tuple(named))


def _names(ours: str, theirs: str | None) -> list[str]:
    """The last one is what the mail answers: of their own mail they never got ours."""
    return [ours, theirs] if theirs else [ours]


def answered_before(answer: Answer, thread: Thread, reader: User) -> int | None:
    """The answer that this one answers: the one it quotes first, else the one before it, as far as the reader sees."""
    seen = Answer.objects.visible_to(reader).filter(thread=thread, position__lt=answer.position)
    found = _QUOTED.search(answer.body_html)
    if found and int(found[1]) == thread.pk:
        quoted = seen.filter(position=int(found[2])).values_list("pk", flat=True).first()
        if quoted is not None:
            return quoted
    return seen.order_by("-position").values_list("pk", flat=True).first()
