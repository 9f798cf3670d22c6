"""What an archive of one's data holds: every table that refers to people, by the schema, and what is shown of it.

A row that refers to the person is in the archive whatever table it stands in. What cannot be known from the schema is
whose words a column holds: a table that is not in WORDS shows none of its words (tests/community/test_data_export.py is
red until somebody has decided).
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.care.others import others
from community.content.text import key
from community.mails.suspending import address_hash
from community.models import (
    AuditEntry,
    AuditNote,
    DecisionWords,
    Exposure,
    FormSession,
    IllegalReport,
    IncomingMail,
    Invitation,
    PersonAlias,
    Prompt,
    Revision,
    Solution,
    SuggestionEvent,
    User,
    Visitor,
)

Whose = Callable[[Any, int], bool]

#: "app.model.column" of a foreign key that is left out, and why.
EXCEPTIONS: dict[str, str] = {
    "community.review.looking_by": "who has a page open this very minute; gone a minute later",
    "community.erasure.person": "the account would be gone",
}

#: Never shown, not even to their owner: whoever has them could act as that person.
SECRET = frozenset(
    {
        "community.dataexport.file_name",
        "community.draft.visitor_key",
        "community.illegalreport.token_hash",
        "community.incomingmail.once",
        "community.incomingmail.sender_hash",
        "community.mail.address_hash",
        "community.mail.key",
        "community.postkey.key",
        "community.user.password",
        "mfa.authenticator.data",
        "usersessions.usersession.session_key",
    }
)


def _is(*names: str) -> Whose:
    """Whether one of these foreign keys is the person."""
    return lambda row, person: person in [getattr(row, f"{name}_id") for name in names]


def _always(_row: Any, _person: int) -> bool:
    return True


def _of_own_post(row: Any, person: int) -> bool:
    return bool(person == (row.answer.author_id if row.answer_id else row.thread.asker_id))


def _wrote_it(row: Any, person: int) -> bool:
    """A mail came by this person's reply address: that alone does not make it theirs."""
    return EmailAddress.objects.filter(user=person, verified=True, email__iexact=row.sender).exists()


#: By table with words in it: whether those of this row are the person's own, or were told to them.
WORDS: dict[str, Whose] = {
    "account.emailaddress": _always,
    "admin.logentry": _always,
    "auth.group": _always,
    "community.answer": _is("author"),
    "community.appeal": _is("person"),
    "community.attachment": _is("uploader"),
    "community.auditentry": _always,
    "community.auditnote": lambda row, person: row.entry.actor_id == person,
    "community.dataexport": _always,
    "community.decisionwords": _always,
    "community.draft": _always,
    "community.erasure": _always,
    "community.experiment": _always,
    "community.exposure": _always,
    "community.flag": _is("person"),
    "community.formsession": _always,
    "community.illegalreport": _always,
    "community.importedidentity": _is("user"),
    "community.incomingmail": _wrote_it,
    "community.invitation": _always,
    "community.keeping": _always,
    "community.knownissue": _is("opened_by"),
    "community.knownissueupdate": _is("said_by"),
    "community.mail": _always,
    "community.notification": _always,
    "community.noticechoice": _always,
    "community.oldaddress": _always,
    "community.outdatedreport": _always,
    "community.personalias": _always,
    "community.postkey": _always,
    "community.privatenote": _is("author"),
    "community.prompt": _always,
    "community.review": _always,
    "community.revision": _of_own_post,
    "community.stoppednotice": _always,
    "community.thread": _is("asker"),
    "community.user": lambda row, person: row.pk == person,
    "community.visitor": _always,
    "community.watch": _always,
    "mfa.authenticator": _always,
    "usersessions.usersession": _always,
}

