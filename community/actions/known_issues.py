"""Known issues: what is wrong, said once for everybody; who has it too; and the news that all of them get.

Staff open them, link questions to them and say how it goes on. While an issue is current, its questions are not
escalated by themselves. Whom to tell is worked out by the worker (notices/known_issues.py): to the one who writes an
update, ten thousand people cost nothing.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import compose_body, compose_title
from community.actions.limits import spend
from community.actions.record import MAX_ID, record_audit, record_change, record_changes, record_event, wait_in_line
from community.actions.together import Writes, insert_once
from community.errors import EditConflict, NotAllowed, NotThere, Refused
from community.models import (
    Board,
    KnownIssue,
    KnownIssuePerson,
    KnownIssueThread,
    KnownIssueUpdate,
    Thread,
    ThreadEvent,
    User,
)

#: The same words by the same person within this time are a second press.
TWICE = timedelta(minutes=10)
#: No more questions in one press: what it does ends in seconds.
MOST_LINKED = 500


# Staff ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_issue(
    *, actor: User, title: str, body: str, board_id: int | None = None, thread_ids: Collection[int] = ()
) -> KnownIssue:
    """Say that something is wrong and known, on one board or (None) everywhere, and which questions are about it.

    The same twice, as by a double click, is one. Refused for words that cannot stand and for questions that are all
    part of another issue already; NotThere for a board out of sight; NotAllowed for all but staff.
    """
    _check(actor)
    if board_id is not None and not Board.objects.visible_to(actor).filter(pk=board_id).exists():
        raise NotThere(_("There is no such board."))
    composed, title, now = compose_body(body), compose_title(title), clock.now()
    wait_in_line()
    mine = KnownIssue.objects.filter(opened_by=actor, board=board_id, title=title, opened_at__gt=now - TWICE).current()
    if (made := mine.filter(body=composed.body).first()) is not None:
        return made
    issue = KnownIssue.objects.create(
        board_id=board_id,
        title=title,
        body=composed.body,
        body_html=composed.html,
        renderer_version=composed.renderer_version,
        opened_by=actor,
        opened_at=now,
        updated_at=now,
    )
    record_audit("opened_known_issue", actor=actor, target=issue)
    if thread_ids and not _link(actor, issue, thread_ids):
        raise Refused(_("These questions are part of another known issue already."))
    _has_changed(issue)
    return issue


@transaction.atomic
def edit_issue(*, actor: User, issue_id: int, version: int, title: str, body: str) -> KnownIssue:
    """Other words for what is known; nobody is told. EditConflict when somebody else changed it meanwhile."""
    issue = _lock(actor, issue_id)
    if issue.version != version:
        raise EditConflict(_("This was changed while you were writing."), issue)
    composed = compose_body(body)
    issue.title, issue.body, issue.body_html = compose_title(title), composed.body, composed.html
    issue.renderer_version, issue.version, issue.updated_at = composed.renderer_version, version + 1, clock.now()
    issue.save(update_fields=["title", "body", "body_html", "renderer_version", "version", "updated_at"])
    record_audit("edited_known_issue", actor=actor, target=issue)
    _has_changed(issue)
    return issue


@transaction.atomic
def link_threads(*, actor: User, issue_id: int, thread_ids: Collection[int]) -> int:
    """These questions are about it; returns how many are so from now on.

    Left out: what this person does not see, what is part of an issue already that is not settled. A duplicate stands
    for its original. Refused for an issue that is settled, and for too many at once.
    """
    issue = _lock(actor, issue_id)
    _must_be_current(issue)
    linked = _link(actor, issue, thread_ids)
    if linked:
        _has_changed(issue)
    return len(linked)


@transaction.atomic
def unlink_thread(*, actor: User, issue_id: int, thread_id: int, reason: str = "") -> KnownIssue:
    """This question is about something else after all. Not linked, nothing changes."""
    issue = _lock(actor, issue_id)
    links = KnownIssueThread.objects.filter(issue=issue, unlinked_at__isnull=True)
    if 0 < thread_id <= MAX_ID and links.filter(thread=thread_id).update(unlinked_at=clock.now()):
        thread = Thread.objects.get(pk=thread_id)
        record_audit("unlinked_known_issue", actor=actor, target=thread, note=reason)
        record_change(thread=thread)
        _has_changed(issue)
    return issue


@transaction.atomic
def update(*, actor: User, issue_id: int, body: str) -> KnownIssueUpdate:
    """News for everybody who has it; the same words twice are said once.

    Refused for an issue that is settled: `reopen` says that it is back.
    """
    issue = _lock(actor, issue_id)
    _must_be_current(issue)
    latest = KnownIssueUpdate.objects.filter(issue=issue).order_by("-pk").first()
    if latest is not None and (latest.said_by_id, latest.body) == (actor.pk, compose_body(body).body):
        return latest
    return _say(actor, issue, body)


@transaction.atomic
def fix(*, actor: User, issue_id: int, body: str) -> KnownIssueUpdate:
    """It is fixed, and everybody who has it is told how. A second press of it is Refused."""
    issue = _lock(actor, issue_id)
    _must_be_current(issue)
    issue.fixed_at = clock.now()
    issue.save(update_fields=["fixed_at"])
    return _say(actor, issue, body, is_fix=True)


@transaction.atomic
def reopen(*, actor: User, issue_id: int, body: str) -> KnownIssueUpdate:
    """It was not fixed after all, and everybody who has it is told so. Refused for what is not fixed."""
    issue = _lock(actor, issue_id)
    if issue.fixed_at is None or issue.withdrawn_at is not None:
        raise Refused(_("This is not marked as fixed."))
    issue.fixed_at = None
    issue.save(update_fields=["fixed_at"])
    return _say(actor, issue, body)


@transaction.atomic
def withdraw(*, actor: User, issue_id: int, reason: str = "") -> KnownIssue:
    """It was a mistake: only staff see it from now on, its questions are free again, nobody is told. Twice is once."""
    issue = _lock(actor, issue_id)
    if issue.withdrawn_at is None:
        issue.withdrawn_at = clock.now()
        issue.save(update_fields=["withdrawn_at"])
        _has_changed(issue)
        KnownIssueThread.objects.filter(issue=issue, unlinked_at__isnull=True).update(unlinked_at=clock.now())
        record_audit("withdrew_known_issue", actor=actor, target=issue, note=reason)
    return issue


# Everybody ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def join(*, actor: User, issue_id: int, instead_of_asking: bool = False) -> KnownIssue:
    """ "I have this too": told of every update. Twice is once. Refused for what is settled already.

    `instead_of_asking`: it was pressed beside a form, and nothing was sent. Such reuse is staff's doing.
    """
    issue = _seen(actor, issue_id)
    if not permissions.is_member(actor):
        raise NotAllowed(_("Sign in to be told of news."))
    _must_be_current(issue)
    row = KnownIssuePerson(issue=issue, person=actor, instead_of_asking=instead_of_asking, joined_at=clock.now())
    if insert_once(row):
        spend(what="me_too", actor=actor)
        KnownIssue.objects.filter(pk=issue.pk).update(person_count=F("person_count") + 1)
        _looks_different(issue)
    return issue


@transaction.atomic
def leave(*, actor: User, issue_id: int) -> KnownIssue:
    """I do not have it (any more): no news of it, but for questions of one's own that are about it."""
    issue = _seen(actor, issue_id)
    if KnownIssuePerson.objects.filter(issue=issue, person=actor).delete()[0]:
        KnownIssue.objects.filter(pk=issue.pk).update(person_count=F("person_count") - 1)
        _looks_different(issue)
    return issue


