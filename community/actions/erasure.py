"""Closing an account for good: the person goes, what others built on stays.

`erase` takes away everything that is the person's own at once, in one transaction: whoever looks a moment later finds
nobody. Their name in other people's words follows in portions (personal/erasing.py, a job), because that means reading
everything ever written here. Nothing is deleted that a question, a count or a fact stands on: threads, answers,
solutions, votes and keys (`u:<id>`) stay, of somebody who is no longer named.
"""

from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from community import clock, permissions
from community.accounts.renewal import end_sessions
from community.actions.data_exports import remove_exports_of
from community.actions.incoming_keeping import forget_sender
from community.actions.record import record_audit, record_change
from community.care.forgotten import remember_erasure
from community.care.others import others
from community.content.names import Names
from community.content.text import key
from community.errors import NotAllowed, NotThere, Refused
from community.mails.kinds import write_mail
from community.mails.sending import Line, site_address
from community.mails.suspending import address_hash
from community.models import (
    Appeal,
    Attachment,
    AuditNote,
    Carried,
    DecisionWords,
    Draft,
    Erasure,
    ErasureWords,
    Flag,
    IllegalReport,
    ImportedIdentity,
    Invitation,
    Mail,
    NoticeChoice,
    Notification,
    OldAddress,
    PersonAlias,
    PostKey,
    PostPrint,
    PrivateNote,
    Revision,
    StoppedNotice,
    User,
    Visitor,
    Watch,
)
from community.roles import STAFF, Role

#: What becomes of the account's own columns; each is in one of these (tests/community/test_erasure.py).
BLANK = ("email", "about", "language", "time_zone", "mail_suspended_for", "mail_trouble")
NOTHING = ("username", "username_key", "last_login", "digest_at", "mail_paused_until", "mail_suspended_at")
NO = ("is_active", "is_demo", "imitates")
WRITTEN = ("display_name", "languages", "password", "anonymised_at")
KEPT = ("id", "date_joined", "is_imported", "banned_at", "renewals", "reply_generation")
#: The job that finds the person's traces in everything else.
JOB = "community.finish_erasures"


@transaction.atomic
def erase(*, actor: User, person_id: int, words: str = "") -> Erasure:
    """Close the account for good, at the person's own wish or, on request, by an administrator (`words` say why).

    The person is anonymised when this returns; their name elsewhere follows within minutes. Doing it twice is doing it
    once. NotThere for nobody, NotAllowed for anybody else, Refused for the last administrator.
    """
    # The lock that giving roles takes: of two administrators who leave at the same moment, one finds they are the last.
    admins = Group.objects.select_for_update().filter(name=Role.ADMIN).first()
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    if not permissions.can_erase(actor, person):
        raise NotAllowed(_("Only the person and administrators can close an account."))
    if person.anonymised_at is not None:
        return Erasure.objects.get_or_create(person=person)[0]
    _refuse_the_last(person, admins)
    farewell = _farewell(person)
    erasure = _begin(person, asked_by=None if actor.pk == person.pk else actor)
    record_audit("erased", actor=actor, target=person, note=words.strip())
    if farewell is not None:
        transaction.on_commit(partial(_send, farewell))
    return erasure


@transaction.atomic
def begin_again(*, person_id: int) -> Erasure | None:
    """The same without asking anybody and without a mail, after an older state of the database was restored.

    None when there is no such person, or when they are gone and nothing is left to do.
    """
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        return None
    if person.anonymised_at is None:
        return _begin(person, asked_by=None)
    return Erasure.objects.filter(person=person, finished_at__isnull=True).first()


