"""One community with everything in it that not everybody may see, each marked with a word found nowhere else.

Built once for a module, in a transaction that is rolled back at its end; every request runs in a savepoint of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client, override_settings

from community import clock
from community.actions import (
    answers,
    duplicates,
    invitations,
    known_issues,
    moderation,
    reports,
    settling,
    solutions,
    threads,
)
from community.actions.drafts import save_draft
from community.models import (
    Answer,
    Attachment,
    Board,
    Decision,
    DuplicateHint,
    Flag,
    IllegalReport,
    ImportedIdentity,
    IncomingMail,
    KnownIssue,
    Notification,
    PrivateNote,
    Purge,
    Review,
    Tag,
    Thread,
    ThreadEvent,
    User,
)
from support.models import Ticket, TicketAttachment
from tests.access_table import EXEMPT_TABLES, ROLES
from tests.desk_world import TICKETS, desk_secrets, make_desk
from tests.factories import admin, agent, board, moderator, person
from tests.fingerprint import contents, rows_touched, tables
from tests.mailed import held_mail, mail_words

#: What of an object shows up where; each gets a canary word of its own.
PARTS = ("title", "question", "answer", "file", "tag")
OBJECTS = ("public", "signed-in", "group", "hidden", "locked", "h-answer", "silent", "solved", "merged")


def canary(thing: str, part: str) -> str:
    """A word that stands in this part of this object and nowhere else."""
    return f"zq{thing}{part}".replace("-", "")


@dataclass
class World:
    """The people by role, the objects by name, and what nobody may write to."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)
    hints: dict[str, DuplicateHint] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    notices: dict[str, Notification] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    report: IllegalReport = field(default_factory=IllegalReport)
    notes: dict[str, PrivateNote] = field(default_factory=dict)
    #: the customer's question that waits for a look
    held: Thread = field(default_factory=Thread)
    purges: dict[str, Purge] = field(default_factory=dict)
    issues: dict[str, KnownIssue] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    ticket_files: dict[str, TicketAttachment] = field(default_factory=dict)
    mails: dict[str, IncomingMail] = field(default_factory=dict)
    invitation: str = ""
    tables: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)

    def changed_tables(self) -> list[str]:
        """The tables that are not as they were when the world was made."""
        now = contents(self.tables)
        return [name for name in self.tables if now[name] != self.before[name]]


def secrets() -> dict[str, frozenset[str]]:
    """Every canary word -> the roles that may find it somewhere. (The admin's own pages are not looked at.)"""
    moderating = frozenset({"moderator", "admin"})
    staff = moderating | {"agent", "colleague", "other-team"}
    everybody = frozenset(ROLES)
    signed_in, circle = everybody - {"visitor", "suspended", "erased"}, moderating | {"member"}
    seen = dict.fromkeys(OBJECTS, everybody) | {"signed-in": signed_in, "group": circle, "hidden": moderating}
    words = {canary(thing, part): roles for thing, roles in seen.items() for part in PARTS}
    words |= dict.fromkeys([canary("h-answer", "answer"), canary("h-answer", "file")], moderating)
    words |= dict.fromkeys(["zqsignedinboard", "zqsignedindescription"], signed_in)
    words |= dict.fromkeys(["zqgroupboard", "zqgroupdescription"], circle)
    words |= dict.fromkeys(["zqdrafttitle", "zqdraftbody"], frozenset({"customer"}))
    words |= {f"zqmail{role.replace('-', '')}": frozenset({role}) for role in ROLES[1:]}
    words |= dict.fromkeys(["zqipublictitle", "zqipublicbody", "zqipublicnews"], everybody)
    words |= dict.fromkeys(["zqigrouptitle", "zqigroupbody", "zqigroupnews"], circle)
    words |= dict.fromkeys(["zqibacktitle", "zqibackbody", "zqibacknews"], staff)
    words |= desk_secrets()
    words |= dict.fromkeys(mail_words("m-public"), moderating)
    words |= {word: frozenset({"admin"}) for word in mail_words("m-nothing")}
    return words | {
        # The product's own name: customers know only the brand.
        "peerdesk": frozenset(),
        "zqearliertext": staff,
        "zqauditreason": frozenset({"moderator", "admin"}),  # beside the decision, in the queue
        # Of a report the queue tells, and its receipt to whoever holds that.
        **dict.fromkeys(["zqreportwords", "zqreportername", "zqreporter@example.com", "zqreporttold"], moderating),
        "zqflagwords": moderating,
        "zqcirclegroup": frozenset(),
        "zqclosedaccount": frozenset(),
        **dict.fromkeys(["zqheldtitle", "zqheldquestion", "zqheldtag", "zqheldanswer"], moderating | {"customer"}),
        canary("loose", "file"): frozenset({"helper"}),
        # Told to staff alone, by the asker; of the group's thread only those know who see it, and whoever wrote it.
        "zqpublicnote": staff | {"asker"},
        "zqgroupnote": moderating,
    }


