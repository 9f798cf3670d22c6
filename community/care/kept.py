"""How long what is kept is kept: the one table of it. (Asking it and sweeping by it: care/retention.py.)

Facts are no part of it: events, votes, solutions, measurements hold ids, enums and times, and reported figures stay
provable by them. What the table forgets is free text and addresses beside them, and what has served its purpose.
Nothing goes that an open case may need: a review that waits holds what it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community import clock
from community.actions.attachments import LOOSE_LIVES, sweep_loose_attachments
from community.actions.data_exports import KEPT as EXPORT_KEPT
from community.actions.data_exports import sweep_exports
from community.actions.drafts import PERSON_DRAFTS_LIVE, VISITOR_DRAFTS_LIVE
from community.actions.incoming_keeping import WORDS as INCOMING_WORDS
from community.actions.incoming_keeping import sweep_held
from community.actions.limits import KEEP as KEEP_LIMITS
from community.actions.suspecting import KEEP_PRINTS
from community.care.others import others
from community.models import (
    Appeal,
    Attachment,
    AuditNote,
    ChangeRow,
    DataExport,
    DecisionWords,
    Draft,
    Flag,
    IllegalReport,
    ImportedIdentity,
    ImportRun,
    IncomingMail,
    Invitation,
    LimitCount,
    Mail,
    Notification,
    PostKey,
    PostPrint,
    PrivateNote,
    Review,
)
from community.models.changes import KEEP_CHANGES
from community.notices import milestones

YEAR = 365

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of what is kept.

    `old` gives the rows that are older than a moment and held by nothing; `age` is the field (or annotation) that says
    how old a row is. They are deleted, or the fields of `blank` are emptied. `texts` are the fields with people's words
    or addresses that this kind takes care of. `sweep` is another module's way to do it, where files go too.
    """

    name: str
    what: str | Promise
    why: str | Promise
    days: int
    least: int
    most: int
    old: Callable[[datetime], Rows]
    age: str
    blank: Mapping[str, str] | None = None
    texts: tuple[str, ...] = ()
    sweep: Callable[[timedelta], int] | None = None
    #: by the real clock: the rows are written by it, whatever time an import or a demo lives in
    is_by_the_wall: bool = False


# What an open case holds ----------------------------------------------------------------------------------------------
def _case_about(target: str) -> Q:
    """Whether a review waits that is about what an audit entry names: a thread or an answer."""
    waiting = Review.objects.filter(settled_at__isnull=True)
    return Q(Exists(waiting.filter(**{target: OuterRef("entry__object_id")}))) & Q(entry__object_kind=target)


def _audit_notes(moment: datetime) -> Rows:
    held = _case_about("thread") | _case_about("answer")
    return AuditNote.objects.filter(~held, entry__occurred_at__lt=moment)


def _decision_words(moment: datetime) -> Rows:
    waits = Appeal.objects.filter(decision=OuterRef("decision"), answered_by__isnull=True)
    return DecisionWords.objects.filter(~Exists(waits), decision__decided_at__lt=moment)


def _flag_words(moment: datetime) -> Rows:
    waits = Q(review__isnull=False, review__settled_at__isnull=True)
    return Flag.objects.filter(~waits, flagged_at__lt=moment).exclude(words="")


def _reports(moment: datetime) -> Rows:
    """Decided ones without an appeal that waits."""
    waits = Appeal.objects.filter(report=OuterRef("pk"), answered_by__isnull=True)
    settled = Q(review__isnull=True) | Q(review__settled_at__isnull=False)
    return IllegalReport.objects.filter(settled, ~Exists(waits), reported_at__lt=moment)


def _identities(moment: datetime) -> Rows:
    """By when they were claimed, else by when their source was last imported."""
    runs = ImportRun.objects.filter(source=OuterRef("source")).order_by().values("source")
    last = Subquery(runs.annotate(last=Max("started_at")).values("last"), output_field=DateTimeField())
    long_ago = Value(datetime.min.replace(year=1970, tzinfo=clock.now().tzinfo), output_field=DateTimeField())
    rows = ImportedIdentity.objects.exclude(address_key="").annotate(
        at=Greatest(Coalesce("claimed_at", long_ago), last)
    )
    return rows.filter(at__lt=moment)


def _gone_sessions(moment: datetime) -> Rows:
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(alive), last_seen_at__lt=moment)