#: What people call the tables; others are called as their model is.
TITLES: dict[str, str | Promise] = {
    "account.emailaddress": _("Your e-mail addresses"),
    "community.answer": _("Your answers"),
    "community.attachment": _("Your files"),
    "community.auditentry": _("What staff did, and you as one of them"),
    "community.auditnote": _("Words beside what staff did"),
    "community.consent": _("What you said about being counted"),
    "community.dataexport": _("Archives like this one"),
    "community.decision": _("Decisions about what you posted"),
    "community.draft": _("Your drafts"),
    "community.exposure": _("Trials of suggestions you took part in"),
    "community.flag": _("What you reported"),
    "community.formsession": _("Forms you had open, as they were counted"),
    "community.helped": _("Answers that solved it for you"),
    "community.incomingmail": _("Mails you sent us"),
    "community.knownissueperson": _("Known issues you have too"),
    "community.mail": _("Mails we sent you, without their words"),
    "community.metoo": _("Problems you share"),
    "community.notification": _("Your notices"),
    "community.postkey": _("Forms you sent lately"),
    "community.privatenote": _("What you told staff alone"),
    "community.prompt": _("What you were asked unasked"),
    "community.solution": _("Solutions you gave or chose"),
    "community.revision": _("Earlier wordings"),
    "community.thread": _("Your questions"),
    "community.threadevent": _("What you did, step by step"),
    "community.user": _("Your account"),
    "community.vote": _("Answers you found helpful"),
    "community.watch": _("What you watch"),
    "usersessions.usersession": _("Where you are signed in"),
}


class Beyond(NamedTuple):
    """Rows that refer to the person in another way than by a foreign key of their own."""

    model: type[Model]
    rows: Callable[[User], QuerySet[Any]]


def keys_of(person: User) -> list[str]:
    """By what the person is counted: as a member, and as the visitor they were before."""
    return [f"u:{person.pk}", *PersonAlias.objects.filter(person=person).values_list("visitor_key", flat=True)]


def _addresses(person: User) -> list[str]:
    return [
        key(each) for each in EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    ]


def _reports(person: User) -> QuerySet[IllegalReport]:
    wanted = Q()
    for address in _addresses(person):
        wanted |= Q(address__iexact=address)
    return IllegalReport.objects.filter(wanted) if wanted else IllegalReport.objects.none()


BEYOND: tuple[Beyond, ...] = (
    Beyond(User, lambda person: User.objects.filter(pk=person.pk)),
    Beyond(Group, lambda person: person.groups.all()),
    Beyond(Exposure, lambda person: Exposure.objects.filter(person_key__in=keys_of(person))),
    Beyond(FormSession, lambda person: FormSession.objects.filter(person_key__in=keys_of(person))),
    Beyond(SuggestionEvent, lambda person: SuggestionEvent.objects.filter(session__person_key__in=keys_of(person))),
    Beyond(Prompt, lambda person: Prompt.objects.filter(person_key__in=keys_of(person))),
    Beyond(Visitor, lambda person: Visitor.objects.filter(key__in=keys_of(person))),
    Beyond(Invitation, lambda person: Invitation.objects.filter(address_key__in=_addresses(person))),
    Beyond(IllegalReport, _reports),
    Beyond(
        IncomingMail,
        lambda person: IncomingMail.objects.filter(sender_hash__in=[address_hash(each) for each in _addresses(person)]),
    ),
    Beyond(AuditEntry, lambda person: AuditEntry.objects.filter(object_kind="user", object_id=person.pk)),
    Beyond(
        AuditNote,
        lambda person: AuditNote.objects.filter(
            Q(entry__actor=person) | Q(entry__object_kind="user", entry__object_id=person.pk)
        ).select_related("entry"),
    ),
    Beyond(DecisionWords, lambda person: DecisionWords.objects.filter(decision__person=person)),
    Beyond(
        Revision,
        lambda person: Revision.objects.filter(
            Q(answer__author=person) | Q(answer__isnull=True, thread__asker=person)
        ).select_related("thread", "answer"),
    ),
    Beyond(Solution, lambda person: Solution.objects.filter(answer__author=person)),
)


# With the other apps' -------------------------------------------------------------------------------------------------
@cache
def words() -> dict[str, Whose]:
    """`WORDS` of every app."""
    return WORDS | {name: whose for care in others() for name, whose in care.words.items()}


@cache
def titles() -> dict[str, str | Promise]:
    """`TITLES` of every app."""
    return TITLES | {name: title for care in others() for name, title in care.titles.items()}


@cache
def exceptions() -> dict[str, str]:
    """`EXCEPTIONS` of every app."""
    return EXCEPTIONS | {name: why for care in others() for name, why in care.unlinked.items()}


def beyond() -> tuple[Beyond, ...]:
    """`BEYOND` of every app."""
    return (*BEYOND, *(each for care in others() for each in care.beyond))
