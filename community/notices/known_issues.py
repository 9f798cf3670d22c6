"""News of known issues: told to everybody who has them, each thing once.

The rows that staff write wait here until they are told (`told_at`): what is told and that it was are written in one
transaction, set-based, so a kill repeats nothing and two workers share the work.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from community import clock
from community.content.mail_html import Names, for_mail
from community.content.plain import beginning
from community.content.text import excerpt
from community.mails.letters import Heading, Part, Post, Words, isolated
from community.mails.sending import site_address
from community.models import KnownIssue, KnownIssueThread, KnownIssueUpdate, Notification, Topic, User
from community.notices.notifiables import Shown
from community.notices.saying import FIRST_WORDS, WHOLE, Said, read_on
from community.notices.topics import DEFAULTS

#: The kinds of these notices: that one's question is about a known issue (by the issue's number, so once a person), and
#: what staff say about it (by the update's).
KNOWN, NEWS = "known_issue", "known_issue_update"
#: How the news that it is fixed are written.
FIXED = "known_issue_fixed"
BATCH = 200

# Whoever mutes a question hears of nothing about it; nobody is told what they said themselves, nor of a board they do
# not see. The strongest reason comes first.
_INSERT = """
    WITH wanted (number, issue_id, actor_id, person_id, reason, rank) AS ({recipients}),
    told AS (
        SELECT DISTINCT ON (w.number, w.person_id) w.number, w.person_id, w.reason,
            CASE WHEN u.email = '' OR coalesce(u.mail_paused_until > %(now)s, false) THEN ''
                 ELSE replace(coalesce(c.rhythm, %(rhythm)s), 'off', '') END AS rhythm
        FROM wanted w
        JOIN community_knownissue i ON i.id = w.issue_id
        JOIN community_user u ON u.id = w.person_id
        LEFT JOIN community_noticechoice c ON c.person_id = w.person_id AND c.topic = %(topic)s
        WHERE i.withdrawn_at IS NULL AND w.person_id <> w.actor_id
          AND u.is_active AND NOT u.is_imported AND u.anonymised_at IS NULL
          AND (i.board_id IS NULL OR community_may_see_board(i.board_id, w.person_id))
        ORDER BY w.number, w.person_id, w.rank
    )
    INSERT INTO community_notification (event_kind, event_id, recipient_id, reason, topic, rhythm, created_at)
    SELECT %(kind)s, number, person_id, reason, %(topic)s, rhythm, %(now)s FROM told ORDER BY number, person_id
    ON CONFLICT DO NOTHING
"""
_MUTED = """EXISTS (SELECT 1 FROM community_watch x
                    WHERE x.thread_id = l.thread_id AND x.person_id = p.person_id AND x.muted_at IS NOT NULL)"""
_OF_QUESTION = """
    CROSS JOIN LATERAL (
        SELECT t.asker_id AS person_id, 'issue_asked' AS reason, 2 AS rank FROM community_thread t
        WHERE t.id = l.thread_id
        UNION ALL SELECT m.person_id, 'issue_shared', 3 FROM community_metoo m WHERE m.thread_id = l.thread_id
    ) p
"""
_OF_LINKS = f"""
    SELECT l.issue_id, l.issue_id, l.linked_by_id, p.person_id, p.reason, p.rank
    FROM community_knownissuethread l {_OF_QUESTION}
    WHERE l.id = ANY (%(ids)s) AND l.unlinked_at IS NULL AND NOT {_MUTED}
"""  # noqa: S608 - put together from our own constants
_OF_UPDATES = f"""
    SELECT u.id, u.issue_id, u.said_by_id, j.person_id, 'issue_joined', 1
    FROM community_knownissueupdate u JOIN community_knownissueperson j ON j.issue_id = u.issue_id
    WHERE u.id = ANY (%(ids)s)
    UNION ALL
    SELECT u.id, u.issue_id, u.said_by_id, p.person_id, p.reason, p.rank
    FROM community_knownissueupdate u
    JOIN community_knownissuethread l ON l.issue_id = u.issue_id AND l.unlinked_at IS NULL {_OF_QUESTION}
    WHERE u.id = ANY (%(ids)s) AND NOT {_MUTED}