# Between them ---------------------------------------------------------------------------------------------------------
def _check(actor: User) -> None:
    if not permissions.can_keep_known_issues(actor):
        raise NotAllowed(_("Only staff can do this."))


def _seen(actor: User, issue_id: int) -> KnownIssue:
    visible = KnownIssue.objects.visible_to(actor)
    issue = visible.filter(pk=issue_id).first() if 0 < issue_id <= MAX_ID else None
    if issue is None:
        raise NotThere(_("There is no such known issue."))
    return issue


def _lock(actor: User, issue_id: int) -> KnownIssue:
    """The issue, locked, for staff; NotThere when out of sight, NotAllowed for others."""
    _seen(actor, issue_id)
    _check(actor)
    return KnownIssue.objects.select_for_update(no_key=True).get(pk=issue_id)


def _must_be_current(issue: KnownIssue) -> None:
    if issue.withdrawn_at is not None:
        raise Refused(_("This known issue was taken back."))
    if issue.fixed_at is not None:
        raise Refused(_("This is fixed already."))


def _say(actor: User, issue: KnownIssue, body: str, *, is_fix: bool = False) -> KnownIssueUpdate:
    composed, now = compose_body(body), clock.now()
    said = KnownIssueUpdate.objects.create(
        issue=issue,
        body=composed.body,
        body_html=composed.html,
        renderer_version=composed.renderer_version,
        said_by=actor,
        said_at=now,
        is_fix=is_fix,
    )
    issue.updated_at = now
    issue.save(update_fields=["updated_at"])
    record_audit("fixed_known_issue" if is_fix else "updated_known_issue", actor=actor, target=issue)
    _has_changed(issue)
    return said


