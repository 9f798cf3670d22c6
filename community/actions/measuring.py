"""What people do with a form and the suggestions beside it, recorded once each, however often it is sent.

`person_key` says who acts (accounts/visitors.py); "" is somebody who may not be counted: nothing is recorded, and
suggestions are served as ever. `token` is the form's: a UUID the server renders anew for each form (`new_token`).

Every action here is silent: it never refuses and never tells whether a token exists. Nothing is recorded for a token of
somebody else (the form of a visitor who has signed in meanwhile is their own), for threads this person cannot see, and
after the form was submitted. Opened, answered and joined count only for what was shown in this very form.
"""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from community import clock
from community.actions.experiments import expose, running_experiment
from community.actions.together import insert_once
from community.models import (
    Board,
    Consent,
    FormSession,
    PersonAlias,
    SuggestionEvent,
    Thread,
    User,
    Visitor,
)
from community.roles import highest
from community.surfaces import surfaces

Kind = SuggestionEvent.Kind

#: Suggestions shown at once; more of one request are not recorded.
MOST_SHOWN = 5
#: Events of one form; what comes after is not recorded.
MOST_EVENTS = 200
#: the largest id that PostgreSQL's bigint holds
MAX_ID = 2**63 - 1
_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_token() -> str:
    """The name of one form, for the hidden field `form_token`."""
    return str(uuid4())


def read_token(word: object) -> UUID | None:
    """The token as somebody sent it; None where it is none."""
    if isinstance(word, UUID):
        return word
    return UUID(word) if isinstance(word, str) and _TOKEN.fullmatch(word) else None


@transaction.atomic
def open_form(
    *,
    person_key: str,
    token: UUID | str,
    surface: str,
    board_id: int | None = None,
    from_thread_id: int | None = None,
    is_scriptless: bool = False,
    simulated: bool = False,
) -> str:
    """The form stands before this person. Returns the arm it is in: "control" shows no suggestions, anything else does.

    Twice is once: what was recorded first stays, and its arm is the answer. A form without scripts is in no experiment.
    """
    name = read_token(token)
    if not person_key or name is None or surface not in surfaces():
        return ""
    held = FormSession.objects.filter(token=name).first()
    if held is None:
        person = person_of(person_key)
        role = highest(person.effective_roles) if isinstance(person, User) else highest(frozenset())
        now = clock.now()
        experiment = None if is_scriptless else running_experiment(surface, now)
        arm = ""
        if experiment is not None:
            arm = expose(experiment=experiment, person_key=person_key, role=role, now=now, simulated=simulated)
        insert_once(
            FormSession(
                token=name,
                surface=surface,
                person_key=person_key,
                role=role,
                board_id=_visible_board(person, board_id),
                from_thread_id=next(iter(_visible(person, [from_thread_id] if from_thread_id else [])), None),
                experiment=experiment,
                arm=arm,
                is_scriptless=is_scriptless,
                is_simulated=simulated,
                opened_at=now,
                recorded_at=now,
            )
        )
        held = FormSession.objects.get(token=name)
    return held.arm if _is_own(person_key, held) else ""


@transaction.atomic
def record_shown(*, person_key: str, token: UUID | str, thread_ids: Sequence[int]) -> None:
    """These suggestions stand beside the form; the first five of them count."""
    _record(person_key, token, Kind.SHOWN, list(dict.fromkeys(thread_ids))[:MOST_SHOWN])


@transaction.atomic
def record_opened(*, person_key: str, token: UUID | str, thread_id: int) -> None:
    """The person looked at this suggestion."""
    _record(person_key, token, Kind.OPENED, [thread_id])


@transaction.atomic
def record_answer(
    *, person_key: str, token: UUID | str, thread_id: int, solved: bool, stops: bool | None = None
) -> None:
    """Whether this suggestion solved it; `stops` says whether the person needs nothing more (None: not said).

    Both answers may be given, one after the other: the later one counts. `stops` may follow in a second call.
    """
    _record(person_key, token, Kind.SOLVED if solved else Kind.NOT_SOLVED, [thread_id], stops=stops if solved else None)


@transaction.atomic
def record_me_too(*, person_key: str, token: UUID | str, thread_id: int) -> None:
    """ "I have this too", pressed on a suggestion. (The me-too itself is `thanks.join`.)"""
    _record(person_key, token, Kind.ME_TOO, [thread_id])


@transaction.atomic
def record_left(*, person_key: str, token: UUID | str) -> None:
    """The person left the form. The first time counts; a form that was submitted was not left."""
    if (session := _lock(person_key, token)) is not None and session.left_at is None:
        session.left_at = max(clock.now(), session.opened_at)
        session.save(update_fields=["left_at"])


@transaction.atomic
def record_submitted(*, person_key: str, token: UUID | str, thread: Thread) -> None:
    """The form became this thread: called inside the transaction that asks it. Submitted wins over left."""
    session = _lock(person_key, token)
    if session is not None and person_key == f"u:{thread.asker_id}":
        _submit(session, thread)


@transaction.atomic
def record_sent(*, person_key: str, token: UUID | str) -> FormSession | None:
    """The form was sent and became something else than a thread: called inside the transaction that makes it.

    Returns the form it was, for whatever it became to refer to; None where nothing is counted.
    """
    session = _lock(person_key, token)
    if session is not None:
        _submit(session, None)
    return session


def _submit(session: FormSession, thread: Thread | None) -> None:
    session.left_at = None
    session.submitted_at, session.submitted_thread = max(clock.now(), session.opened_at), thread
    session.save(update_fields=["left_at", "submitted_at", "submitted_thread"])


