"""How it went: asked once, by one budget with everything else that asks, and said by whoever wrote to staff."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from community import clock
from community.actions.asking_budget import may_ask
from community.errors import NotAllowed, NotThere, Refused
from community.models import Prompt, User
from support.actions import ratings
from support.models import Channel, DeskState, Queue, Switch, Ticket, TicketCc, TicketEvent, TicketRating
from support.notices.rating import rating_address
from tests.community.reading import browser_of
from tests.factories import agent, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def switched_on() -> None:
    DeskState.objects.filter(pk=1).update(switches=[Switch.RATINGS])


def solved(requester: User) -> Ticket:
    """A ticket that staff have just resolved."""
    now = clock.now()
    queue = Queue.objects.get(is_default=True)
    return Ticket.objects.create(
        subject="My order", requester=requester, queue=queue, channel=Channel.FORM, status="resolved", resolved_at=now
    )


def test_a_customer_is_asked_once_and_says_it_once() -> None:
    ida = person("ida")
    ticket = solved(ida)
    for _twice in range(2):
        ratings.invite(ticket=ticket)
    assert Prompt.objects.get().person_key == f"u:{ida.pk}"
    for _twice in range(2):
        said = ratings.rate(actor=ida, ticket_id=ticket.pk, score=5)
    assert said.score == 5
    assert said.rated_at is not None
    assert TicketEvent.objects.filter(ticket=ticket, kind="rated").count() == 1


def test_words_may_follow_and_stay_when_only_the_score_is_said_again() -> None:
    ida = person("ida")
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    ratings.rate(actor=ida, ticket_id=ticket.pk, score=5)
    ratings.rate(actor=ida, ticket_id=ticket.pk, score=4, words="Quick, and kind.")
    said = ratings.rate(actor=ida, ticket_id=ticket.pk, score=3)
    assert (said.score, said.words) == (3, "Quick, and kind.")


def test_whoever_was_asked_something_lately_is_left_out_and_that_is_kept() -> None:
    ida = person("ida")
    may_ask(person_key=f"u:{ida.pk}", instrument=Prompt.Instrument.SOLVED)
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    assert TicketRating.objects.get().asked_at is None
    with pytest.raises(NotThere):
        ratings.rate(actor=ida, ticket_id=ticket.pk, score=5)


def test_nobody_is_asked_where_the_desk_or_the_queue_does_not_ask() -> None:
    DeskState.objects.update(switches=[])
    ratings.invite(ticket=solved(person()))
    DeskState.objects.update(switches=[Switch.RATINGS])
    Queue.objects.update(asks_rating=False)
    ratings.invite(ticket=solved(person()))
    assert not TicketRating.objects.exists()
    assert not Prompt.objects.exists()


def test_only_the_requester_says_it() -> None:
    ida, copied = person("ida"), person("copied")
    ticket = solved(ida)
    TicketCc.objects.create(ticket=ticket, person=copied, added_by=ida)
    ratings.invite(ticket=ticket)
    for other in (copied, agent()):
        with pytest.raises(NotAllowed):
            ratings.rate(actor=other, ticket_id=ticket.pk, score=1)
    with pytest.raises(NotThere):
        ratings.rate(actor=person(), ticket_id=ticket.pk, score=1)


def test_what_was_said_counts_a_day_later() -> None:
    ida = person("ida")
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    ratings.rate(actor=ida, ticket_id=ticket.pk, score=2)
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(Refused):
        ratings.rate(actor=ida, ticket_id=ticket.pk, score=5)
    assert TicketRating.objects.get().score == 2


@pytest.mark.parametrize("score", [0, 6, -1, 10**30])
def test_what_is_no_score_is_refused(score: int) -> None:
    ida = person("ida")
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    with pytest.raises(Refused):
        ratings.rate(actor=ida, ticket_id=ticket.pk, score=score)


@pytest.mark.parametrize("words", ["\x00", "\ud800", "x" * 2001])
def test_words_that_cannot_be_kept_are_refused(words: str) -> None:
    ida = person("ida")
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    with pytest.raises(Refused):
        ratings.rate(actor=ida, ticket_id=ticket.pk, score=3, words=words)


# The pages ------------------------------------------------------------------------------------------------------------
def test_it_is_said_on_the_tickets_page_where_it_was_asked_and_nowhere_else() -> None:
    ida = person("ida")
    ticket, other = solved(ida), solved(ida)
    client = browser_of(ida)
    assert "How did it go?" not in client.get(f"/my/{ticket.pk}/").content.decode()
    ratings.invite(ticket=ticket)
    ratings.invite(ticket=other)
    assert "How did it go?" in client.get(f"/my/{ticket.pk}/").content.decode()
    assert "How did it go?" not in client.get(f"/my/{other.pk}/").content.decode()
    assert client.post(f"/my/{ticket.pk}/rate/", {"score": "4"}).status_code == 303
    assert TicketRating.objects.get(ticket=ticket).score == 4
    assert client.post(f"/my/{ticket.pk}/rate/", {"score": "9"}).status_code == 400


def test_out_of_the_mail_it_takes_a_press_and_a_look_says_nothing(client: Client) -> None:
    ticket = solved(person("ida"))
    ratings.invite(ticket=ticket)
    path = urlsplit(rating_address(ticket, score=5))
    told = client.get(f"{path.path}?{path.query}").content.decode()
    assert 'value="5" id="id_score_4" checked' in told.replace(" required", "")
    assert ticket.subject not in told
    assert TicketRating.objects.get().score is None
    assert client.post(path.path, {"score": "5", "words": "Quick."})["Location"] == f"{path.path}?said=1"
    said = TicketRating.objects.get()
    assert (said.score, said.words) == (5, "Quick.")
    assert "You said: Great." in client.get(f"{path.path}?said=1").content.decode()


def test_out_of_the_mail_somebody_else_says_nothing() -> None:
    ticket = solved(person("ida"))
    ratings.invite(ticket=ticket)
    path = urlsplit(rating_address(ticket)).path
    assert browser_of(person()).post(path, {"score": "1"}).status_code == 403
    assert TicketRating.objects.get().score is None


def test_an_address_dies_with_the_password_and_with_age(client: Client) -> None:
    ida = person("ida")
    ticket = solved(ida)
    ratings.invite(ticket=ticket)
    path = urlsplit(rating_address(ticket)).path
    with clock.at(clock.now() + timedelta(days=61)):
        assert client.get(path).status_code == 404
    ida.set_password("another horse")
    ida.save()
    assert client.post(path, {"score": "5"}).status_code == 404
    for made_up in ("x", "a" * 900, path.removeprefix("/rating/")[:-3]):
        assert client.get(f"/rating/{made_up}/").status_code == 404
    assert TicketRating.objects.get().score is None


@pytest.mark.parametrize("score", ["", "0", "6", "x", "9" * 30, "\x00"])
def test_out_of_the_mail_what_is_no_score_is_told(client: Client, score: str) -> None:
    ticket = solved(person("ida"))
    ratings.invite(ticket=ticket)
    path = urlsplit(rating_address(ticket)).path
    assert client.get(path, {"score": score}).status_code in (200, 400)
    assert client.post(path, {"score": score}).status_code in (400, 422)
