"""Which mails that came in are answered by one of ours, and where to: only where nobody is bothered who did not write.

An answer goes to an address that the mail host confirmed, or to the one that an account of ours confirmed; never to a
program, never to an address of ours, and not more than some in an hour. Its words are notices/incoming_letters.py's.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from community import clock
from community.actions.incoming_judging import Case, End, Reason, is_ours
from community.actions.limits import give_back, spend
from community.content.text import key
from community.errors import TooOften
from community.incoming.records import Verdict
from community.incoming.threading import named, own_mail_id
from community.mails.suspending import address_hash
from community.models import IncomingMail, Mail, User

#: How the keys of these mails begin: "incoming:12", "incoming:12:known".
KIND = "incoming"
#: Held because it is not certain that the person wrote it: they are asked at their own address.
ASKED = (Reason.SENDER, Reason.UNVERIFIED, Reason.OLD_ADDRESS)
#: What is told to a sender who certainly wrote it.
_TOLD = {
    End.HELD: (Reason.PRIVATE, Reason.FAILED),
    End.REJECTED: (Reason.EMPTY, Reason.TOO_MANY, Reason.GONE, Reason.REFUSED),
}
#: Somebody without an account is told once in so long what to do, however much they write.
_ONCE_IN = timedelta(days=7)
#: Whoever writes under these is no person.
_NO_PEOPLE = ("mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply", "bounce", "bounces")


def answer_back(case: Case, row: IncomingMail) -> None:
    """Queue the one mail that answers this one, if there is to be one."""
    if row.end == End.REJECTED and row.reason in (Reason.DUPLICATE, Reason.LOOP, Reason.AUTOMATIC):
        return
    if case.parsed.automatic is not None or case.envelope_sender == "" or _answers_ours(case):
        return
    if row.end == End.HELD and row.reason in ASKED:
        ask_author(row)
    elif row.end == End.HELD and row.reason == Reason.UNKNOWN:
        if case.parsed.verdict == Verdict.PASS and _is_somebody(row.sender):
            _queue(row, to=row.sender, recipient=None, is_new=lambda: not _was_told(row))
    elif case.is_proved and _has_words(row) and _is_somebody(row.sender):
        _queue(row, to=row.sender, recipient=case.person)


def ask_author(row: IncomingMail, *, again: bool = False) -> None:
    """ "Did you write this?", to the account's own address, whoever wrote it.

    `again`: its sender was told something else before, when nobody knew them.
    """
    if row.person is not None and row.person.email and not is_ours(row.person.email):
        _queue(row, to=row.person.email, recipient=row.person, more=":known" if again else "")


def _has_words(row: IncomingMail) -> bool:
    """Whether there is anything to say: of what was posted only which files were left out, or what a word did."""
    if row.end == End.ACCEPTED:
        return bool(row.told) or row.reason == Reason.COMMAND
    # A board that is out of sight is as if it were not there.
    if row.reason == Reason.GONE and row.target_kind == "b":
        return False
    return row.reason in _TOLD.get(End(row.end), ())


def _queue(
    row: IncomingMail, *, to: str, recipient: User | None, is_new: Callable[[], bool] | None = None, more: str = ""
) -> None:
    counted = address_hash(to)
    try:
        with transaction.atomic():
            spend(what="mail_back", address=counted)
    except TooOften:
        return
    # (Of many at once from one address, each waits for the count of those before it.)
    if is_new is not None and not is_new():
        give_back(what="mail_back", address=counted)
        return
    now = clock.now()
    Mail.objects.get_or_create(
        key=f"{KIND}:{row.pk}{more}",
        defaults={"kind": Mail.Kind.DECISION, "recipient": recipient, "created_at": now, "due_at": now},
    )


def _is_somebody(address: str) -> bool:
    local = key(address).partition("@")[0]
    return "@" in address and not local.startswith(_NO_PEOPLE) and not is_ours(address)


def _answers_ours(case: Case) -> bool:
    """Whether it answers an answer of ours: two programs would go on for ever."""
    ids = [found for name in named(case.parsed) if (found := own_mail_id(name)) is not None]
    return bool(ids) and Mail.objects.filter(pk__in=ids, key__startswith=f"{KIND}:").exists()


def _was_told(row: IncomingMail) -> bool:
    """Whether somebody unknown was told before, not long ago."""
    held = IncomingMail.objects.filter(end=End.HELD, reason=Reason.UNKNOWN, sender_hash=row.sender_hash)
    before = held.filter(received_at__gt=clock.now() - _ONCE_IN).exclude(pk=row.pk)
    keys = [f"{KIND}:{pk}" for pk in before.order_by("-pk").values_list("pk", flat=True)[:200]]
    return Mail.objects.filter(key__in=keys).exists()
