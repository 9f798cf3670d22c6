"""Mail that came in, as those look through it who may: what waits for them, and one message with what is to be said.

What each kind of thing that takes mail adds (its name, where it is, what letting in does) it says itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Left
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.incoming_judging import verified_keys
from community.content.text import key
from community.errors import NotThere, Refused
from community.incoming.targets import Target
from community.models import IncomingMail, User
from community.models.incoming import IncomingMailQuerySet
from community.permissions import can_open_admin
from community.reading import cursors
from community.reading.lists import Along

PAGE_SIZE = 30
#: Characters of a message that a row shows.
FIRST_WORDS = 240
#: The list of all, beside those of one end each.
ALL = "all"

End, Reason = IncomingMail.End, IncomingMail.Reason


@runtime_checkable
class Told(Protocol):
    """What a target may say of itself to those who look through its mail."""

    label: Any

    def address_of(self, number: int) -> str:
        """Where those who look see the thing."""
        ...

    def consequence_of(self, number: int, person: User | None) -> str:
        """What letting in a mail of this person does; "" where it does nothing."""
        ...


# The list -------------------------------------------------------------------------------------------------------------
def ends_for(user: User) -> dict[str, str | Promise]:
    """The lists there are, by their word in an address; what waits comes first."""
    found: dict[str, str | Promise] = {
        End.HELD.value: gettext_lazy("Held"),
        ALL: gettext_lazy("Everything"),
        End.ACCEPTED.value: gettext_lazy("Accepted"),
        End.REJECTED.value: gettext_lazy("Rejected"),
    }
    if can_open_admin(user):
        found[End.BOUNCED.value] = gettext_lazy("Came back")
    return found


def mail_page(user: User, end: str, *, after: str = "") -> tuple[list[Any], str]:
    """One page of a list, and the cursor of the next: who waits longest first, of all else the newest.

    Refused for a list there is none of and a made-up cursor. One query.
    """
    if end not in ends_for(user):
        raise Refused(_("There is no such list."))
    rows: IncomingMailQuerySet = IncomingMail.objects.visible_to(user)
    if end != ALL:
        rows = rows.filter(end=end)
    is_queue, order = end == End.HELD, f"incoming-{end}"
    if after:
        moment, row = cursors.decode_moment(order, after)
        at = F("received_at"), F("id"), Value(moment), Value(row)
        rows = rows.filter(Along(*at, sign=">" if is_queue else "<"))
    rows = rows.order_by("received_at", "pk") if is_queue else rows.order_by("-received_at", "-pk")
    shown = rows.select_related("person", "board").defer("kept", "cut").annotate(words=Left("kept", FIRST_WORDS))
    found: list[Any] = list(shown[: PAGE_SIZE + 1])
    for mail in found:
        mail.where = label_of(mail)
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return found[:PAGE_SIZE], cursors.encode_moment(order, last.received_at, last.pk) if last else ""


def count_held(user: User) -> int:
    """How many wait for this person, at most 100."""
    return IncomingMail.objects.visible_to(user).filter(end=End.HELD).order_by()[:100].count()


def find_target(letter: str) -> Target | None:
    """What has this letter (settings.MAIL_TARGETS)."""
    for path in settings.MAIL_TARGETS:
        if letter in (registry := import_string(path)):
            found: Target = registry[letter]
            return found
    return None


def label_of(mail: IncomingMail) -> str:
    """What kind of thing it was written to; "" for nothing of ours."""
    target = find_target(mail.target_kind)
    if isinstance(target, Told):
        return str(target.label)
    if mail.board_id and not mail.thread_id:
        return _("A new question")
    return _("A question") if target is not None else ""


# One message ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Look:
    """One message, and what is to be said of it to whoever looks."""

    mail: Any
    #: what it was written to: its kind, what it is called and where it is
    where: str
    title: str
    url: str
    #: what became of it, and what is to be done
    why: str
    advice: str
    verdict: str
    #: what letting it in does; "" where it cannot be let in
    consequence: str
    waits: bool
    #: nobody decides on their own mail
    is_own: bool


def look_at(user: User, mail_id: int) -> Look:
    """NotThere for whoever may not look through it. A handful of queries."""
    rows = IncomingMail.objects.visible_to(user).select_related("person", "board", "thread__board", "decided_by")
    mail = rows.filter(pk=mail_id).first()
    if mail is None:
        raise NotThere(_("There is no such mail."))
    target, number = find_target(mail.target_kind), mail.target_id or 0
    title = target.title_of(number, user) if target is not None and number else None
    url = mail.thread.get_absolute_url() if mail.thread else ""
    if title and isinstance(target, Told):
        url = target.address_of(number)
    elif not title and mail.board and not mail.thread:
        title, url = mail.board.name, mail.board.get_absolute_url()
    why, advice = _TOLD.get(mail.reason, (None, None))
    named = {"name": mail.person.display_name if mail.person else _("somebody")}
    waits = mail.end == End.HELD
    return Look(
        mail=mail,
        where=label_of(mail),
        title=title or "",
        url=url,
        why=str(why) % named if why else "",
        advice=str(advice) if advice and waits else "",
        verdict=str(_VERDICTS.get(mail.verdict, "")),
        consequence=_consequence(mail, target) if waits else "",
        waits=waits,
        is_own=mail.person_id == user.pk or key(mail.sender) in verified_keys(user),
    )


def _consequence(mail: IncomingMail, target: Target | None) -> str:
    """What letting it in does, told before it is done."""
    if mail.person is None or target is None:
        return ""
    if isinstance(target, Told):
        return target.consequence_of(mail.target_id or 0, mail.person)
    named = {"name": mail.person.display_name}
    if mail.board_id and not mail.thread_id:
        return _("It is posted as a question of %(name)s’s, and everybody who reads the board sees it.") % named
    return _("It is posted as %(name)s’s answer, and everybody who reads the question sees it.") % named


_COMPARE = gettext_lazy(
    "Look at the sender’s address and at the words. If you are sure that they are theirs, let it in; if not, turn it "
    "away: then nobody sees it but those who look through mail."
)
#: Of what needs a person's look: what happened, and what to do about it.
_TOLD: Mapping[str, tuple[Promise, Promise]] = {
    Reason.SENDER: (
        gettext_lazy(
            "This reply address was made for %(name)s, and the mail came from another address. They may have written "
            "from another account, or somebody has a mail that was theirs."
        ),
        _COMPARE,
    ),
    Reason.UNVERIFIED: (
        gettext_lazy(
            "It says that it comes from %(name)s, and our mail host could not confirm that it was sent from their "
            "address. Many small mail hosts are set up so; a forged sender looks the same."
        ),
        _COMPARE,
    ),
    Reason.OLD_ADDRESS: (
        gettext_lazy(
            "%(name)s has changed password, address or second factor since this reply address was made, or asked for "
            "new ones: it is no longer in force. They may have answered an old mail."
        ),
        _COMPARE,
    ),
    Reason.UNKNOWN: (
        gettext_lazy("Nobody has confirmed this address here, so it is nobody’s word yet."),
        gettext_lazy(
            "It is posted by itself once its sender has an account with this address. Turn it away if it is nothing "
            "for this place."
        ),
    ),
    Reason.PRIVATE: (
        gettext_lazy("There may be something in it that is not for everybody: a number, an address, a password."),
        gettext_lazy("Read it with that in mind. Let in, it stands there as it was written."),
    ),
    Reason.FAILED: (
        gettext_lazy("Something went wrong on our side while it was taken in. Nothing of it is lost."),
        gettext_lazy("Let it in to try again. If that fails too, tell whoever looks after the site."),
    ),
}
_VERDICTS = {
    "pass": gettext_lazy("Our mail host confirmed that it was sent from this address."),
    "fail": gettext_lazy("Our mail host says that it was not sent from this address."),
    "none": gettext_lazy("Our mail host said nothing about the sender."),
    "unasked": gettext_lazy("Nobody was asked: it is not set which mail host’s word counts."),
}