"""  # noqa: S608 - put together from our own constants


def tell_all() -> int:
    """Write the notices of everything that is not told yet; returns how many rows were dealt with."""
    total = 0
    for kind, model, recipients in ((KNOWN, KnownIssueThread, _OF_LINKS), (NEWS, KnownIssueUpdate, _OF_UPDATES)):
        while done := _tell(kind, model, _INSERT.format(recipients=recipients)):
            total += done
    return total


@transaction.atomic
def _tell(kind: str, model: type[KnownIssueThread] | type[KnownIssueUpdate], statement: str) -> int:
    waiting = model._default_manager.filter(told_at__isnull=True).order_by("pk")
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    now = clock.now()
    values: dict[str, Any] = {
        "ids": ids,
        "kind": kind,
        "now": now,
        "topic": Topic.ISSUES,
        "rhythm": DEFAULTS[Topic.ISSUES],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return model._default_manager.filter(pk__in=ids).update(told_at=now)


# In the inbox ---------------------------------------------------------------------------------------------------------
def _issues(ids: Iterable[int], reader: User) -> dict[int, KnownIssue]:
    """Those of these issues that still stand and that the reader may see."""
    return KnownIssue.objects.visible_to(reader).filter(withdrawn_at__isnull=True).in_bulk(list(ids))


def show_known(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Issue -> what somebody is told whose question is about it. Two queries."""
    issues = _issues(ids, reader)
    told = Notification.objects.filter(event_kind=KNOWN, event_id__in=issues, recipient=reader)
    return {
        pk: Shown(
            sentence=_("Staff know about your problem"),
            title=issues[pk].title,
            url=issues[pk].get_absolute_url(),
            happened_at=told_at,
            kind=KNOWN,
            about=f"issue-{pk}",
            note=_begins(issues[pk].body_html),
            words=issues[pk].body_html,
        )
        for pk, told_at in told.values_list("event_id", "created_at")
    }


def show_news(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Update -> what somebody is told who has it. Two queries."""
    said = KnownIssueUpdate.objects.filter(pk__in=list(ids)).select_related("said_by")
    rows = list(said.filter(Q(issue__withdrawn_at__isnull=True)))
    issues = _issues({row.issue_id for row in rows}, reader)
    return {
        row.pk: Shown(
            sentence=_("A problem that you have is fixed") if row.is_fix else _("News of a problem that you have"),
            title=issues[row.issue_id].title,
            url=f"{issues[row.issue_id].get_absolute_url()}#news-{row.pk}",
            happened_at=row.said_at,
            actor=row.said_by.display_name,
            kind=FIXED if row.is_fix else NEWS,
            about=f"issue-{row.issue_id}",
            note=_begins(row.body_html),
            words=row.body_html,
        )
        for row in rows
        if row.issue_id in issues
    }


NOTIFIABLES: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {KNOWN: show_known, NEWS: show_news}


# By mail --------------------------------------------------------------------------------------------------------------
def _words_of(shown: Shown) -> Post:
    """What staff wrote, as a mail brings it. Whoever may read the mail may not be whoever may open the files."""
    made = for_mail(
        shown.words,
        site_address=site_address(),
        names=Names(picture=_("Picture"), file=_("File")),
        most=WHOLE,
        shows_files=False,
    )
    return Post(shown.actor or _("Our staff"), shown.happened_at, made.html, made.text, "")


def _begins(html: str) -> str:
    return excerpt(beginning(html, FIRST_WORDS * 6), FIRST_WORDS)


def write_known(row: Notification, shown: Shown, reader: User) -> Said:
    """One's question is about something that is known."""
    told = _("What you asked about is known: “%(title)s”. There is nothing you have to do, and every news reaches you.")
    parts: tuple[Part, ...] = (
        Heading(shown.sentence),
        Words(told % {"title": isolated(shown.title)}),
        _words_of(shown),
        read_on(shown, _("See how it goes on")),
    )
    return Said(parts, _begins(shown.words))


def write_news(row: Notification, shown: Shown, reader: User) -> Said:
    """What staff say about it, and that it is fixed."""
    parts: tuple[Part, ...] = (
        Heading(shown.sentence),
        Words(_("About “%(title)s”:") % {"title": isolated(shown.title)}),
        _words_of(shown),
        read_on(shown, _("See how it goes on")),
    )
    return Said(parts, _begins(shown.words), shown.actor)
