"""Prepared queries: written once per kind of reader, and never for one person in particular."""

import pytest
from django.contrib.auth.models import Group

from community.models import Board, Thread, User
from community.reading.prepared import NOBODY, Prepared, number, run, together, word
from tests.factories import board, moderator, person, thread

pytestmark = pytest.mark.django_db

BOARDS = Prepared(lambda user: Board.objects.visible_to(user).order_by("name").values_list("name"), places=0)


def member_of(group: Group) -> User:
    user = person()
    user.groups.add(group)
    return User.objects.get(pk=user.pk)


def test_each_kind_of_reader_has_the_rows_visible_to_gives_them() -> None:
    groups = [Group.objects.create(name=name) for name in ("red", "blue")]
    for name, fields in (("a", {}), ("b", {"audience": "signed_in"})):
        board(name, **fields)
    for group in groups:
        board(f"for {group.name}", groups=[group])
    closed = person()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    readers = [NOBODY, person(), *map(member_of, groups), moderator(), moderator(second_factor=False)]
    readers.append(User.objects.get(pk=closed.pk))
    for _ in range(2):
        for reader in readers:
            expected = list(Board.objects.visible_to(reader).order_by("name").values_list("name"))
            assert list(BOARDS.rows(reader)) == expected, reader


def test_two_people_of_one_standing_share_the_sql_and_a_third_of_another_does_not() -> None:
    query = Prepared(lambda user: Board.objects.visible_to(user).values_list("name"), places=0)
    first, second = person(), person()
    assert query.ask(first).ready is query.ask(second).ready
    assert query.ask(moderator()).ready is not query.ask(first).ready


def test_a_query_that_would_remember_who_the_reader_is_cannot_be_made() -> None:
    query = Prepared(lambda user: Thread.objects.filter(asker=user).values_list("pk"), places=0)
    with pytest.raises(ValueError, match="only on their standing"):
        query.rows(person())


def test_queries_asked_together_bring_what_each_brings_alone() -> None:
    question = thread(title="100 % broken")
    by_id = Prepared(lambda user: Thread.objects.filter(pk=number(0)).values_list("title"), places=1)
    by_title = Prepared(lambda user: Thread.objects.filter(title=word(0)).values_list("pk", "asked_at"), places=1)
    none = Prepared(lambda user: Thread.objects.none().values_list("pk"), places=0)
    asked = [
        by_id.ask(NOBODY, question.pk),
        none.ask(NOBODY),
        by_title.ask(NOBODY, "100 % broken"),
        by_title.ask(NOBODY, "'; DROP TABLE community_thread; --"),
        by_id.ask(NOBODY, 0),
    ]
    assert together(*asked) == [run(each) for each in asked]
    assert together(*asked)[0] == [("100 % broken",)]


def test_whatever_stands_in_a_query_or_is_put_into_it_is_taken_as_it_is() -> None:
    titles = ["It's 100 %s broken", r"back\slash 100 % %% ' \' end"]
    threads = [thread(title=title) for title in titles]
    for title, question in zip(titles, threads, strict=True):
        always = Prepared(lambda user, t=title: Thread.objects.filter(title__contains=t).values_list("pk"), places=0)
        by_title = Prepared(lambda user: Thread.objects.filter(title=word(0)).values_list("pk"), places=1)
        assert always.rows(NOBODY) == by_title.rows(NOBODY, title) == [(question.pk,)]
        assert together(always.ask(NOBODY), by_title.ask(NOBODY, title)) == [[(question.pk,)]] * 2
    above = Prepared(lambda user: Thread.objects.filter(pk__gt=number(0)).order_by("pk").values_list("pk"), places=1)
    all_there = Prepared(lambda user: Thread.objects.filter(pk__gt=-5).order_by("pk").values_list("pk"), places=0)
    assert above.rows(NOBODY, -5) == all_there.rows(NOBODY) == [(each.pk,) for each in threads]
