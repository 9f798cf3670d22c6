"""Which conversation a mail of an archive belongs to, and what its subject is without all that was put before it."""

from datetime import UTC, datetime, timedelta

import pytest

from community.imports.mail_threads import By, Earlier, Node, arrange
from community.imports.subjects import is_reply, subject_key, tag_of, title_of

NOON = datetime(2023, 1, 2, 12, tzinfo=UTC)
TAGS = frozenset({"routers"})


def node(own: str, *links: str, days: float = 0, subject: str = "", reply: bool = False) -> Node:
    return Node(own, links, NOON + timedelta(days=days), subject, says_reply=reply)


def roots(*nodes: Node, known: dict[str, str] | None = None, earlier: tuple[Earlier, ...] = ()) -> dict[str, str]:
    return arrange(nodes, known or {}, earlier).root


def test_an_answer_follows_what_it_answers_wherever_that_stands_in_the_file() -> None:
    assert roots(node("c", "b"), node("b", "a"), node("a")) == {"a": "a", "b": "a", "c": "a"}


def test_the_way_to_a_lost_mail_leads_on_to_the_next_that_is_there() -> None:
    assert roots(node("a"), node("d", "lost", "a")) == {"a": "a", "d": "a"}


def test_mails_that_answer_each_other_in_a_circle_are_one_conversation_begun_by_the_earliest() -> None:
    assert roots(node("a", "c", days=1), node("b", "a", days=0), node("c", "b", days=2)) == dict.fromkeys("abc", "b")
    assert roots(node("a", "a")) == {"a": "a"}


def test_a_conversation_may_be_as_deep_as_it_likes() -> None:
    deep = [node("0"), *(node(str(n), str(n - 1)) for n in range(1, 50_000))]
    assert set(roots(*reversed(deep)).values()) == {"0"}


def test_a_reply_to_a_lost_mail_joins_its_subject_within_some_weeks_and_not_later() -> None:
    subject = "the printer forgets its address"
    first, soon, late = node("a", subject=subject), node("b", "x", days=20, subject=subject), None
    late = node("c", "y", days=80, subject=subject)
    found = arrange([first, soon, late], {})
    assert found.root == {"a": "a", "b": "a", "c": "c"}
    assert found.by == {By.NEW: 1, By.SUBJECT: 1, By.ORPHAN: 1}


def test_a_subject_that_says_nothing_joins_only_neighbours() -> None:
    assert roots(node("a", subject="help"), node("b", "x", days=5, subject="help"))["b"] == "b"
    assert roots(node("a", subject="help"), node("b", "x", days=1, subject="help"))["b"] == "a"
    assert roots(node("a", subject=""), node("b", "x", days=1, subject=""))["b"] == "b"


def test_who_asks_anew_under_an_old_subject_begins_a_conversation() -> None:
    subject = "the printer forgets its address"
    assert roots(node("a", subject=subject), node("b", days=1, subject=subject)) == {"a": "a", "b": "b"}


def test_replies_to_one_lost_mail_stay_together_whatever_time_lies_between() -> None:
    subject = "the printer forgets its address"
    found = roots(node("a", "lost", subject=subject), node("b", "lost", days=200, subject=subject))
    assert found == {"a": "a", "b": "a"}


def test_answers_to_a_mail_that_is_no_post_stay_together_under_the_earliest() -> None:
    lost = node("a")
    lost.is_left_out = True
    assert roots(lost, node("c", "a", days=2), node("b", "a", days=1)) == {"b": "b", "c": "b"}


def test_a_newer_archive_goes_on_with_what_was_imported_before() -> None:
    known = {"a": "a", "b": "a"}
    assert roots(node("c", "b"), node("d", "c"), known=known) == {"c": "a", "d": "a"}
    # What began a conversation here goes on beginning it, though its parent has come to light.
    assert roots(node("z"), node("a", "z"), node("e", "a"), known=known) == {"z": "z", "a": "a", "e": "a"}


def test_a_reply_joins_the_subject_of_an_earlier_import_too() -> None:
    old = (Earlier("q", "the printer forgets its address", NOON - timedelta(days=3)),)
    assert roots(node("a", reply=True, subject="the printer forgets its address"), earlier=old) == {"a": "q"}


@pytest.mark.parametrize(
    "subject",
    [
        *("[routers] A red light", "Re: [routers] A red light", "[Routers] RE: AW: A red light", "Re[2]: A red light"),
        *("SV: VS: A red light", "答复: 回复：A red light", "Fwd: [routers] Re: A red light", "R: I: A red light"),
        *(
            "Odp: A  red\n light",
            "[EXT] Re: A red light",
            "Antw: [routers] [routers] A red light",
            "RE(3): A red light",
        ),
        *("Отв: A red light", "ΑΠ: A red light", "YNT: A red light", "Vá: A red light", "RES: ENC: A red light"),
    ],
)
def test_one_conversation_has_one_subject(subject: str) -> None:
    assert title_of(subject, TAGS) == "A red light"
    assert subject_key(subject, TAGS) == subject_key("A red light", TAGS)
    assert is_reply(subject, TAGS) == (":" in subject or "：" in subject)


def test_what_the_author_put_before_a_subject_stays() -> None:
    assert title_of("[X310] A red light", TAGS) == "[X310] A red light"
    assert title_of("Error: a red light", TAGS) == "Error: a red light"
    assert title_of("Restart: how?", TAGS) == "Restart: how?"


def test_the_tag_of_a_list_is_found_behind_marks() -> None:
    assert tag_of("Re: AW: [Routers] A red light") == "routers"
    assert tag_of("A red light [1]") == ""


def test_a_subject_made_to_cost_time_costs_none() -> None:
    assert subject_key("Re: " * 100_000, TAGS) == ""
    assert len(title_of("[" * 200_000, TAGS)) == 1000
