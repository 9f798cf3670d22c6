"""What a message is, before anything is done with it: who wrote it, to what, and why it is not posted if it is not.

The rules are asked one after the other, and the first that has a word for the message says its end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.module_loading import import_string

from community import permissions
from community.actions.limits import give_back, spend
from community.actions.people import owner_of
from community.actions.record import MAX_ID
from community.content.text import key
from community.errors import TooOften
from community.incoming.addresses import (
    BoardAddress,
    BounceAddress,
    ReplyAddress,
    is_genuine,
    is_genuine_bounce,
    read_address,
    was_genuine,
)
from community.incoming.choosing import Chosen, choose, once_of
from community.incoming.commands import LEAVE, command_of
from community.incoming.records import Automatic, Parsed, Reached, Verdict
from community.incoming.targets import Target, place_of
from community.incoming.threading import thread_of
from community.mails.sending import from_address
from community.mails.suspending import address_hash
from community.models import Board, IncomingMail, User

End, Reason = IncomingMail.End, IncomingMail.Reason


@dataclass(frozen=True)
class Ending:
    """The one end of a message, and why."""

    end: IncomingMail.End
    reason: IncomingMail.Reason
    told: str = ""
    reached: Reached | None = None


def rejected(reason: IncomingMail.Reason, told: str = "") -> Ending:
    return Ending(End.REJECTED, reason, told)


def held(reason: IncomingMail.Reason, told: str = "") -> Ending:
    return Ending(End.HELD, reason, told)


@dataclass
class Case:
    """A message with what is known of it; the rules fill in what they find out."""

    raw: bytes
    door: IncomingMail.Door
    envelope_sender: str | None
    parsed: Parsed
    chosen: Chosen
    once: str
    #: what its parsing ended with, where it could not be parsed
    unread: Ending | None = None
    #: whose reply address it came to, or whose verified address it came from
    person: User | None = None
    #: whether that reply address is still in force
    is_current: bool = True
    letter: str = ""
    number: int | None = None
    thread_id: int | None = None
    board_id: int | None = None
    #: the verified addresses of `person`, as keys
    addresses: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_by_them(self) -> bool:
        """Whether the sender's address is the person's own. (That it was not forged is the verdict's word.)"""
        return bool(self.parsed.sender) and key(self.parsed.sender) in self.addresses

    @property
    def is_proved(self) -> bool:
        """Whether it is certain who wrote it."""
        return self.is_current and self.is_by_them and self.parsed.verdict == Verdict.PASS

    @property
    def sender_hash(self) -> str:
        return address_hash(self.parsed.sender) if self.parsed.sender else ""

    @property
    def counted_as(self) -> str:
        """By what its sender is counted: a forged name uses up nothing of whoever has it."""
        return f"{self.parsed.verdict == Verdict.PASS}:{self.sender_hash}"

    def knows(self, person: User | None) -> None:
        """This is whom it is about."""
        self.person = person
        self.addresses = verified_keys(person) if person else frozenset()


@cache
def targets() -> Mapping[str, Target]:
    """What can be written to, by letter."""
    return {letter: target for path in settings.MAIL_TARGETS for letter, target in import_string(path).items()}


def verified_keys(person: User) -> frozenset[str]:
    """The addresses this person has confirmed, as they are compared."""
    rows = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return frozenset(map(key, rows))


def open_case(
    *,
    raw: bytes,
    door: IncomingMail.Door,
    recipients: Sequence[str],
    envelope_sender: str | None,
    parsed: Parsed,
    unread: Ending | None = None,
) -> Case:
    """What a parsed message says of itself, and which address of ours counts."""
    chosen = choose(parsed, recipients, is_theirs=_theirs(parsed))
    once = once_of(parsed, raw, chosen.word)
    return Case(raw, door, envelope_sender, parsed, chosen, once, unread)


def _theirs(parsed: Parsed) -> Callable[[ReplyAddress], bool]:
    """Whether a reply address was made for whoever has confirmed the sender's address."""
    owner = owner_of(parsed.sender) if parsed.sender else None
    return lambda address: owner is not None and (is_genuine(address, owner) or was_genuine(address, owner))


def judge(case: Case) -> Ending | None:
    """The end of a message that is not posted; None for one that may be."""
    return next((ending for rule in _RULES if (ending := rule(case)) is not None), None)


def _arrived_before(case: Case) -> Ending | None:
    return rejected(Reason.DUPLICATE) if IncomingMail.objects.filter(once=case.once).exists() else None


def _unread(case: Case) -> Ending | None:
    return case.unread


def _came_back(case: Case) -> Ending | None:
    """A mail of ours that came back; what else comes to such an address was written by a program, or by mistake."""
    address = case.chosen.address
    if not isinstance(address, BounceAddress):
        return None
    if address.mail_id > MAX_ID or not is_genuine_bounce(address):
        return rejected(Reason.FORGED)
    if case.parsed.bounce is not None or case.parsed.automatic == Automatic.BOUNCE:
        return Ending(End.BOUNCED, Reason.BOUNCE, case.parsed.bounce.status[:20] if case.parsed.bounce else "")
    return _by_a_program(case) or rejected(Reason.NO_TARGET)


def _by_a_program(case: Case) -> Ending | None:
    """Loops, and what nobody wrote: it is posted nowhere and never answered."""
    sender = case.parsed.sender
    if case.parsed.automatic == Automatic.LOOP or (sender and is_ours(sender)):
        return rejected(Reason.LOOP)
    if case.parsed.automatic is not None:
        return rejected(Reason.AUTOMATIC, case.parsed.automatic)
    return rejected(Reason.AUTOMATIC) if case.envelope_sender == "" else None


def is_ours(address: str) -> bool:
    """Whether it is an address that we read or write from."""
    own = from_address().rpartition("<")[2].rstrip(">")
    return read_address(address) is not None or key(address) == key(own)


def _to_nobody(case: Case) -> Ending | None:
    return rejected(Reason.NO_TARGET) if case.chosen.address is None else None


def _by_token(case: Case) -> Ending | None:
    """A reply address: whose it is, if it is one. Guesses are counted, and after some nothing is looked at any more."""
    address = case.chosen.address
    if not isinstance(address, ReplyAddress):
        return None
    try:
        spend(what="mail_guess", address=case.counted_as)
    except TooOften:
        return rejected(Reason.TOO_MANY)
    fits = address.letter in targets() and address.letter != "b" and max(address.person_id, address.number) <= MAX_ID
    person = User.objects.with_standing().filter(pk=address.person_id).first() if fits else None
    is_current = person is not None and is_genuine(address, person)
    if person is None or not (is_current or was_genuine(address, person)):
        return rejected(Reason.FORGED)
    give_back(what="mail_guess", address=case.counted_as)
    case.knows(person)
    case.is_current, case.letter, case.number = is_current, address.letter, address.number
    case.thread_id, case.board_id = place_of(address.letter, address.number)
    return None


def _by_board(case: Case) -> Ending | None:
    """A board's address: known people ask there, or go on with a question; of others nothing is known yet.

    A board that is not for everybody is as if it were not there, for whoever may not see it.
    """
    address = case.chosen.address
    if not isinstance(address, BoardAddress):
        return None
    board = Board.objects.filter(mail_name=address.name).first()
    if board is None:
        return rejected(Reason.NO_TARGET)
    case.letter, case.number, case.board_id = "b", board.pk, board.pk
    owner = owner_of(case.parsed.sender) if case.parsed.sender else None
    if owner is None:
        if board.audience == Board.Audience.GROUPS or board.archived_at is not None:
            return rejected(Reason.GONE)
        return _written_nothing(case) or _held(case, Reason.UNKNOWN)
    case.knows(User.objects.with_standing().get(pk=owner.pk))
    if case.is_proved:
        _go_on(case, board)
    return None


def _go_on(case: Case, board: Board) -> None:
    """A mail to a board that answers a mail about one of its questions is an answer to it."""
    if case.person is None or command_of(case.parsed.cut.kept) == LEAVE:
        return
    if (thread := thread_of(case.parsed, board, case.person)) is not None:
        case.letter, case.number, case.thread_id = "t", thread.pk, thread.pk


def _by_nobody(case: Case) -> Ending | None:
    is_member = case.person is not None and permissions.is_member(case.person)
    return None if is_member else rejected(Reason.NOT_ALLOWED)


def _to_nothing(case: Case) -> Ending | None:
    assert case.person is not None
    assert case.number is not None
    title = targets()[case.letter].title_of(case.number, case.person)
    return rejected(Reason.GONE) if title is None else None


def _written_nothing(case: Case) -> Ending | None:
    return None if case.parsed.cut.kept.strip() or case.parsed.files else rejected(Reason.EMPTY)


def _unproved(case: Case) -> Ending | None:
    """Token, sender and verdict together, or somebody looks at it."""
    if not case.is_current:
        return _held(case, Reason.OLD_ADDRESS)
    if not case.is_by_them:
        return _held(case, Reason.SENDER)
    return None if case.is_proved else _held(case, Reason.UNVERIFIED)


def _held(case: Case, reason: IncomingMail.Reason) -> Ending:
    try:
        spend(what="mail_held", address=case.counted_as)
    except TooOften:
        return rejected(Reason.TOO_MANY)
    return held(reason)


_RULES: Iterable[Callable[[Case], Ending | None]] = (
    _arrived_before,
    _unread,
    _came_back,
    _by_a_program,
    _to_nobody,
    _by_token,
    _by_board,
    _by_nobody,
    _to_nothing,
    _written_nothing,
    _unproved,
)
