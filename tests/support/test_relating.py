"""A ticket that is about something else: an agent says so, says why, and may take it back."""

import pytest
from django.test import Client
from django.urls import reverse

from community.errors import NotThere, Refused
from community.models import AuditEntry
from support.actions.relating import is_unrelated, mark_related, mark_unrelated
from support.models import TicketEvent
from tests import factories
from tests.support import desk

pytestmark = pytest.mark.django_db

Kind = TicketEvent.Kind


def _said(ticket_id: int) -> list[str]:
    said = TicketEvent.objects.filter(ticket=ticket_id, kind__in=[Kind.UNRELATED, Kind.RELATED]).order_by("pk")
    return list(said.values_list("kind", flat=True))


def test_an_agent_says_that_a_ticket_is_about_something_else_and_why() -> None:
    worker, ticket = factories.agent(), desk.ticket()
    mark_unrelated(actor=worker, ticket_id=ticket.pk, reason="Her invoice, not the red light")
    mark_unrelated(actor=worker, ticket_id=ticket.pk, reason="Pressed twice")
    assert _said(ticket.pk) == ["unrelated"]
    assert AuditEntry.objects.get(verb="marked_unrelated").note.text == "Her invoice, not the red light"


def test_it_is_taken_back_and_may_be_said_again() -> None:
    worker, ticket = factories.agent(), desk.ticket()
    mark_related(actor=worker, ticket_id=ticket.pk, reason="Nobody said so")
    for _round in range(2):
        mark_unrelated(actor=worker, ticket_id=ticket.pk, reason="Her invoice")
        assert is_unrelated(ticket)
        mark_related(actor=worker, ticket_id=ticket.pk, reason="It was the red light after all")
        assert not is_unrelated(ticket)
    assert _said(ticket.pk) == ["unrelated", "related"] * 2


def test_without_a_reason_nothing_is_marked() -> None:
    worker, ticket = factories.agent(), desk.ticket()
    for reason in ("", " \n", "x" * 301, "a\x00"):
        with pytest.raises(Refused):
            mark_unrelated(actor=worker, ticket_id=ticket.pk, reason=reason)
    assert _said(ticket.pk) == []


def test_the_customer_does_not_decide_it_nor_notice_it() -> None:
    ticket = desk.ticket()
    before = ticket.last_activity_at
    for stranger in (ticket.requester, factories.moderator(), factories.person()):
        with pytest.raises(NotThere):
            mark_unrelated(actor=stranger, ticket_id=ticket.pk, reason="x")
    mark_unrelated(actor=factories.agent(), ticket_id=ticket.pk, reason="Her invoice")
    ticket.refresh_from_db()
    assert ticket.last_activity_at == before


# On the desk's page ---------------------------------------------------------------------------------------------------
def test_on_the_tickets_page_it_is_said_shown_with_its_reason_and_taken_back(client: Client) -> None:
    worker, ticket = factories.agent(), desk.ticket()
    client.force_login(worker)
    page, act = reverse("desk_ticket", args=[ticket.pk]), reverse("relate_ticket", args=[ticket.pk])
    assert "Is it about something else?" in client.get(page).content.decode()
    assert client.post(act, {"do": "unrelated", "reason": " "}).status_code == 400
    assert client.post(act, {"do": "elsewhere", "reason": "x"}).status_code == 400
    assert client.post(act, {"do": "unrelated", "reason": "Her <b>invoice</b>"}).status_code == 303
    shown = client.get(page).content.decode()
    assert "Her &lt;b&gt;invoice&lt;/b&gt;" in shown and "marked it as about something else" in shown
    assert client.post(act, {"do": "related", "reason": "The light after all"}).status_code == 303
    shown = client.get(page).content.decode()
    assert "Is it about something else?" in shown and "took back that it is about something else" in shown
