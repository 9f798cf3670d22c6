"""Levels: earned by solving and by helpful votes of people who exist, lost again with what they rested on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import duplicates, solutions, thanks, threads
from community.errors import NotAllowed, Refused
from community.models import Answer, DuplicateHint, Notification, Tag, Thread, User
from community.notices.notifiables import show
from community.notices.standing import tell_levels
from community.permissions import is_trusted
from community.reading.trust import level_of
from community.trust import UNLOCKED_AT, Earned, Level, Unlock, level_from
from tests.factories import agent, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

NEW, MEMBER, HELPER, TRUSTED = Level
DAYS = timedelta(days=1)


def solve(helper: User, asker: User | None = None) -> Answer:
    asker = asker or agent()
    given = reply(thread(asker), helper)
    solutions.accept(actor=asker, answer_id=given.pk)
    return given


@pytest.mark.parametrize(
    ("earned", "level"),
    [
        (Earned(), NEW),
        (Earned(posts=1, votes=4), NEW),
        (Earned(posts=2), MEMBER),
        (Earned(solutions=1), MEMBER),
        (Earned(votes=5), MEMBER),
        (Earned(posts=2, votes=9), MEMBER),
        (Earned(solutions=2), HELPER),
        (Earned(solutions=1, votes=5), HELPER),
        (Earned(votes=10, posts=2), HELPER),
        (Earned(votes=10, solutions=2, posts=2), HELPER),
        (Earned(solutions=3), TRUSTED),
    ],
)
def test_points_make_levels(earned: Earned, level: Level) -> None:
    assert level_from(earned) == level


def test_everything_that_can_be_unlocked_stands_in_the_table() -> None:
    assert set(UNLOCKED_AT) == set(Unlock)


def test_posts_count_once_they_have_stood_for_a_day() -> None:
    ben, mo = person("ben"), moderator()
    with clock.at(clock.now() - 2 * DAYS):
        first, second = reply(thread(agent()), ben), reply(thread(agent()), ben)
    reply(thread(agent()), ben)
    assert level_of(ben) == MEMBER
    with clock.at(clock.now() - timedelta(hours=30)):
        assert level_of(ben) == NEW, "at that moment they had stood for less"
    Answer.objects.filter(pk=second.pk).update(hidden_at=clock.now())
    assert level_of(ben) == NEW
    assert (level_of(mo), level_of(person(is_active=False)), first.hidden_at) == (TRUSTED, NEW, None)


def test_a_solution_withdrawn_lowers_it_and_ones_own_question_gives_nothing() -> None:
    ben = person("ben")
    given = [solve(ben) for _each in range(3)]
    solve(ben, ben)
    assert level_of(ben) == TRUSTED
    assert is_trusted(ben)
    question = Thread.objects.get(pk=given[0].thread_id)
    solutions.withdraw(actor=question.asker, thread_id=question.pk)
    assert level_of(ben) == HELPER
    assert not is_trusted(ben)


def test_people_count_and_not_votes_and_made_up_accounts_lift_nobody() -> None:
    ben, asker = person("ben"), agent()
    given = [reply(thread(asker), ben) for _each in range(6)]
    fan = agent()
    User.objects.filter(pk=fan.pk).update(date_joined=clock.now() - 30 * DAYS)
    for each in given:
        thanks.vote(actor=fan, answer_id=each.pk)
    assert level_of(ben) == NEW, "one person, six votes: one point"
    for _each in range(5):
        thanks.vote(actor=person(), answer_id=given[0].pk)
    assert level_of(ben) == NEW, "accounts of today, with no post that stood"
    User.objects.update(date_joined=clock.now() - 30 * DAYS)
    assert level_of(ben) == MEMBER
    User.objects.exclude(pk=ben.pk).filter(groups=None).update(banned_at=clock.now(), is_active=False)
    assert level_of(ben) == NEW


def test_one_query_whatever_somebody_has_done(django_assert_num_queries: Any) -> None:
    ben = person("ben")
    solve(ben)
    ben = User.objects.with_standing().get(pk=ben.pk)
    level_of(ben)
    staff = agent()
    with django_assert_num_queries(1):
        level_of(ben)
    with django_assert_num_queries(0):
        level_of(staff)


def test_helpers_tag_other_peoples_questions_and_nobody_below(client: Client) -> None:
    ben, question = person("ben"), thread(agent(), tags=["wifi"])
    with pytest.raises(NotAllowed):
        threads.retag(actor=ben, thread_id=question.pk, tags=["led"])
    client.force_login(ben)
    assert "Help to keep order" not in client.get(question.get_absolute_url()).content.decode()
    solve(ben)
    solve(ben)
    assert "Help to keep order" in client.get(question.get_absolute_url()).content.decode()
    client.post(reverse("retag_thread", args=[question.pk]), {"tags": "led"})
    assert list(question.tags.all()) == [Tag.objects.get(key="led")]


def test_helpers_propose_duplicates_and_a_moderator_decides(client: Client) -> None:
    ben, old, new = person("ben"), thread(agent()), thread(agent())
    Thread.objects.filter(pk=new.pk).update(board=old.board)
    with pytest.raises(NotAllowed):
        duplicates.propose_duplicate(actor=ben, thread_id=new.pk, original_id=old.pk)
    solve(ben)
    solve(ben)
    client.force_login(ben)
    for _twice in range(2):
        client.post(reverse("propose_duplicate", args=[new.pk]), {"original": old.get_absolute_url()})
    hint = DuplicateHint.objects.get()
    assert (hint.thread, hint.other, hint.proposed_by) == (new, old, ben)
    assert Thread.objects.get(pk=new.pk).merged_into_id is None
    mo = moderator()
    client.force_login(mo)
    assert "Proposed by ben" in client.get(f"{reverse('moderation')}?list=duplicates").content.decode()
    duplicates.dismiss_hint(actor=mo, hint_id=hint.pk)
    with pytest.raises(Refused):
        duplicates.propose_duplicate(actor=ben, thread_id=new.pk, original_id=old.pk)


def test_a_level_is_told_once_calmly_and_in_the_inbox_alone() -> None:
    ben = person("ben")
    solve(ben)
    assert tell_levels() == 1
    assert tell_levels() == 0
    row = Notification.objects.get(recipient=ben)
    assert (row.rhythm, show([row], person())) == ("", [])
    assert "links" in show([row], ben)[0][1].title
    question = Thread.objects.get(solved_at__isnull=False)
    solutions.withdraw(actor=question.asker, thread_id=question.pk)
    solve(ben)
    assert tell_levels() == 0, "lost and won again is no news"
    solve(ben)
    assert tell_levels() == 1


def test_the_profile_says_what_one_can_do_to_oneself_alone(client: Client) -> None:
    ben = person("ben")
    client.force_login(ben)
    page = client.get(ben.get_absolute_url()).content.decode()
    assert "After two posts that have stood for a day" in page
    solve(ben)
    solve(ben)
    page = client.get(ben.get_absolute_url()).content.decode()
    assert "set the tags of other people" in page
    client.force_login(person("anna"))
    page = client.get(ben.get_absolute_url()).content.decode()
    assert "Helper" in page
    assert "set the tags of other people" not in page
