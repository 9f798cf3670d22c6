"""`make demo` fills an empty site with a community one can believe, and leaves a filled one alone."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from community import clock, permissions
from community.demo.story import read_story
from community.integrity import violations
from community.models import Notification, Solution, Thread, User
from tests.factories import person, thread

pytestmark = pytest.mark.django_db(transaction=True)


def demo() -> str:
    out = StringIO()
    call_command("demo", "--no-serve", stdout=out)
    return out.getvalue()


def test_a_newcomer_finds_three_months_of_a_community_with_something_of_everything(settings: Any) -> None:
    settings.DEMO = True
    demo()
    assert Thread.objects.count() == len(read_story())
    assert {state for (state,) in Thread.objects.values_list("state")} == {
        *("new", "responded", "needs_attention", "needs_info", "solved")
    }
    assert {"peer", "assisted", "community"} <= set(Solution.objects.values_list("resolution_class", flat=True))
    assert Thread.objects.exclude(hidden_at=None).exists()
    assert Thread.objects.exclude(escalated_at=None).exists()
    assert Thread.objects.exclude(outdated_at=None).exists()
    assert not Thread.objects.filter(last_activity_at__gt=clock.now()).exists()
    assert Notification.objects.filter(recipient__username="customer").exists()
    assert list(violations()) == []


def test_everybody_to_look_as_has_their_rights(settings: Any) -> None:
    settings.DEMO = True
    demo()
    people = {name: User.objects.get(username=name) for name in ("helper", "moderator", "agent", "admin")}
    assert permissions.is_trusted(people["helper"])
    assert not permissions.is_staff(people["helper"])
    assert permissions.can_moderate(people["moderator"])
    assert permissions.is_staff(people["agent"])
    assert permissions.can_open_admin(people["admin"])


def test_started_again_the_demo_changes_nothing(settings: Any) -> None:
    settings.DEMO = True
    demo()
    before = list(Thread.objects.order_by("pk").values_list("pk", "version", "last_activity_at"))
    assert "already there" in demo()
    assert list(Thread.objects.order_by("pk").values_list("pk", "version", "last_activity_at")) == before


def test_an_imported_community_can_be_looked_at_and_a_real_one_gets_no_demo_logins(settings: Any) -> None:
    settings.DEMO = True
    question = thread(person("somebody"))
    demo()
    assert not User.objects.filter(is_demo=True).exists()
    User.objects.filter(pk=question.asker_id).update(is_imported=True, is_active=False)
    demo()
    assert User.objects.filter(is_demo=True).count() == 5


def test_outside_the_demo_nothing_is_filled(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="PEERDESK_MODE=demo"):
        demo()
    assert not Thread.objects.exists()
