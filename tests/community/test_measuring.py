"""What suggestions do is recorded once and truly, whatever people, networks and impatient fingers send."""

import pytest

from community.actions import measuring
from community.models import FormSession, SuggestionEvent
from tests.factories import person, thread

pytestmark = pytest.mark.django_db


def test_a_form_is_followed_from_its_opening_to_the_question_it_became() -> None:
    shown, asker, token = thread(), person(), measuring.new_token()
    key = f"u:{asker.pk}"
    for _twice in range(2):
        assert measuring.open_form(person_key=key, token=token, surface="ask", board_id=shown.board_id) == ""
        measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk, shown.pk, 999])
        measuring.record_opened(person_key=key, token=token, thread_id=shown.pk)
        measuring.record_answer(person_key=key, token=token, thread_id=shown.pk, solved=True)
        measuring.record_answer(person_key=key, token=token, thread_id=shown.pk, solved=True, stops=False)
        measuring.record_me_too(person_key=key, token=token, thread_id=shown.pk)
        measuring.record_left(person_key=key, token=token)
    asked = thread(asker, shown.board)
    measuring.record_submitted(person_key=key, token=token, thread=asked)
    measuring.record_left(person_key=key, token=token)
    session = FormSession.objects.get()
    assert (session.person_key, session.left_at, session.submitted_thread) == (key, None, asked)
    rows = set(SuggestionEvent.objects.values_list("thread_id", "kind", "stops"))
    kinds = {("shown", None), ("opened", None), ("solved", False), ("me_too", None)}
    assert rows == {(shown.pk, kind, stops) for kind, stops in kinds}