def neutral_name() -> str:
    """What stands where the person's name stood, in the site's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Former member")


def _refuse_the_last(person: User, admins: Group | None) -> None:
    if admins is None or Role.ADMIN not in person.roles:
        return
    others = User.objects.filter(groups=admins, is_active=True).exclude(pk=person.pk).with_standing()
    if not any(Role.ADMIN in other.effective_roles for other in others):
        raise Refused(_("This is the only administrator. Make somebody else one first."))


def _farewell(person: User) -> EmailMessage | None:
    """The mail that says it is done, written while we still know to whom."""
    if not person.email:
        return None
    return write_mail("account_closed", to=person.email, site_address=site_address(), context={})


def _send(message: EmailMessage) -> None:
    """No row is left of it: there is nobody any more whom it went to."""
    with Line() as line:
        line.hand_over(message)


def _begin(person: User, *, asked_by: User | None) -> Erasure:
    """Everything that is the person's own goes, in the caller's transaction; the rest is left to the job."""
    names = _names_of(person)
    erasure, _is_new = Erasure.objects.update_or_create(
        person=person,
        defaults={"asked_by": asked_by, "started_at": clock.now(), "place": "", "finished_at": None},
    )
    ErasureWords.objects.update_or_create(erasure=erasure, defaults={"names": names.as_json()})
    _forget_the_account(person, names)
    _forget_what_was_kept(person, names)
    _forget_words_about(person)
    for care in others():
        care.forget(person, names)
    _anonymise(person, names.neutral)
    remember_erasure(person.pk)
    record_change()  # the name stood on pages of many threads
    app.configure_task(JOB).defer(timestamp=0)
    return erasure


def _names_of(person: User) -> Names:
    identities = ImportedIdentity.objects.filter(user=person)
    invitations = Invitation.objects.filter(accepted_by=person)
    addresses = {
        person.email,
        *EmailAddress.objects.filter(user=person).values_list("email", flat=True),
        *identities.values_list("address_key", flat=True),
        *invitations.values_list("address", flat=True),
    }
    shown = {person.display_name, *identities.values_list("name", flat=True)} - {person.username, ""}
    return Names(
        person_id=person.pk,
        neutral=neutral_name(),
        username=person.username or "",
        shown=sorted(shown),
        addresses=sorted(address for address in addresses if "@" in address),
    )


def _forget_the_account(person: User, names: Names) -> None:
    """Ways in, addresses and roles."""
    end_sessions(person.pk)
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    for role in sorted(person.roles & STAFF):
        record_audit(f"took_{role}", actor=None, target=person)
    person.groups.clear()
    keys = [key(address) for address in names.addresses]
    invited = Invitation.objects.filter(Q(accepted_by=person) | Q(address_key__in=keys))
    invited.filter(accepted_at__isnull=True).delete()
    invited.update(address="", address_key="")
    for identity in ImportedIdentity.objects.filter(user=person):
        is_named = (
            "@" in identity.external_id or names.rewrite(identity.external_id, is_own=True) != identity.external_id
        )
        identity.name, identity.address_key = "", ""
        if is_named:
            identity.external_id = f"erased:{identity.pk}"
        identity.save(update_fields=["name", "address_key", "external_id"])
    OldAddress.objects.filter(person=person).delete()


def _forget_what_was_kept(person: User, names: Names) -> None:
    """What was kept for the person alone: drafts, choices, news and mails, files of no post, archives, old wordings."""
    personal: list[Any] = [
        Draft.objects.filter(person=person),
        PostKey.objects.filter(person=person),
        Watch.objects.filter(person=person),
        Carried.objects.filter(person=person, kind=Carried.Kind.WATCH),
        NoticeChoice.objects.filter(person=person),
        StoppedNotice.objects.filter(person=person),
        Notification.objects.filter(recipient=person),
        Mail.objects.filter(recipient=person),
        PostPrint.objects.filter(author=person),
        Visitor.objects.filter(key__in=PersonAlias.objects.filter(person=person).values("visitor_key")),
        LogEntry.objects.filter(user=person),
    ]
    for rows in personal:
        rows.delete()
    wordings = Revision.objects.filter(Q(answer__isnull=True, thread__asker=person) | Q(answer__author=person))
    wordings.update(title="", body="")  # that the post was changed, when and by whom, stays
    LogEntry.objects.filter(
        content_type__app_label="community", content_type__model="user", object_id=str(person.pk)
    ).update(object_repr=names.neutral)
    loose = Attachment.objects.filter(uploader=person, thread__isnull=True, answer__isnull=True)
    files = [(one.file.storage, str(one.file.name)) for one in loose]
    loose.delete()
    for storage, name in files:
        transaction.on_commit(partial(storage.delete, name))
    remove_exports_of(person)
    forget_sender(person_id=person.pk, sender_hashes=[address_hash(each) for each in names.addresses])


def _forget_words_about(person: User) -> None:
    """Words of staff about the person, and what the person told staff. That it happened, when and why, stays."""
    AuditNote.objects.filter(entry__object_kind="user", entry__object_id=person.pk).delete()
    DecisionWords.objects.filter(decision__person=person).delete()
    Flag.objects.filter(person=person).update(words="")
    Appeal.objects.filter(person=person).update(words="")
    PrivateNote.objects.filter(author=person).update(text="")
    IllegalReport.objects.filter(reporter=person).update(name="", address="")


def _anonymise(person: User, neutral: str) -> None:
    blank = dict.fromkeys(BLANK, "") | dict.fromkeys(NOTHING) | dict.fromkeys(NO, False)
    User.objects.filter(pk=person.pk).update(
        **blank,
        display_name=neutral,
        languages=[],
        password=make_password(None),
        anonymised_at=clock.now(),
    )
