"""What notices say by mail: to whom, in whose words, why, and how it ends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from community import clock
from community.actions import solutions, thanks
from community.mails.letters import Choice, Post, as_html, as_text
from community.models import Brand, Notification, Thread, User
from community.notices.fanout import fan_out_all
from community.notices.letters import Written, write_notice
from community.notices.notifiables import show
from tests.community.test_mails import Soundness
from tests.factories import person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://help.nordwave.example"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = SITE
    Brand.objects.update_or_create(pk=1, defaults={"name": "Nordwave"})


def letters_to(who: User) -> list[Written]:
    """The mails about everything this person is told of, oldest first."""
    fan_out_all()
    rows = Notification.objects.filter(recipient=who).order_by("pk")
    return [write_notice(row, shown, who) for row, shown in show(rows, who)]


def text_of(written: Written) -> str:
    return as_text(written.letter, Brand.objects.get(pk=1), SITE)


def html_of(written: Written) -> str:
    return as_html(written.letter, Brand.objects.get(pk=1), SITE)


def choices(written: Written) -> list[Choice]:
    return [part for part in written.letter.parts if isinstance(part, Choice)]


def why(written: Written) -> str:
    assert written.letter.why is not None
    return written.letter.why.reason


# The asker ------------------------------------------------------------------------------------------------------------
def test_the_asker_reads_the_answer_in_the_mail_and_may_say_that_it_solved_it() -> None:
    anna, ben = person("anna"), person("ben")
    with clock.at(datetime(2026, 5, 3, 9, tzinfo=UTC)):
        question = thread(anna)
    with clock.at(datetime(2026, 5, 4, 9, tzinfo=UTC)):
        answer = reply(question, ben, "Hold the **button** for ten seconds.")
        (mail,) = letters_to(anna)
    text, html = text_of(mail), html_of(mail)
    assert "> Hold the button for ten seconds." in text and "Hold the <strong>button</strong>" in html
    assert [button.label for button in choices(mail)[0].buttons] == ["Yes, solved", "Not yet"]
    assert f"{SITE}/solved/" in text and f"{SITE}/not-yet/" in text
    assert SITE + answer.get_absolute_url() in text and SITE + answer.get_absolute_url() in html
    assert why(mail) == "You get this because you asked this question on May 3."
    assert mail.letter.preheader == "Hold the button for ten seconds."
    assert mail.letter.subject == "Re: The router shows a red light" and mail.sender == "ben"
    assert Soundness(html).wrong == []


def test_who_has_a_solution_already_is_not_asked_for_one() -> None:
    anna = person("anna")
    question = thread(anna)
    first = reply(question)
    reply(question)
    solutions.accept(actor=anna, answer_id=first.pk)
    assert [choices(mail) for mail in letters_to(anna)] == [[], []]


def test_an_idea_is_not_solved_so_nobody_is_asked_whether_it_is() -> None:
    anna = person("anna")
    reply(thread(anna, kind=Thread.Kind.IDEA))
    (mail,) = letters_to(anna)
    assert choices(mail) == []


def test_those_who_watch_read_the_answer_but_do_not_decide() -> None:
    ben, carla = person("ben"), person("carla")
    question = thread()
    thanks.join(actor=carla, thread_id=question.pk)
    reply(question, ben)
    (mail,) = letters_to(carla)
    assert choices(mail) == [] and "Hold the button" in text_of(mail)
    assert why(mail).endswith("that you have this problem too.") and "on " in why(mail)


def test_a_very_long_answer_is_cut_and_the_rest_is_one_link_away() -> None:
    anna = person("anna")
    question = thread(anna)
    answer = reply(question, body="Press it again and again. " * 400)
    (mail,) = letters_to(anna)
    (post,) = [part for part in mail.letter.parts if isinstance(part, Post)]
    assert 2500 < len(post.text) < 3200 and post.text.endswith("…") and Soundness(html_of(mail)).wrong == []
    assert SITE + answer.get_absolute_url() in text_of(mail)