SECRETS = secrets()


def words_in(response: Any) -> set[str]:
    """The canary words in an answer's headers and body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = (body.decode(errors="replace") + str(response.headers) + str(response.cookies)).lower()
    return {word for word in SECRETS if word in text}


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes(world: World, changed: list[str]) -> Iterator[None]:
    """Collect the tables that what happens inside leaves different.

    The database's own count of touched rows is asked first: it is quick, and zero means that nothing was written.
    """
    touched = rows_touched(EXEMPT_TABLES)
    yield
    if rows_touched(EXEMPT_TABLES) != touched:
        changed += world.changed_tables()


@contextmanager
def living(blocker: Any, media: Any) -> Iterator[World]:
    """The world for a module's tests, files in `media`; everything is gone afterwards."""
    with blocker.unblock(), override_settings(MEDIA_ROOT=media), taken_back():
        yield build()


def build() -> World:
    """The world of ROLES and objects that tests/access_table.py describes."""
    world = World()
    _people(world)
    circle = Group.objects.create(name="zqcirclegroup")
    for role in ("asker", "helper", "member"):
        world.people[role].groups.add(circle)
    public = board("Routers", versions=["1.0"], mail_name="routers")
    world.boards = {
        "public": public,
        "signed-in": board(
            "zqsignedinboard",
            audience=Board.Audience.SIGNED_IN,
            description="zqsignedindescription",
            mail_name="signed-in",
        ),
        "group": board("zqgroupboard", groups=[circle], description="zqgroupdescription", mail_name="zqgrouplist"),
    }
    for name in OBJECTS:
        _post(world, name)
    _change(world)
    for role in ("asker", "helper"):
        world.people[role].groups.remove(circle)
    _reported(world)
    _hold(world)
    _known(world)
    _personal(world)
    make_desk(world)
    _mailed(world)
    for role in ROLES:
        client = Client(raise_request_exception=False)
        if role != "visitor":
            client.force_login(world.people[role])
        world.clients[role] = client
    # The pages that write what every site has once: the brand.
    world.clients["visitor"].get("/")
    world.tables = tables(EXEMPT_TABLES)
    world.before = contents(world.tables)
    connection.check_constraints()
    return world


def _people(world: World) -> None:
    makers: dict[str, Any] = {
        "moderator": moderator,
        "mod-1": moderator,
        "agent": agent,
        "colleague": agent,
        "other-team": agent,
        "admin": admin,
        "adm-1": admin,
    }
    for role in ROLES[1:]:
        options = {"second_factor": False} if role.endswith("-1") else {}
        word = role.replace("-", "")
        made = makers.get(role, person)(f"{word}name", email=f"zqmail{word}@example.com", **options)
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
        world.people[role] = made
    User.objects.filter(pk=world.people["suspended"].pk).update(is_active=False)
    _close(world.people["erased"])
    closed = person("zqclosedaccount")
    _close(closed)
    world.people["closed"] = closed
    # Somebody an import brought along, whose address in the archive is the customer's.
    archived = User.objects.create(display_name="Zenobia of old", is_imported=True, is_active=False)
    ImportedIdentity.objects.create(
        source="old", external_id="1", name="Zenobia of old", user=archived, address_key="zqmailcustomer@example.com"
    )
    world.people["archived"] = archived


