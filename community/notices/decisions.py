"""Decisions about what somebody wrote, in their inbox and by mail. The sentences are reading/decisions.py's.

Their mails are like warnings about the account: no rhythm, pause or choice keeps them away, and they reach people who
may no longer sign in, with a link that shows this one decision.
"""

from collections.abc import Callable, Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from community.accounts.preferences import speaking_to, zone_of
from community.actions.decisions import KIND, token_of, with_post
from community.context_processors import find_brand
from community.mails.kinds import KINDS
from community.mails.letters import compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.mails.suspending import is_suspended
from community.models import Decision, Mail, Notification, User
from community.notices.headers import message_id
from community.notices.notifiables import Shown
from community.reading.decisions import headline, told, what_it_is


def show_decisions(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """What the inbox shows of these decisions about the reader: never a word of the post. Three queries."""
    found = with_post().filter(pk__in=list(ids), person=reader)
    return {
        decision.pk: Shown(
            sentence=headline(decision),
            title=what_it_is(decision),
            url=reverse("decision", args=[decision.pk]),
            happened_at=decision.decided_at,
            kind=KIND,
        )
        for decision in found
    }


NOTIFIABLES: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {KIND: show_decisions}


def write_decision(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The mail of one decision, as it stands at this moment; or why there is none.

    What was taken back before its mail left is told by no mail, nor is that it was taken back.
    """
    decision = with_post().filter(pk=int(mail.key.partition(":")[2])).first()
    if decision is None or _came_to_nothing(decision):
        return Mail.Outcome.EMPTY
    reader = User.objects.with_standing().get(pk=decision.person_id)
    address = EmailAddress.objects.filter(user=reader, primary=True, verified=True).first()
    if reader.anonymised_at or reader.is_imported or address is None:
        return Mail.Outcome.GONE
    if is_suspended(reader):
        return Mail.Outcome.SUSPENDED
    site = site_address()
    with speaking_to(reader, settings.LANGUAGE_CODE), timezone.override(zone_of(reader.time_zone)):
        says = told(decision)
        page = reverse("decision", args=[decision.pk])
        if not reader.is_active:
            page = reverse("decision_by_token", args=[token_of(decision)])
        until = date_format(timezone.localtime(says.until), "DATE_FORMAT") if says.stage == "open" else ""
        context = {
            "headline": says.headline,
            "what": says.what,
            "ground": says.ground,
            "rule": says.rule,
            "words": says.words,
            "by": says.by,
            "follows": says.follows,
            "until": until,
            "url": site + page,
            "site_name": find_brand().name,
        }
        headers = {KIND_HEADER: mail.kind, "Message-ID": message_id(mail.pk)}
        return compose(KINDS["decision"].write(context), to=address.email, site_address=site, headers=headers)


def _came_to_nothing(decision: Decision) -> bool:
    """Whether it was taken back before anybody was told, or takes back only such."""
    if decision.undone_by_id is not None and not _was_read(decision):
        return True
    undone = list(decision.undoes.all())
    if not undone:
        return False
    waiting = Mail.objects.filter(key__in=[f"{KIND}:{each.pk}" for each in undone])
    left = waiting.filter(outcome=Mail.Outcome.SENT).exists()
    return waiting.exists() and not left and not any(map(_was_read, undone))


def _was_read(decision: Decision) -> bool:
    """Whether its author has read of it in the inbox."""
    rows = Notification.objects.filter(event_kind=KIND, event_id=decision.pk)
    return rows.filter(recipient_id=decision.person_id, read_at__isnull=False).exists()
