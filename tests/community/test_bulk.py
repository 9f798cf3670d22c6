"""One press hides a night of spam, and one press brings it all back."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from community import clock
from community.actions import answers, bans, bulk, moderation, regrouping, solutions, thanks
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, BulkAct, Solution, Thread, User
from tests.community.regrouped import facts
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return moderator()


def seen(post: Thread | Answer) -> bool:
    return type(post).objects.get(pk=post.pk).hidden_at is None


def hide(boss: User, *posts: Thread | Answer, ban_authors: bool = False) -> BulkAct:
    return bulk.hide_many(
        actor=boss,
        thread_ids=[each.pk for each in posts if isinstance(each, Thread)],
        answer_ids=[each.pk for each in posts if isinstance(each, Answer)],
        ground="spam",
        words="the night of the phones",
        ban_authors=ban_authors,
    )


def a_lively_place() -> tuple[User, list[Thread | Answer]]:
    """What somebody posted, thanked and accepted as everybody's is."""
    spammer, asker, fan = person(), person(), person()
    question = thread(asker)
    solving, other = reply(question, spammer), reply(question, fan)
    thanks.vote(actor=fan, answer_id=solving.pk)
    solutions.accept(actor=asker, answer_id=solving.pk)
    own = thread(spammer)
    reply(own, fan)
    assert other
    return spammer, [solving, own]


def test_one_press_hides_all_and_one_press_brings_all_back(boss: User) -> None:
    _spammer, posts = a_lively_place()
    before = facts()
    act = hide(boss, *posts)
    assert not any(seen(post) for post in posts)
    assert not Solution.objects.filter(withdrawn_at=None).exists()
    assert AuditEntry.objects.get(verb="hid_many").note.text == "the night of the phones"
    assert not list(violations())
    bulk.undo(actor=boss, act_id=act.pk)
    assert facts() == before
    assert not list(violations())


def test_an_act_takes_back_only_what_it_did(boss: User) -> None:
    earlier, by_hand, again, plain = (reply(thread()) for _ in range(4))
    moderation.hide_answer(actor=boss, answer_id=earlier.pk)
    act = hide(boss, earlier, by_hand, again, plain)
    moderation.restore_answer(actor=boss, answer_id=by_hand.pk)
    moderation.restore_answer(actor=boss, answer_id=again.pk)
    moderation.hide_answer(actor=boss, answer_id=again.pk, reason="for another reason")
    bulk.undo(actor=boss, act_id=act.pk)
    assert [seen(each) for each in (earlier, by_hand, again, plain)] == [False, True, False, True]
    assert not list(violations())


def test_what_two_moderators_hide_belongs_to_the_first(boss: User) -> None:
    one, both, other = (reply(thread()) for _ in range(3))
    first = hide(boss, one, both)
    second = hide(moderator(), both, other)
    bulk.undo(actor=boss, act_id=second.pk)
    assert [seen(each) for each in (one, both, other)] == [False, False, True]
    for _press in range(2):
        bulk.undo(actor=boss, act_id=first.pk)
    assert all(seen(each) for each in (one, both, other))
    assert not list(violations())


def test_the_authors_are_banned_and_come_back_with_the_same_press(boss: User) -> None:
    spammer, posts = a_lively_place()
    unchosen = reply(thread(), spammer, body="Not chosen, but theirs.")
    before = facts()
    act = hide(boss, posts[1], ban_authors=True)
    spammer.refresh_from_db()
    assert spammer.banned_at and not spammer.is_active and not seen(unchosen)
    bulk.undo(actor=boss, act_id=act.pk)
    spammer.refresh_from_db()
    assert spammer.banned_at is None and spammer.is_active
    assert facts() == before
    assert not list(violations())


def test_posts_of_somebody_banned_meanwhile_wait_for_the_ban_to_end(boss: User) -> None:
    spammer, posts = a_lively_place()
    before = facts()
    act = hide(boss, *posts)
    bans.ban(actor=boss, person_id=spammer.pk, ground="spam")
    bulk.undo(actor=boss, act_id=act.pk)
    assert not any(seen(post) for post in posts)
    bans.unban(actor=boss, person_id=spammer.pk)
    assert facts() == before
    assert not list(violations())


def test_a_ban_hides_every_post_and_ends_every_session(boss: User, client: Client) -> None:
    spammer, posts = a_lively_place()
    client.post("/account/login/", {"login": spammer.username, "password": "correct horse"})
    before = facts()
    act = bans.ban(actor=boss, person_id=spammer.pk, ground="spam", words="phone numbers")
    assert bans.ban(actor=boss, person_id=spammer.pk, ground="spam") == act
    assert not any(seen(post) for post in posts)
    assert not Session.objects.exists()
    assert not list(violations())
    bans.unban(actor=boss, person_id=spammer.pk)
    assert facts() == before
    assert not list(violations())


def test_a_ban_may_leave_the_posts_where_they_are(boss: User) -> None:
    spammer, posts = a_lively_place()
    bans.ban(actor=boss, person_id=spammer.pk, ground="rude", hide_posts=False)
    assert all(seen(post) for post in posts)


def test_staff_oneself_and_people_without_an_account_are_not_banned(boss: User) -> None:
    archived = User.objects.create(display_name="From the archive", is_imported=True, is_active=False)
    for nobody in (boss, admin(), agent(), moderator(), archived):
        with pytest.raises(Refused):
            bans.ban(actor=boss, person_id=nobody.pk, ground="spam")
    with pytest.raises(NotAllowed):
        bans.ban(actor=person(), person_id=person().pk, ground="spam")
    with pytest.raises(NotThere):
        bans.ban(actor=boss, person_id=10**12, ground="spam")
    with pytest.raises(Refused):
        hide(boss, reply(thread(), admin()), ban_authors=True)
    assert not BulkAct.objects.exists() and not User.objects.filter(banned_at__isnull=False).exists()


def test_only_moderators_hide_and_bring_back_and_they_say_why(boss: User) -> None:
    post = reply(thread())
    act = hide(boss, post)
    with pytest.raises(NotAllowed):
        bulk.undo(actor=person(), act_id=act.pk)
    with pytest.raises(NotAllowed):
        hide(person(), post)
    with pytest.raises(Refused):
        bulk.hide_many(actor=boss, answer_ids=[post.pk], ground="dull")
    with pytest.raises(Refused):
        bulk.hide_many(actor=boss, ground="spam")


def test_what_a_ban_hid_comes_back_even_after_its_answers_moved(boss: User) -> None:
    place, spammer = board(), person()
    one, other = thread(on=place), thread(on=place)
    post = reply(one, spammer)
    regrouping.merge(actor=boss, thread_id=one.pk, target_id=other.pk)
    bans.ban(actor=boss, person_id=spammer.pk, ground="spam")
    regrouping.undo(actor=boss, regrouping_id=one.regroupings.get().pk)
    post.refresh_from_db()
    assert post.hidden_for == "ban"
    bans.unban(actor=boss, person_id=spammer.pk)
    assert seen(post)
    assert not list(violations())


def test_banned_people_can_do_nothing(boss: User) -> None:
    spammer = person()
    bans.ban(actor=boss, person_id=spammer.pk, ground="spam")
    spammer = User.objects.with_standing().get(pk=spammer.pk)
    question = thread()
    with pytest.raises(NotAllowed):
        answers.answer(actor=spammer, thread_id=question.pk, body="Call us.")
    assert clock.now() >= spammer.banned_at