def _close(who: User) -> None:
    """What erasure leaves of an account; a session of it may still live somewhere."""
    EmailAddress.objects.filter(user=who).delete()
    nothing = {"email": "", "username": None, "username_key": None}
    User.objects.filter(pk=who.pk).update(anonymised_at=clock.now(), is_active=False, **nothing)


def _fresh(world: World, role: str) -> User:
    """The person as a new request would find them."""
    return User.objects.with_standing().get(pk=world.people[role].pk)


def _post(world: World, name: str) -> None:
    asker, helper = _fresh(world, "asker"), _fresh(world, "helper")
    where = world.boards.get(name, world.boards["public"])
    moment = clock.now() - (timedelta(days=30) if name == "silent" else timedelta(hours=1))
    with clock.at(moment):
        asked = threads.ask(
            actor=asker,
            board_id=where.pk,
            kind="problem",
            title=f"Light {canary(name, 'title')}",
            body=f"It blinks {canary(name, 'question')}.",
            tags=[canary(name, "tag")],
        )
        answered = answers.answer(actor=helper, thread_id=asked.pk, body=f"Reset {canary(name, 'answer')}.")
    world.files[name] = _file(helper, name, asked, answered)
    if name == "solved":
        solutions.accept(actor=asker, answer_id=answered.pk)
    world.threads[name], world.answers[name] = Thread.objects.get(pk=asked.pk), Answer.objects.get(pk=answered.pk)
    world.tags[name] = Tag.objects.get(key=canary(name, "tag"))


def _file(uploader: User, name: str, thread: Thread | None = None, answer: Answer | None = None) -> Attachment:
    made = Attachment(
        uploader=uploader, thread=thread, answer=answer, kind="text", content_type="text/plain", size=5, width=None
    )
    made.name = f"{canary(name, 'file')}.txt"
    made.file.save(f"{canary(name, 'file')}.bin", ContentFile(b"12345"), save=False)
    made.save()
    return made


def _change(world: World) -> None:
    """Edit, hide and lock: earlier texts and reasons are for staff only."""
    boss, asker, helper = _fresh(world, "moderator"), _fresh(world, "asker"), _fresh(world, "helper")
    with clock.at(clock.now() - timedelta(minutes=30)):
        for name, row in world.threads.items():
            if name == "silent":
                continue
            text = {"title": row.title, "body": row.body}
            threads.edit_thread(
                actor=asker, thread_id=row.pk, version=1, **{**text, "body": f"{row.body} zqearliertext"}
            )
            threads.edit_thread(actor=asker, thread_id=row.pk, version=2, **text)
            answer = world.answers[name]
            answers.edit_answer(actor=helper, answer_id=answer.pk, version=1, body=f"{answer.body} zqearliertext")
            answers.edit_answer(actor=helper, answer_id=answer.pk, version=2, body=answer.body)
        moderation.hide_thread(actor=boss, thread_id=world.threads["hidden"].pk, reason="zqauditreason")
        moderation.hide_answer(actor=boss, answer_id=world.answers["h-answer"].pk, reason="zqauditreason")
        moderation.lock(actor=boss, thread_id=world.threads["locked"].pk, reason="zqauditreason")
        duplicates.mark_duplicate(
            actor=boss,
            thread_id=world.threads["merged"].pk,
            original_id=world.threads["public"].pk,
            reason="zqauditreason",
        )
    for name in OBJECTS:
        world.threads[name].refresh_from_db()
        if name != "merged":
            other = world.threads["solved" if name == "silent" else "silent"]
            world.hints[name] = DuplicateHint.objects.create(thread=world.threads[name], other=other, likeness=80)
        world.answers[name].refresh_from_db()
    world.files["loose"] = _file(helper, "loose")


def _reported(world: World) -> None:
    """Somebody reported an answer, before it or its question went out of sight."""
    finder = world.people["archived"]
    for name in ("public", "group", "hidden"):
        said = world.answers[name]
        review = Review.objects.create(
            kind=Review.Kind.FLAGGED, thread=said.thread, answer=said, person=said.author, reasons=["spam"], weight=20
        )
        Flag.objects.create(
            thread=said.thread, answer=said, person=finder, ground="spam", words="zqflagwords", review=review
        )
        world.reviews[name] = review


