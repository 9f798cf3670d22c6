"""`make demo` fills an empty site with a community one can believe, and leaves a filled one alone."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.utils import timezone

from community import clock, permissions
from community.context_processors import find_brand
from community.demo.scene import Scene
from community.demo.scenes import SCENES
from community.demo.story import read_story
from community.integrity import violations
from community.models import (
    Board,
    Experiment,
    Exposure,
    IncomingMail,
    Mail,
    Notification,
    Prompt,
    Regrouping,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Watch,
)
from community.notices.digests import make_digests
from community.notices.gathering import gather_all
from community.notices.writing import write
from support.models import CurrentEntry, SolvedRating, TicketMessage
from support.reading.figures import Wanted, figures
from support.reading.trial import analysed
from tests.factories import person, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def was_measured() -> None:
    """There are cases of every kind; money, an experiment that proves something, and no doubt that all is made up."""
    credited = CurrentEntry.objects.filter(status="credited")
    assert set(credited.values_list("kind", flat=True)) == {"D", "F", "M", "V"}
    assert set(CurrentEntry.objects.values_list("is_simulated", flat=True)) == {True}
    today = timezone.localdate(clock.now())
    shown = figures(Wanted(today - timedelta(days=60), today))
    assert shown.is_simulated and shown.money.floor and shown.money.central and not shown.money.hidden
    assert shown.avoided.floor < shown.avoided.central and not shown.avoided.partly
    experiment = Experiment.objects.get()
    assert {arm for (arm,) in Exposure.objects.values_list("arm")} == {"control", "treatment"}
    # one split in a thousand is found uneven although chance alone made it
    assert set(analysed(experiment)["invalid"]) <= {"uneven"}
    assert SolvedRating.objects.filter(score__isnull=False).exists()


def was_written_by_mail() -> None:
    """A board is a mail list; a question, answers and a ticket's reply came by mail, one waits, one is a program's."""
    board = Board.objects.get(mail_name__isnull=False)
    assert Watch.objects.filter(board=board, is_list=True).count() == 2
    mails = IncomingMail.objects.all()
    posted = mails.filter(reason=IncomingMail.Reason.POSTED)
    assert posted.filter(target_kind="b", thread__board=board).count() == 1
    assert posted.filter(target_kind="t", answer__isnull=False).count() == 2
    assert posted.filter(target_kind="k").count() == 1
    assert TicketMessage.objects.filter(via=TicketMessage.Via.MAIL).count() == 1
    assert mails.filter(end=IncomingMail.End.HELD, reason=IncomingMail.Reason.SENDER).count() == 1
    assert mails.filter(reason=IncomingMail.Reason.AUTOMATIC).count() == 1
    assert all("schrieb" not in mail.kept and "wrote:" not in mail.kept for mail in posted)


def demo() -> str:
    out = StringIO()
    call_command("demo", "--no-serve", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", SCENES)
def test_a_newcomer_finds_three_months_of_a_community_with_something_of_everything(settings: Any, name: str) -> None:
    settings.DEMO, settings.DEMO_BRAND = True, name
    demo()
    made = Regrouping.objects.filter(made_target=True).values("target_id")
    assert Thread.objects.exclude(pk__in=made).count() == len(read_story(SCENES[name].story))
    assert {state for (state,) in Thread.objects.values_list("state")} == {
        *("new", "responded", "needs_attention", "needs_info", "solved")
    }
    assert {"peer", "assisted", "community"} <= set(Solution.objects.values_list("resolution_class", flat=True))
    assert Thread.objects.exclude(hidden_at=None).exists()
    assert Thread.objects.exclude(escalated_at=None).exists()
    assert Thread.objects.exclude(outdated_at=None).exists()
    assert ThreadEvent.objects.filter(kind="not_solved").exists()
    assert Notification.objects.filter(event_kind="reminder", recipient__username="customer").exists()
    assert set(Prompt.objects.values_list("is_simulated", flat=True)) == {True}
    assert not Thread.objects.filter(last_activity_at__gt=clock.now()).exists()
    assert Notification.objects.filter(recipient__username="customer").exists()
    assert list(violations()) == []
    was_measured()
    was_written_by_mail()
    brand = find_brand()
    assert brand.name.lower() == name and len(brand.logos) == 2 and brand.icon_file and len(brand.footer_links) >= 4
    assert permissions.is_trusted(User.objects.get(username="helper"))


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_story_is_about_people_and_boards_there_are_and_asked_over_three_months(scene: Scene) -> None:
    plots = read_story(scene.story)
    known = {*scene.people, "customer", "helper", "moderator", "agent", "admin"}
    told = {plot.asker for plot in plots} | {name for plot in plots for step in plot.steps for name in step.people}
    assert told <= known
    assert {plot.board for plot in plots} == {board.slug for board in scene.boards}
    assert len({plot.title for plot in plots}) == len(plots) >= 20
    assert max(plot.days_ago for plot in plots) > 75 and min(plot.days_ago for plot in plots) <= 1


def test_everybody_to_look_as_has_their_rights(settings: Any) -> None:
    settings.DEMO = True
    demo()
    people = {name: User.objects.get(username=name) for name in ("helper", "moderator", "agent", "admin")}
    assert permissions.is_trusted(people["helper"])
    assert not permissions.is_staff(people["helper"])
    assert permissions.can_moderate(people["moderator"])
    assert permissions.is_staff(people["agent"])
    assert permissions.can_open_admin(people["admin"])


def test_without_an_address_for_mail_the_demo_tells_the_same_on_its_pages(settings: Any) -> None:
    settings.DEMO, settings.INCOMING_ADDRESS = True, ""
    demo()
    assert Thread.objects.filter(title="Duo forgets the volume after a power cut").exists()
    assert not Board.objects.filter(mail_name__isnull=False).exists()
    assert not IncomingMail.objects.exists()


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


@pytest.mark.parametrize("name", SCENES)
def test_the_outbox_of_a_demo_has_the_last_days_mails_and_a_weekly_one_not_those_of_three_months(
    settings: Any, name: str
) -> None:
    settings.DEMO, settings.DEMO_BRAND = True, name
    demo()
    gather_all()
    make_digests()
    assert Mail.objects.filter(kind=Mail.Kind.DIGEST, recipient__username="customer").exists()
    assert 3 < Mail.objects.filter(settled_at=None).count() < 30
    customers = Mail.objects.get(kind=Mail.Kind.DIGEST, recipient__username="customer")
    message = write(customers)
    assert isinstance(message, EmailMessage)
    assert str(message.body).count("\n* ") >= 4
