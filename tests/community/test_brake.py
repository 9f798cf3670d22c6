"""The brake: what new members post waits, by hand or by their own rate, and it ends by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import brake
from community.errors import NotAllowed, Refused
from community.models import Answer, AuditEntry, Brake, Notification
from community.notices.notifiables import show
from tests.factories import agent, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]


def known(name: str = "") -> Any:
    """Somebody whose posts have stood."""
    made = person(name)
    with clock.at(clock.now() - timedelta(days=3)):
        reply(thread(agent()), made)
        reply(thread(agent()), made)
    return made


def test_while_it_is_on_only_what_new_members_post_waits() -> None:
    question, mo = thread(agent()), moderator()
    brake.start(actor=mo, minutes=60, reason="A flood")
    assert reply(question, person()).hidden_for == "held"
    assert reply(question, known()).hidden_at is None
    assert reply(question, agent()).hidden_at is None
    assert AuditEntry.objects.get(verb="braked").note.text == "A flood"


def test_it_ends_by_itself_and_when_somebody_lifts_it() -> None:
    question, mo = thread(agent()), moderator()
    brake.start(actor=mo, minutes=60)
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert brake.current_brake() is None
        assert reply(question, person()).hidden_at is None
        again = brake.start(actor=mo, minutes=30)
        assert brake.lift(actor=mo) == again
        assert reply(question, person()).hidden_at is None
        assert brake.lift(actor=mo) is None


def test_more_posts_of_new_members_than_ever_put_it_on_and_moderators_are_told(settings: Any) -> None:
    settings.BRAKE_FLOOR = 3
    mo, question = moderator("mo"), thread(agent())
    said = [reply(question, person()) for _each in range(5)]
    assert [each.hidden_for for each in said] == ["", "", "", "held", "held"]
    found = Brake.objects.get()
    assert (found.started_by, found.ends_at - found.started_at) == (None, timedelta(hours=1))
    row = Notification.objects.get(recipient=mo)
    assert show([row], mo)[0][1].sentence.startswith("The brake is on")
    assert not show([row], person())


def test_a_busy_place_is_used_to_more(settings: Any) -> None:
    settings.BRAKE_FLOOR = 2
    question = thread(agent())
    with clock.at(clock.now() - timedelta(days=1)):
        for _each in range(2):
            reply(question, person())
    for _each in range(5):
        reply(question, person())
    assert not Brake.objects.exists(), "three times the busiest ten minutes are six"
    reply(question, person())
    reply(question, person())
    assert Brake.objects.count() == 1


def test_lifted_by_hand_it_stays_off_for_a_while(settings: Any) -> None:
    settings.BRAKE_FLOOR = 1
    mo, question = moderator(), thread(agent())
    brake.start(actor=mo, minutes=60)
    brake.lift(actor=mo)
    for _each in range(4):
        reply(question, person())
    assert not Answer.objects.filter(hidden_for="held").exists()


def test_only_moderators_and_only_for_a_day() -> None:
    with pytest.raises(NotAllowed):
        brake.start(actor=agent(), minutes=5)
    with pytest.raises(NotAllowed):
        brake.lift(actor=person())
    for minutes in (0, -1, 1441, 10**12):
        with pytest.raises(Refused):
            brake.start(actor=moderator(), minutes=minutes)


def test_one_at_a_time(client: Client) -> None:
    mo = moderator()
    client.force_login(mo)
    for minutes in ("60", "180"):
        client.post(reverse("start_brake"), {"minutes": minutes, "reason": ""})
    found = Brake.objects.get()
    assert found.ends_at - clock.now() > timedelta(hours=2)
    assert client.post(reverse("start_brake"), {"minutes": "9" * 400}).status_code == 400
    client.post(reverse("lift_brake"), {"reason": "Over"})
    assert brake.current_brake() is None