def _hold(world: World) -> None:
    """What waits for a look: to its author it shows on one page, to everybody else but moderators nowhere."""
    customer = _fresh(world, "customer")
    link = "https://elsewhere.example/guide"
    world.held = threads.ask(
        actor=customer,
        board_id=world.boards["public"].pk,
        kind="problem",
        title="Light zqheldtitle",
        body=f"It blinks zqheldquestion, as in {link}",
        tags=["zqheldtag"],
    )
    said = answers.answer(actor=customer, thread_id=world.threads["public"].pk, body=f"zqheldanswer: {link}")
    assert {world.held.hidden_for, said.hidden_for} == {"held"}


def _known(world: World) -> None:
    """What is known to be wrong: on the whole site, in the group, and what was taken back."""
    boss = _fresh(world, "moderator")
    for name, where in (("i-public", None), ("i-group", world.boards["group"].pk), ("i-back", None)):
        word = f"zq{name}".replace("-", "")
        thread = world.threads["locked" if name == "i-back" else "group"]
        asked = [thread.pk] if name != "i-public" else [world.threads["public"].pk]
        issue = known_issues.open_issue(
            actor=boss, title=f"Light {word}title", body=f"It blinks {word}body.", board_id=where, thread_ids=asked
        )
        known_issues.update(actor=boss, issue_id=issue.pk, body=f"Found {word}news.")
        world.issues[name] = issue
    known_issues.join(actor=_fresh(world, "customer"), issue_id=world.issues["i-public"].pk)
    known_issues.withdraw(actor=boss, issue_id=world.issues["i-back"].pk, reason="zqauditreason")


def _mailed(world: World) -> None:
    """Mail that waits for a look: from elsewhere to what the customer may reply to, and to nothing of ours."""
    thread, customer = world.threads["public"], world.people["customer"]
    fields = {"target_kind": "t", "target_id": thread.pk, "thread": thread, "board": thread.board}
    world.mails["m-public"] = held_mail("m-public", customer, **fields)
    for name in TICKETS:
        ticket = world.tickets[name]
        world.mails[f"m-{name}"] = held_mail(f"m-{name}", customer, target_kind="k", target_id=ticket.pk)
    world.mails["m-nothing"] = held_mail("m-nothing", None, reason=IncomingMail.Reason.FAILED)


def _personal(world: World) -> None:
    """What belongs to one person: notices (the worst case: of what is out of sight by now), drafts, an invitation."""
    for name in OBJECTS:
        event = ThreadEvent.objects.get(kind="answered", thread=world.threads[name])
        for role in ("asker", "customer"):
            made = Notification.objects.create(
                event_kind="thread_event",
                event_id=event.pk,
                recipient=world.people[role],
                reason="asked",
                created_at=clock.now(),
            )
            if role == "asker":
                world.notices[name] = made
    for name in ("public", "group"):
        world.notes[name] = PrivateNote.objects.create(
            thread=world.threads[name], author=world.people["asker"], text=f"zq{name}note"
        )
    world.purges["public"] = Purge.objects.create(
        thread=world.threads["public"], ground="private", asked_by=world.people["moderator"]
    )
    for place in ("ask", f"answer:{world.threads['public'].pk}"):
        save_draft(actor=world.people["customer"], place=place, title="zqdrafttitle", body="zqdraftbody")
    boss = _fresh(world, "admin")
    invited = invitations.invite(actor=boss, address="zqmailinvited@example.com")
    world.invitation = invitations.make_token(invited)
    for name in ("hidden", "h-answer", "locked"):
        world.decisions[name] = Decision.objects.filter(thread=world.threads[name]).latest("pk")
    world.report, _token = reports.report_illegal(
        actor=None,
        place=world.threads["hidden"].get_absolute_url(),
        category="fraud",
        explanation="zqreportwords",
        name="zqreportername",
        address="zqreporter@example.com",
        in_good_faith=True,
    )
    assert world.report.review_id is not None
    settling.settle(
        actor=_fresh(world, "admin"), review_id=world.report.review_id, choice="leave", words="zqreporttold"
    )
    world.report.refresh_from_db()