# Who may be counted ---------------------------------------------------------------------------------------------------
@transaction.atomic
def welcome_visitor(*, key: str, agreed: bool) -> None:
    """Remember the hash of a new visitor's cookie: they agreed to be counted, or the site counts without asking."""
    insert_once(Visitor(key=key, consented_at=clock.now() if agreed else None))


@transaction.atomic
def withdraw_visitor(*, key: str) -> None:
    """A visitor no longer wants to be counted: the key goes, and the facts keep a hash of nothing."""
    Visitor.objects.filter(key=key).delete()


@transaction.atomic
def say_consent(*, actor: User, is_given: bool) -> None:
    """A member says whether they may be counted. A no also forgets what their browsers were known by.

    What was counted before stays under the account's number, which names nobody once the account is closed.
    """
    now = clock.now()
    insert_once(Consent(person=actor, is_given=is_given, said_at=now))
    # said again, it was said when it was said first
    Consent.objects.filter(person=actor, is_given=not is_given).update(is_given=is_given, said_at=now)
    if not is_given:
        keys = PersonAlias.objects.filter(person=actor).values("visitor_key")
        Visitor.objects.filter(key__in=keys).delete()


@transaction.atomic
def recognise_visitor(*, actor: User, key: str) -> bool:
    """Somebody who was counted as a visitor has signed in: from now on the two are one person.

    False when the key must be forgotten: it is somebody else's (a shared computer), no longer valid, or this person
    said no as a member. A yes they gave as a visitor is theirs from now on.
    """
    visitor = Visitor.objects.select_for_update(no_key=True).filter(key=key).first()
    if visitor is None:
        return False
    owner = PersonAlias.objects.filter(visitor_key=key).values_list("person_id", flat=True).first()
    if owner is not None:
        return owner == actor.pk
    said = Consent.objects.filter(person=actor).values_list("is_given", flat=True).first()
    if said is False:
        return False
    if said is None and visitor.consented_at is not None:
        insert_once(Consent(person=actor, is_given=True, said_at=visitor.consented_at))
    now = clock.now()
    return insert_once(PersonAlias(visitor_key=key, person=actor, occurred_at=now, recorded_at=now))


# What all of them share -----------------------------------------------------------------------------------------------
def _record(
    person_key: str, token: UUID | str, kind: Kind, thread_ids: Sequence[int], stops: bool | None = None
) -> None:
    """One event for each thread, unless it is there already."""
    session = _lock(person_key, token)
    if session is None:
        return
    person = person_of(person_key)
    there: dict[int, set[str]] = {}
    for thread_id, known in SuggestionEvent.objects.filter(session=session).values_list("thread_id", "kind"):
        there.setdefault(thread_id, set()).add(known)
    room = MOST_EVENTS - sum(map(len, there.values()))
    fresh = [each for each in _visible(person, thread_ids) if kind not in there.get(each, set())]
    if kind != Kind.SHOWN:
        fresh = [each for each in fresh if Kind.SHOWN in there.get(each, set())]
    now = clock.now()
    happened = max(now, session.opened_at)
    SuggestionEvent.objects.bulk_create(
        [
            SuggestionEvent(
                session=session,
                thread_id=each,
                kind=kind,
                stops=stops,
                stops_at=None if stops is None else happened,
                role=highest(person.effective_roles) if isinstance(person, User) else highest(frozenset()),
                occurred_at=happened,
                recorded_at=now,
            )
            for each in fresh[:room]
        ],
        ignore_conflicts=True,
    )
    if stops is not None and not fresh:
        SuggestionEvent.objects.filter(
            session=session, thread_id__in=_ids(thread_ids), kind=kind, stops__isnull=True
        ).update(stops=stops, stops_at=happened)


def _lock(person_key: str, token: UUID | str) -> FormSession | None:
    """This person's own form, locked, as long as it was not submitted."""
    name = read_token(token)
    if not person_key or name is None:
        return None
    session = FormSession.objects.select_for_update(no_key=True).filter(token=name).first()
    if session is None or session.submitted_at is not None or not _is_own(person_key, session):
        return None
    return session


def _is_own(person_key: str, session: FormSession) -> bool:
    """Whether the form is this person's, perhaps from before they signed in."""
    if session.person_key == person_key:
        return True
    if not person_key.startswith("u:"):
        return False
    return PersonAlias.objects.filter(visitor_key=session.person_key, person_id=int(person_key[2:])).exists()


def person_of(person_key: str) -> User | AnonymousUser:
    """The person as they are now; a visitor sees what everybody may."""
    if not person_key.startswith("u:"):
        return AnonymousUser()
    return User.objects.with_standing().filter(pk=int(person_key[2:])).first() or AnonymousUser()


def _ids(thread_ids: Iterable[int]) -> list[int]:
    return [each for each in thread_ids if 0 < each <= MAX_ID]


def _visible(person: User | AnonymousUser, thread_ids: Iterable[int]) -> list[int]:
    """Those of the threads that exist for this person, in their order."""
    wanted = _ids(thread_ids)
    if not wanted:
        return []
    found = set(Thread.objects.visible_to(person).filter(pk__in=wanted).values_list("pk", flat=True))
    return [each for each in wanted if each in found]


def _visible_board(person: User | AnonymousUser, board_id: int | None) -> int | None:
    if board_id is None or not 0 < board_id <= MAX_ID:
        return None
    return Board.objects.visible_to(person).filter(pk=board_id).values_list("pk", flat=True).first()
