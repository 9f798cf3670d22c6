"""What customers get by mail of their tickets: staff's words, and always what happens next. Read over real SMTP."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.urls import reverse

from community import clock
from community.actions import choices
from community.incoming.addresses import is_genuine, read_address
from community.incoming.records import Letter
from community.models import Follower, Mail, Notification, User
from support.actions import messages, moves, notes
from support.actions.tickets import open_ticket
from support.incoming import TARGETS
from support.models import Channel, Status, Switch, TicketCc, TicketEvent, TicketRating
from support.notices.fanout import KIND
from tests.factories import agent, thread
from tests.mailing import MailHost, mail_host, reachable, words_of
from tests.support import desk
from tests.support.telling import reachable_agent, subjects, tell, text_of, told_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    settings.UNDO_SECONDS = 0
    settings.SITE_URL = "https://help.nordwave.example"
    with mail_host(settings) as made:
        yield made


def test_who_writes_to_staff_gets_a_receipt_with_their_words_and_what_happens_next(host: MailHost) -> None:
    anna = reachable("anna")
    made = desk.ticket(anna, subject="It does not start", body="Nothing happens when I press **the button**.")
    tell()
    (mail,) = host.to(anna)
    text = words_of(mail)
    assert mail["Subject"] == "It does not start" and "anna" not in str(mail["From"])
    assert "We have your message" in text and "> Nothing happens when I press the button." in text
    assert "there is nothing you have to do" in " ".join(text.split())
    assert f"https://help.nordwave.example{made.get_absolute_url()}" in text
    assert told_to(anna) == []  # they know that they wrote


def test_a_reply_arrives_with_the_agents_name_below_the_first_mail_and_says_who_waits_for_whom(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    desk.reply(made, ada, "Please try the *other* cable.")
    tell()
    mail = host.to(anna)[-1]
    text = words_of(mail)
    assert str(mail["From"]).startswith('"ada (') and mail["Subject"] == "Re: It does not start"
    assert "> Please try the other cable." in text and "Now we wait for you." in text
    first, second = host.to(anna)
    assert first["References"] == second["References"] and f"ticket-{made.pk}@" in str(second["References"])
    assert first["Message-ID"] != second["Message-ID"]
    assert told_to(anna) == ["ada replied to you"]
    assert str(Mail.objects.latest("pk").key).startswith("reply:")


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (Status.OPEN, "We go on working on it."),
        (Status.ON_HOLD, "We come back to it on"),
        (Status.RESOLVED, "say so on its page by"),
    ],
)
def test_every_reply_says_what_happens_next(host: MailHost, then: Status, words: str) -> None:
    anna = reachable("anna")
    until = clock.now() + timedelta(days=3) if then == Status.ON_HOLD else None
    desk.reply(desk.ticket(anna), agent("ada"), then_status=then, held_until=until)
    tell()
    assert words in " ".join(words_of(host.to(anna)[-1]).split())


def test_a_reply_that_solves_it_is_one_mail_and_not_two(host: MailHost) -> None:
    anna = reachable("anna")
    desk.reply(desk.ticket(anna), agent("ada"), then_status=Status.RESOLVED)
    tell()
    assert len(host.to(anna)) == 2 and told_to(anna) == ["ada replied to you"]


def test_what_staff_resolve_reopen_and_close_without_a_word_is_told(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    for act in (moves.resolve, moves.reopen, moves.close):
        act(actor=ada, ticket_id=made.pk)
        tell()
    assert told_to(anna) == ["Your ticket is resolved", "Your ticket is open again", "Your ticket is closed"]
    assert ["resolved" in words_of(mail) for mail in host.to(anna)] == [False, True, False, False]


def test_what_closes_after_it_was_resolved_and_what_its_customer_did_is_not_told(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    moves.resolve(actor=anna, ticket_id=made.pk)
    moves.reopen(actor=anna, ticket_id=made.pk)
    moves.resolve(actor=ada, ticket_id=made.pk)
    tell()
    before = len(host.to(anna))
    moves.close(actor=ada, ticket_id=made.pk)
    tell()
    assert len(host.to(anna)) == before and told_to(anna) == ["Your ticket is resolved"]


def test_what_was_reopened_before_its_mail_left_is_not_called_resolved(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    tell()
    moves.resolve(actor=ada, ticket_id=made.pk)
    moves.reopen(actor=ada, ticket_id=made.pk)
    tell()
    assert "resolved" not in text_of(host.to(anna)) and "Your ticket is open again" in text_of(host.to(anna))


def test_people_in_copy_read_what_both_sides_write_until_they_are_taken_out(host: MailHost) -> None:
    anna, carla, ada = reachable("anna"), reachable("carla"), agent("ada")
    made = desk.ticket(anna)
    copy = TicketCc.objects.create(ticket=made, person=carla, added_by=ada)
    desk.reply(made, ada, "First word of staff")
    desk.write(made, "A word of anna")
    tell()
    assert subjects(host.to(carla)) == ["Re: It does not start"] * 2
    assert "> First word of staff" in text_of(host.to(carla)) and "> A word of anna" in text_of(host.to(carla))
    assert "somebody put you in copy" in text_of(host.to(carla))
    messages.write(actor=carla, ticket_id=made.pk, body="A word of carla")
    desk.reply(made, ada, "Too late for carla")
    copy.delete()
    tell()
    assert "> A word of carla" in text_of(host.to(anna)) and "Too late" in text_of(host.to(anna))
    assert "Too late" not in text_of(host.to(carla)) and len(told_to(carla)) == 0


def test_no_choice_pause_or_stop_keeps_staffs_words_away(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    choices.stop_all(actor=anna)
    choices.pause(actor=anna, until=(clock.now() + timedelta(days=9)).date())
    desk.reply(made, ada)
    tell()
    mail = host.to(anna)[-1]
    assert "> Please try the other cable." in words_of(mail)
    assert mail["List-Unsubscribe"] is None and "Choose what comes by mail" not in words_of(mail)


def test_a_reply_comes_in_the_language_of_its_reader_else_in_that_of_the_ticket(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    desk.reply(desk.ticket(anna, language="de"), ada, "Bitte das andere Kabel.")
    tell()
    assert "Please write on the site" not in text_of(host.to(anna))


def test_whose_account_is_closed_gets_nothing(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    tell()
    desk.reply(made, ada)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    tell()
    assert len(host.to(anna)) == 1 and Mail.objects.filter(outcome=Mail.Outcome.GONE).count() == 1


def test_who_called_staff_to_a_question_gets_a_receipt_and_whom_staff_called_is_told_by_the_community(
    host: MailHost,
) -> None:
    anna, ada = reachable("anna"), agent("ada")
    for actor, about in ((anna, thread(anna, title="One lamp")), (ada, thread(anna, title="Two lamps"))):
        values: dict[str, Any] = {"subject": about.title, "body": "", "channel": Channel.THREAD, "thread": about}
        open_ticket(actor=actor, requester=anna, **values)
    tell()
    assert subjects(host.to(anna)) == ["One lamp"]
    assert "look at your question" in text_of(host.to(anna))


def test_a_ticket_that_staff_open_brings_their_first_words(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    said: dict[str, Any] = {"subject": "Your call", "body": "As promised: the manual.", "author": ada}
    open_ticket(actor=ada, requester=anna, channel=Channel.STAFF, **said)
    tell()
    assert "ada opened a ticket for you" in text_of(host.to(anna)) and told_to(anna) == ["ada opened a ticket for you"]
    assert "> As promised: the manual." in text_of(host.to(anna))


def test_an_internal_note_reaches_no_mail_and_no_inbox(host: MailHost) -> None:
    anna, ada, ben = reachable("anna"), reachable_agent("ada"), reachable_agent("ben")
    made = desk.ticket(anna)
    tell()
    TicketCc.objects.create(ticket=made, person=reachable("carla"), added_by=ada)
    notes.note(actor=ada, ticket_id=made.pk, body="zqinternal: this customer is difficult")
    desk.reply(made, ada)
    tell()
    assert host.arrived and not any("zqinternal" in mail.as_string() for mail in host.arrived)
    noted = TicketEvent.objects.get(kind=TicketEvent.Kind.NOTED)
    assert not Notification.objects.filter(event_kind=KIND, event_id=noted.pk).exists()
    assert told_to(ben) == ["New in Support"]


def test_nothing_that_makes_mails_names_internal_notes() -> None:
    """No import, no attribute: what is not named cannot be sent."""
    root = Path(site_settings.BASE_DIR)
    sources = [*(root / "support/notices").glob("*.py"), *(root / "community/mails").glob("*.py")]
    sources += (root / "community/notices").glob("*.py")
    assert len(sources) > 30
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            names = {getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "")}
            assert not names & {"TicketNote", "ticket_notes", "notes"}, path
        assert "ticketnote" not in path.read_text().lower(), path


def test_told_twice_by_two_workers_or_after_a_kill_it_is_one_mail(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    desk.reply(desk.ticket(anna), ada)
    tell()
    Follower.objects.all().delete()  # a worker that lost its place
    tell()
    assert len(host.to(anna)) == 2 and len(told_to(anna)) == 1


def test_the_inbox_leads_to_ones_own_page_of_the_ticket(host: MailHost, client: Any) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    desk.reply(made, ada)
    tell()
    client.force_login(anna)
    page = client.get(reverse("inbox")).content.decode()
    assert "ada replied to you" in page and "Because it is your ticket" in page
    row = Notification.objects.get(recipient=anna)
    assert client.post(reverse("open_notification", args=[row.pk])).url == made.get_absolute_url()


def test_whoever_is_asked_how_it_went_says_so_with_one_press_out_of_the_mail(host: MailHost, client: Any) -> None:
    desk.switch_on(Switch.RATINGS)
    anna, ada = reachable("anna"), agent("ada")
    desk.reply(desk.ticket(anna), ada, then_status=Status.RESOLVED)
    tell()
    text = words_of(host.to(anna)[-1])
    assert "How did we do?" in text and "Great:" in text and "Bad:" in text
    address = next(line for line in text.splitlines() if "/rating/" in line)
    assert address.endswith("?score=5")
    path = address.removeprefix("https://help.nordwave.example")
    assert client.get(path).status_code == 200 and TicketRating.objects.get().score is None  # scanners look
    client.post(path.partition("?")[0], {"score": "5", "words": ""})
    assert TicketRating.objects.get().score == 5
    desk.reply(desk.ticket(anna), ada, then_status=Status.RESOLVED)
    tell()
    assert "How did we do?" not in words_of(host.to(anna)[-1])  # asked not long ago


# Answering them -------------------------------------------------------------------------------------------------------
def reply_of(mail: Any) -> Any:
    return read_address(str(mail["Reply-To"]))


def test_every_mail_about_a_ticket_can_be_answered_by_its_reader_alone(host: MailHost) -> None:
    anna, ben, ada = reachable("anna"), reachable("ben"), agent("ada")
    made = desk.ticket(anna)
    TicketCc.objects.create(ticket=made, person=ben, added_by=anna)
    desk.reply(made, ada)
    tell()
    for who in (anna, ben):
        mail = host.to(who)[-1]
        found, text = reply_of(mail), " ".join(words_of(mail).split())
        assert (found.person_id, found.letter, found.number) == (who.pk, "k", made.pk) and is_genuine(found, who)
        assert "do not reach anybody" not in text and "Reply to this mail" in text
    assert "one word “accept” when it is solved" in " ".join(words_of(host.to(anna)[-1]).split())
    assert "one word “leave” to read along no more" in " ".join(words_of(host.to(ben)[-1]).split())


def test_a_reply_to_such_a_mail_stands_in_its_ticket(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    made = desk.ticket(anna)
    desk.reply(made, ada)
    tell()
    found = reply_of(host.to(anna)[-1])
    TARGETS[found.letter].take(actor=anna, number=found.number, letter=Letter("Re: It", "It does now."))
    assert made.messages.get(position=3).body == "It does now."


def test_where_the_site_takes_no_mail_the_foot_says_so(host: MailHost, settings: Any) -> None:
    settings.INCOMING_ADDRESS = ""
    anna = reachable("anna")
    desk.ticket(anna)
    tell()
    (mail,) = host.to(anna)
    text = " ".join(words_of(mail).split())
    assert mail["Reply-To"] is None and "do not reach anybody" in text and "one word" not in text