# A link of an issue that is settled ends with the new one; one of a current issue stays.
_END = """
    UPDATE community_knownissuethread l SET unlinked_at = %(now)s FROM community_knownissue i
    WHERE i.id = l.issue_id AND l.thread_id = ANY (%(threads)s) AND l.unlinked_at IS NULL
      AND (i.fixed_at IS NOT NULL OR i.withdrawn_at IS NOT NULL)
"""
_LINK = """
    INSERT INTO community_knownissuethread (issue_id, thread_id, linked_by_id, linked_at)
    SELECT %(issue)s, thread, %(actor)s, %(now)s FROM unnest(%(threads)s::bigint[]) AS thread
    ON CONFLICT DO NOTHING RETURNING thread_id
"""


def _link(actor: User, issue: KnownIssue, thread_ids: Collection[int]) -> list[Thread]:
    """The questions that are linked from now on. Of two who link one question at once, one does."""
    wanted = linkable(actor, thread_ids)
    if len(wanted) > MOST_LINKED:
        raise Refused(_("At most %(most)d questions are linked in one press.") % {"most": MOST_LINKED})
    values: dict[str, Any] = {"issue": issue.pk, "actor": actor.pk, "now": clock.now(), "threads": sorted(wanted)}
    with connection.cursor() as cursor:
        cursor.execute(_END, values)
        cursor.execute(_LINK, values)
        linked = [row[0] for row in cursor.fetchall()]
    threads, writes = list(Thread.objects.filter(pk__in=linked).order_by("pk")), Writes()
    for thread in threads:
        record_event(ThreadEvent.Kind.KNOWN_ISSUE, actor=actor, thread=thread, writes=writes)
    if threads:
        writes.send()
        record_audit("linked_known_issue", actor=actor, target=issue)
    return threads


def linkable(actor: User, thread_ids: Collection[int]) -> set[int]:
    """Of these questions the ones this person sees in lists, each original in place of its duplicates. Two queries."""
    possible = {pk for pk in thread_ids if 0 < pk <= MAX_ID}
    named = Thread.objects.visible_to(actor).filter(pk__in=possible)
    originals = set(named.order_by().values_list(Coalesce("merged_into_id", "pk"), flat=True))
    listed = Thread.objects.visible_to(actor).listed().filter(pk__in=originals)
    return set(listed.order_by().values_list("pk", flat=True))


def _has_changed(issue: KnownIssue) -> None:
    """The pages on which it stands look different now: its board's lists or all, and those of its questions."""
    _looks_different(issue)
    record_changes(Thread.objects.filter(known_issue_links__issue=issue, known_issue_links__unlinked_at__isnull=True))


def _looks_different(issue: KnownIssue) -> None:
    record_change(board_id=issue.board_id)
