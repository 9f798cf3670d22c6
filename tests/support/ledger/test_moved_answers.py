"""Answers that move to another question take what they were worth along, and lose it there too."""

import pytest

from community import clock
from community.actions import moderation, regrouping, thanks
from community.models import Answer
from support.actions.ledger import rebuild
from tests.factories import moderator, person
from tests.support.ledger.acts import DAY, HOUR, MAY, advanced, solved, told

pytestmark = pytest.mark.django_db


def test_an_answer_that_is_hidden_where_it_moved_to_is_removed_for_everybody_it_had_helped() -> None:
    duplicate, original, boss, other = solved(), solved(MAY + HOUR), moderator(), person()
    given = duplicate.answers.get()
    with clock.at(MAY + 2 * HOUR):
        thanks.join(actor=other, thread_id=duplicate.pk)
    with clock.at(MAY + 3 * HOUR):
        thanks.say_helped(actor=other, answer_id=given.pk)
    advanced(MAY + 10 * DAY)
    with clock.at(MAY + 11 * DAY):
        regrouping.merge(actor=boss, thread_id=duplicate.pk, target_id=original.pk)
    advanced(MAY + 12 * DAY)
    copy = Answer.objects.get(thread=original, body=given.body, author=given.author)
    with clock.at(MAY + 13 * DAY):
        moderation.hide_answer(actor=boss, answer_id=copy.pk)
    advanced(MAY + 14 * DAY)
    gone = "answer_removed_or_flagged_wrong"
    assert told() == [
        ["pending", "credited", "credited", gone],
        ["pending", "credited"],
        ["pending", "credited", "credited", gone],
    ]
    assert rebuild(check=True).differing == 0


def test_a_solution_that_is_split_off_is_none_of_its_question_any_more() -> None:
    asked, target, boss, other = solved(), solved(MAY + HOUR), moderator(), person()
    given = asked.answers.get()
    with clock.at(MAY + 2 * HOUR):
        thanks.join(actor=other, thread_id=asked.pk)
    with clock.at(MAY + 3 * HOUR):
        thanks.say_helped(actor=other, answer_id=given.pk)
    advanced(MAY + DAY)
    with clock.at(MAY + 2 * DAY):
        moved = regrouping.split(actor=boss, thread_id=asked.pk, answer_ids=[given.pk], target_id=target.pk)
    advanced(MAY + 10 * DAY)
    assert told() == [["pending", "unaccepted"], ["pending", "credited"], ["pending", "credited"]]
    with clock.at(MAY + 11 * DAY):
        regrouping.undo(actor=boss, regrouping_id=moved.pk)
    advanced(MAY + 12 * DAY)
    assert told()[0] == ["pending", "unaccepted", "credited"]
    assert rebuild(check=True).differing == 0