def _told_mails(moment: datetime) -> Rows:
    rows = IncomingMail.objects.exclude(end="held").filter(received_at__lt=moment)
    return rows.exclude(**dict.fromkeys(INCOMING_WORDS, ""))


def _refused_mails(moment: datetime) -> Rows:
    late = Q(decided_at__isnull=True) | Q(decided_at__lt=moment)
    return IncomingMail.objects.filter(late, end__in=["rejected", "bounced"], received_at__lt=moment)


def _days(span: timedelta) -> int:
    return max(1, span.days)


# The table ------------------------------------------------------------------------------------------------------------
TABLE: tuple[Kind, ...] = (
    Kind(
        "change_rows",
        _("Change rows"),
        _("Page caches and the search index follow them, and look back a week."),
        _days(KEEP_CHANGES),
        _days(KEEP_CHANGES),
        60,
        lambda moment: ChangeRow.objects.filter(recorded_at__lt=moment),
        "recorded_at",
        is_by_the_wall=True,
    ),
    Kind(
        "post_keys",
        _("One-time keys of forms"),
        _("They make a second click post nothing."),
        7,
        1,
        90,
        lambda moment: PostKey.objects.filter(created_at__lt=moment),
        "created_at",
    ),
    Kind(
        "post_prints",
        _("Fingerprints of posts"),
        _("By them the same words posted again and again are noticed."),
        _days(KEEP_PRINTS),
        1,
        90,
        lambda moment: PostPrint.objects.filter(posted_at__lt=moment),
        "posted_at",
    ),
    Kind(
        "rate_counts",
        _("Counts of what is limited"),
        _("A window that is over counts for the next one at most."),
        _days(KEEP_LIMITS),
        1,
        30,
        lambda moment: LimitCount.objects.filter(window_end__lt=moment),
        "window_end",
    ),
    Kind(
        "mails",
        _("Traces of mails that left"),
        _("For questions about whether a mail left. An address that refuses mail is known by the last thirty days."),
        90,
        31,
        2 * YEAR,
        lambda moment: Mail.objects.filter(settled_at__lt=moment),
        "settled_at",
    ),
    Kind(
        "held_mails",
        _("Mails held for a look"),
        _("What nobody let in within a month is turned away, and the message goes."),
        30,
        7,
        180,
        lambda moment: IncomingMail.objects.filter(end="held", received_at__lt=moment),
        "received_at",
        sweep=sweep_held,
    ),
    Kind(
        "refused_mails",
        _("Mails that were not let in, and those that came back"),
        _("For questions about where a mail is."),
        30,
        7,
        YEAR,
        _refused_mails,
        "received_at",
    ),
    Kind(
        "incoming_words",
        _("Words and senders of mails that came in"),
        _("What was posted stands on its page. What was cut from it helps while somebody may ask where a line is."),
        90,
        7,
        2 * YEAR,
        _told_mails,
        "received_at",
        blank=dict.fromkeys(INCOMING_WORDS, ""),
        texts=tuple(f"IncomingMail.{name}" for name in INCOMING_WORDS),
    ),
    Kind(
        "visitor_drafts",
        _("Drafts of visitors"),
        _("Whoever has not come back by then has given up."),
        _days(VISITOR_DRAFTS_LIVE),
        1,
        30,
        lambda moment: Draft.objects.filter(person__isnull=True, saved_at__lt=moment),
        "saved_at",
        texts=("Draft.title", "Draft.body"),
    ),
    Kind(
        "drafts",
        _("Drafts of members"),
        _("Half a year is a long time for half a question."),
        _days(PERSON_DRAFTS_LIVE),
        14,
        2 * YEAR,
        lambda moment: Draft.objects.filter(person__isnull=False, saved_at__lt=moment),
        "saved_at",
        texts=("Draft.title", "Draft.body"),
    ),
    Kind(
        "loose_files",
        _("Files that came into no post"),
        _("They were added to a form that was never sent."),
        _days(LOOSE_LIVES),
        1,
        30,
        lambda moment: Attachment.objects.filter(thread=None, answer=None, uploaded_at__lt=moment),
        "uploaded_at",
        sweep=sweep_loose_attachments,
    ),
    Kind(
        "exports",
        _("Archives of personal data"),
        _("Their mails promise a week, so this cannot be changed."),
        _days(EXPORT_KEPT),
        _days(EXPORT_KEPT),
        _days(EXPORT_KEPT),
        lambda moment: DataExport.objects.filter(ready_at__lt=moment, removed_at__isnull=True),
        "ready_at",
        sweep=lambda _kept: sweep_exports(),
    ),
    Kind(
        "read_notifications",
        _("Notices that were read"),
        _("The inbox shows what is new; what they were about is still there."),
        2 * YEAR,
        30,
        10 * YEAR,
        # Steps are told once for ever, and what tells that is their notice.
        lambda moment: Notification.objects.filter(read_at__lt=moment).exclude(event_kind=milestones.KIND),
        "read_at",
    ),
    Kind(
        "sessions",
        _("Sessions that ended"),
        _("Nobody can sign in with them any more."),
        7,
        1,
        90,
        lambda moment: Session.objects.filter(expire_date__lt=moment),
        "expire_date",
        is_by_the_wall=True,
    ),
    Kind(
        "devices",
        _("Where somebody was signed in"),
        _("Network address and browser of a session that is over."),
        30,
        1,
        YEAR,
        _gone_sessions,
        "last_seen_at",
        is_by_the_wall=True,
    ),
    Kind(
        "invitations",
        _("Invitations"),
        _("Their links die after two weeks. Who invited whom stands in the audit log."),
        YEAR,
        30,
        5 * YEAR,
        lambda moment: Invitation.objects.filter(invited_at__lt=moment),
        "invited_at",
        texts=("Invitation.address", "Invitation.address_key"),
    ),
    Kind(
        "imported_addresses",
        _("Addresses that an import brought along"),
        _("By them people find the posts they wrote elsewhere. Later an administrator says whose they are."),
        5 * YEAR,
        90,
        10 * YEAR,
        _identities,
        "at",
        blank={"address_key": ""},
        texts=("ImportedIdentity.address_key",),
    ),
    Kind(
        "audit_notes",
        _("Reasons in the audit log"),
        _("Who did what stays for ever; the words beside it are needed as long as somebody may ask why."),
        3 * YEAR,
        YEAR,
        10 * YEAR,
        _audit_notes,
        "entry__occurred_at",
        texts=("AuditNote.text",),
    ),
    Kind(
        "decision_words",
        _("Moderators' words to authors"),
        _("An appeal is possible for half a year, and its answer wants them."),
        3 * YEAR,
        YEAR,
        10 * YEAR,
        _decision_words,
        "decision__decided_at",
        texts=("DecisionWords.text",),
    ),
    Kind(
        "appeal_words",
        _("Words of appeals"),
        _("Once they are answered they only explain the answer."),
        3 * YEAR,
        YEAR,
        10 * YEAR,
        lambda moment: Appeal.objects.filter(appealed_at__lt=moment, answered_by__isnull=False).exclude(words=""),
        "appealed_at",
        blank={"words": ""},
        texts=("Appeal.words",),
    ),
    Kind(
        "flag_words",
        _("Words of members who reported a post"),
        _("Once it is decided, the ground they chose says enough."),
        YEAR,
        90,
        5 * YEAR,
        _flag_words,
        "flagged_at",
        blank={"words": ""},
        texts=("Flag.words",),
    ),
    Kind(
        "reporters",
        _("Names and addresses of those who reported illegal content"),
        _("They are told the decision, and may appeal for half a year."),
        YEAR,
        200,
        5 * YEAR,
        lambda moment: _reports(moment).exclude(name="", address=""),
        "reported_at",
        blank={"name": "", "address": ""},
        texts=("IllegalReport.name", "IllegalReport.address"),
    ),
    Kind(
        "report_words",
        _("Words of reports of illegal content"),
        _("The figures of each year need the category and the outcome, not the words."),
        3 * YEAR,
        YEAR,
        10 * YEAR,
        lambda moment: _reports(moment).exclude(explanation="", told_words="", place=""),
        "reported_at",
        blank={"explanation": "", "told_words": "", "place": ""},
        texts=("IllegalReport.explanation", "IllegalReport.told_words", "IllegalReport.place"),
    ),
    Kind(
        "private_notes",
        _("What was told to staff privately"),
        _("Once read it has served its purpose."),
        YEAR,
        30,
        5 * YEAR,
        lambda moment: PrivateNote.objects.filter(read_at__isnull=False, written_at__lt=moment),
        "written_at",
        texts=("PrivateNote.text",),
    ),
)


@cache
def table() -> tuple[Kind, ...]:
    """`TABLE` of every app."""
    return (*TABLE, *(kind for care in others() for kind in care.kept))


@cache
def kinds() -> Mapping[str, Kind]:
    """By their names."""
    return {kind.name: kind for kind in table()}
