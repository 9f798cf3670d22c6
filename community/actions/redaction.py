"""Private data taken out of what everybody reads, and out of everything made of it: no public copy stays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from community import permissions
from community.actions import traces
from community.actions.decisions import decide
from community.actions.record import MAX_ID, record_audit, record_changes, record_event
from community.content.plain import plain_text
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Attachment, Decision, Ground, Thread, ThreadEvent, User

#: Pieces of one act; characters of the shortest and the longest.
MOST_PIECES, SHORTEST, LONGEST = 50, 3, 1_000
#: Words that a page holds without showing them.
_IN_MARKUP = re.compile(r"(?:href|src|alt|title)=\"([^\"]*)\"")


@dataclass(frozen=True)
class Pieces:
    """The words to take out, wherever and in whatever case they stand."""

    texts: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # The longest first: a number within a longer one goes with it. White space in a piece is any white space.
        longest = sorted(self.texts, key=len, reverse=True)
        return re.compile("|".join(r"\s+".join(map(re.escape, text.split())) for text in longest), re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        return bool(self.texts) and self._pattern.search(text) is not None

    def without(self, text: str) -> str:
        return self._pattern.sub(traces.REMOVED, text) if self.texts else text


def read_pieces(texts: Iterable[str]) -> Pieces:
    """What a moderator chose, each once; Refused for what is too short to mean one thing, too long, or no text."""
    try:
        found = tuple(dict.fromkeys(cleaned for text in texts if (cleaned := clean_text(text).strip())))
    except BadText as error:
        raise Refused(str(error)) from error
    if len(found) > MOST_PIECES:
        raise Refused(_("At most %(most)d pieces at once, please.") % {"most": MOST_PIECES})
    for each in found:
        if len(each) < SHORTEST:
            raise Refused(_("“%(text)s” is too short: it would be removed everywhere.") % {"text": each})
        if len(each) > LONGEST:
            raise Refused(_("“%(text)s…” is too long. Remove it in parts.") % {"text": each[:30]})
    return Pieces(found)


@transaction.atomic
def redact(
    *,
    actor: User,
    thread_id: int,
    answer_id: int | None = None,
    pieces: Sequence[str] = (),
    attachment_ids: Sequence[int] = (),
    ground: str = Ground.PRIVATE,
    words: str = "",
) -> Thread:
    """Replace each of these `pieces` by “[removed]” in every post of the thread and everything made of them.

    Also in earlier versions, drafts, quotes, text files, reasons and what lies outside the database; the files named go
    as a whole. The author of the post (the question, or the answer named) is told, never with the words themselves.
    Refused when nothing is named, or when a piece is still to be read afterwards; NotAllowed for all but moderators.
    """
    thread, answer = _post(actor, thread_id, answer_id)
    chosen = read_pieces(pieces)
    group = traces.lock_group(thread)
    ids = [each.pk for each in group]
    files = Attachment.objects.filter(Q(thread__in=ids) | Q(answer__thread__in=ids))
    gone = files.filter(pk__in=list(attachment_ids)[:MOST_PIECES])
    if not chosen.texts and not gone:
        raise Refused(_("Please choose or write what shall be removed."))
    if not _take_out(actor, group, chosen, files, gone):
        return thread  # the second press of a double click
    thread.refresh_from_db()
    post = thread if answer is None else answer
    traces.forget_outside(chosen.is_in, _people(group))
    record_event(ThreadEvent.Kind.REDACTED, actor=actor, thread=thread, answer=answer)
    told = chosen.without(words)
    record_audit("redacted", actor=actor, target=post, note=told)
    person = thread.asker if answer is None else answer.author
    decide(
        actor=actor,
        outcome=Decision.Outcome.REDACTED,
        ground=ground,
        thread=thread,
        answer=answer,
        person=person,
        words=told,
    )
    return thread


def _post(actor: User, thread_id: int, answer_id: int | None) -> tuple[Thread, Answer | None]:
    found = Thread.objects.visible_to(actor).filter(pk=thread_id).first() if 0 < thread_id <= MAX_ID else None
    if found is None:
        raise NotThere(_("There is no such question."))
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    answer = None
    if answer_id is not None:
        answer = Answer.objects.filter(thread=found, pk=answer_id).first() if 0 < answer_id <= MAX_ID else None
        if answer is None:
            raise NotThere(_("There is no such answer."))
    return found, answer


def _take_out(
    actor: User, group: list[Thread], chosen: Pieces, files: Iterable[Attachment], gone: Iterable[Attachment]
) -> bool:
    """Whether there was anything to take out."""
    places = traces.destroy_files(gone)
    kept = [file for file in files if file.pk is not None]
    found = bool(places)

    def without(text: str) -> str:
        nonlocal found
        left = chosen.without(text)
        found = found or left != text
        return left

    moved = traces.rename_files(kept, without)

    def change(text: str) -> str:
        for old, new in moved.items():
            text = text.replace(old, new)
        for place in places:
            text = place.sub(traces.REMOVED, text)
        return without(text)

    traces.rewrite_group(group, change, editor=actor)
    if places:  # a file that no text names stands below its post all the same
        record_changes(Thread.objects.filter(pk__in=[thread.pk for thread in group]))
    for thread in group:
        found = found or any(chosen.is_in(tag.name) for tag in thread.tags.all())
        traces.forget_addresses(thread, chosen.texts)
        traces.drop_tags(thread, chosen.is_in)
    _check(group, chosen)
    return found


def _check(group: list[Thread], chosen: Pieces) -> None:
    """Nothing of it can be read any more, whatever marks stood between its letters; Refused otherwise."""
    ids = [thread.pk for thread in group]
    for model in (Thread.objects.filter(pk__in=ids), Answer.objects.filter(thread__in=ids)):
        for html in model.values_list("body_html", flat=True):
            for text in (plain_text(html), *map(unescape, _IN_MARKUP.findall(html))):
                if chosen.is_in(text.replace(traces.REMOVED, "")):
                    raise Refused(
                        _("A piece is written with marks in between. Copy it as it stands in the text to be edited.")
                    )


def _people(group: list[Thread]) -> list[User]:
    """Whoever wrote in these threads: an archive of theirs may hold it."""
    ids = [thread.pk for thread in group]
    return list(User.objects.filter(Q(threads__in=ids) | Q(answers__thread__in=ids)).distinct())
