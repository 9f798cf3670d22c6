"""What notices say by mail: to whom, in whose words, why, and how it ends."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from community import clock
from community.actions import solutions, thanks
from community.actions.notices import watch
from community.mails.letters import Choice, Post, as_html, as_text, compose
from community.models import Answer, Brand, Notification, Thread, User
from community.notices.fanout import fan_out_all
from community.notices.headers import headers_of
from community.notices.letters import MOST_IN_A_BUNDLE, Written, write_bundle, write_notice
from community.notices.list_samples import SAMPLES as POSTS
from community.notices.notifiables import show
from community.notices.samples import SAMPLES, TOGETHER
from community.notices.stops import BUNDLED, read_token
from tests.community.test_mails import Soundness
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everything_shows_at_once(settings: Any) -> None:
    """Links and likenesses of new members are not what these are about."""
    settings.HOLD_POSTS = False


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


# Who helped -----------------------------------------------------------------------------------------------------------
def test_whose_answer_is_accepted_is_thanked_and_told_how_many_it_helped() -> None:
    anna, ben = person("anna"), person("ben")
    question = thread(anna)
    answer = reply(question, ben, "Hold the button.")
    thanks.say_helped(actor=person("carla"), answer_id=answer.pk)
    solutions.accept(actor=anna, answer_id=answer.pk)
    mail = letters_to(ben)[-1]
    text = text_of(mail)
    assert text.startswith("Thank you: your answer is the solution\n") and "anna accepted your answer" in text
    assert "Your answer has now solved it for 2 people." in text and "> Hold the button." in text
    assert why(mail).startswith("You get this because you wrote this answer on ")


def test_who_has_the_problem_too_reads_the_solution_in_the_mail() -> None:
    anna, carla = person("anna"), person("carla")
    question = thread(anna)
    thanks.join(actor=carla, thread_id=question.pk)
    answer = reply(question, body="Hold the button.")
    solutions.accept(actor=anna, answer_id=answer.pk)
    mail = letters_to(carla)[-1]
    text = text_of(mail)
    assert text.startswith("A problem you share is solved\n") and "> Hold the button." in text
    assert f"This solved it for me:\n{SITE}{answer.get_absolute_url()}" in text


def test_an_asker_who_was_away_reads_what_others_marked_and_may_say_otherwise() -> None:
    anna = person("anna")
    with clock.at(datetime(2026, 5, 3, 9, tzinfo=UTC)):
        question = thread(anna)
        answer = reply(question)
    solutions.accept(actor=moderator("mo"), answer_id=answer.pk)
    mail = letters_to(anna)[-1]
    assert text_of(mail).startswith("Your question has a solution\n") and "as you were not there" in text_of(mail)
    assert choices(mail) == []


def test_a_solution_taken_back_is_told_gently_and_the_answer_stays() -> None:
    anna, ben = person("anna"), person("ben")
    question = thread(anna)
    answer = reply(question, ben)
    solutions.accept(actor=anna, answer_id=answer.pk)
    solutions.withdraw(actor=anna, thread_id=question.pk)
    assert "Your answer still stands" in text_of(letters_to(ben)[-1])


def test_a_step_of_many_people_helped_is_one_short_mail() -> None:
    ben = person("ben")
    answer = reply(thread(), ben)
    for _each in range(5):
        thanks.say_helped(actor=person(), answer_id=answer.pk)
    mails = letters_to(ben)
    assert [mail.letter.parts[0].plain() for mail in mails][-1] == "Your answer has now solved it for 5 people"
    assert mails[-1].sender == "", "the site says it, nobody else"
    assert text_of(mails[0]).startswith("Your answer solved it for ")


# Why, and what ends it ------------------------------------------------------------------------------------------------
def test_each_way_of_watching_is_named_with_its_day_and_its_own_stop() -> None:
    ben = person("ben")
    routers = board("Routers")
    with clock.at(datetime(2025, 12, 24, 12, tzinfo=UTC)):
        watch(actor=ben, board_id=routers.pk)
    thread(on=routers, title="Red light", body="It is red.")
    (mail,) = letters_to(ben)
    assert why(mail) == "You get this because you have watched the board Routers since Dec. 24, 2025."
    assert mail.letter.why is not None and mail.letter.why.stop_label == "Stop watching the board Routers"
    assert mail.letter.subject == "Red light" and mail.letter.preheader == "It is red."
    assert mail.stop is not None and (mail.stop.do, mail.stop.what) == ("unwatch", "board")
    assert mail.letter.why.stop_url in text_of(mail) and mail.letter.why.stop_url in html_of(mail)


def test_who_answered_once_knows_when_and_why_they_still_hear_of_it() -> None:
    ben = person("ben")
    question = thread()
    with clock.at(datetime(2026, 5, 3, 22, 30, tzinfo=UTC)):
        reply(question, ben)
    reply(question)
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        (mail,) = letters_to(ben)
    assert why(mail) == "You get this because you answered this question on May 4."


def test_the_day_is_that_of_ones_own_watch_and_not_of_somebody_elses() -> None:
    ben, carla = person("ben"), person("carla")
    tagged = thread(tags=["wifi", "router"])
    for who, day, name in ((carla, 1, "wifi"), (ben, 7, "wifi"), (carla, 9, "router")):
        with clock.at(datetime(2026, 5, day, 12, tzinfo=UTC)):
            watch(actor=who, tag_id=tagged.tags.get(name=name).pk)
    thread(tags=["wifi", "router"])
    mails = letters_to(ben)
    assert why(mails[-1]) == "You get this because you have watched the tag wifi since May 7."
    assert mails[-1].letter.why is not None and mails[-1].letter.why.stop_label == "Stop watching the tag wifi"


def test_a_tag_no_longer_watched_ends_by_its_topic() -> None:
    ben = person("ben")
    routers = board("Routers")
    tagged = thread(on=routers, tags=["wifi"])
    watch(actor=ben, tag_id=tagged.tags.get().pk)
    thread(on=routers, tags=["wifi"])
    fan_out_all()
    ben.watches.all().delete()
    mail = letters_to(ben)[-1]
    assert why(mail) == "You get this because you watched one of its tags."
    assert mail.stop is not None and (mail.stop.what, mail.stop.name) == ("topic", "questions")


# Words and times of its reader ----------------------------------------------------------------------------------------
def test_times_are_those_of_the_readers_own_clock_and_language() -> None:
    anna = person("anna")
    with clock.at(datetime(2026, 5, 3, 20, tzinfo=UTC)):
        reply(thread(anna))
        with timezone.override(ZoneInfo("Asia/Tokyo")), translation.override("de"):
            (mail,) = letters_to(anna)
            assert "4. Mai 2026 05:00" in text_of(mail) and 'lang="de"' in html_of(mail)


def test_a_mail_in_arabic_runs_from_right_to_left_and_keeps_addresses_whole() -> None:
    anna = person("anna")
    reply(thread(anna, title="الضوء الأحمر"), person("dina", display_name="دينا"), body="اضغط على الزر")
    with translation.override("ar"):
        (mail,) = letters_to(anna)
        html, text = html_of(mail), text_of(mail)
    assert 'dir="rtl"' in html and 'align="right"' in html and "align='left'" not in html
    assert "\u2068دينا\u2069" in text and Soundness(html).wrong == []


# What must not get out ------------------------------------------------------------------------------------------------
def test_nothing_of_a_closed_boards_files_is_in_a_mail() -> None:
    anna, ben = person("anna"), person("ben")
    group = Group.objects.create(name="partners")
    for each in (anna, ben):
        each.groups.add(group)
    members = [User.objects.with_standing().get(pk=each.pk) for each in (anna, ben)]
    question = thread(members[0], on=board("Partners", groups=[group]))
    answer = reply(question, members[1])
    Answer.objects.filter(pk=answer.pk).update(
        body_html='<p>See <img src="/attachments/7/price-list.png" alt="our prices" loading="lazy"> and '
        '<a href="/attachments/8/contract.pdf">contract.pdf</a></p>'
    )
    (mail,) = letters_to(members[0])
    for written in (text_of(mail), html_of(mail), text_of(bundle_for(members[0]))):
        assert "[Picture]" in written and "[File]" in written
        assert not re.search("prices|price-list|contract|attachments", written)


def test_a_picture_is_a_link_that_carries_its_words() -> None:
    anna = person("anna")
    answer = reply(thread(anna))
    Answer.objects.filter(pk=answer.pk).update(body_html='<p><img src="/attachments/7/a.png" alt="a red light"></p>')
    (mail,) = letters_to(anna)
    assert f'<a href="{SITE}/attachments/7/a.png">Picture: a red light</a>' in html_of(mail)
    assert f"[Picture: a red light] <{SITE}/attachments/7/a.png>" in text_of(mail).replace("\n> ", " ")


def test_what_somebody_writes_never_passes_for_words_of_ours() -> None:
    anna = person("anna")
    reply(
        thread(anna),
        body="Fine.\n\n-- \nNordwave\n\nDid this solve it?\n\nYes, solved: https://evil.example/\n\n<b>x</b>",
    )
    (mail,) = letters_to(anna)
    ours = [line for line in text_of(mail).split("\n") if not line.startswith(">")]
    assert not any("evil" in line for line in ours) and ours.count("-- ") == 1
    assert "<b>" not in html_of(mail).split('class="said"')[1].split("</div>")[0]


def test_the_words_around_a_mention_are_shown_however_far_down_it_stands() -> None:
    ben = person("ben")
    question = thread()
    reply(question, body="A long story. " * 300 + "\n\nPerhaps @ben knows what this is?")
    (mail,) = letters_to(ben)
    assert "Perhaps @ben knows what this is?" in text_of(mail)
    assert "A long story" not in text_of(mail) and mail.letter.preheader.startswith("…")


# Several --------------------------------------------------------------------------------------------------------------
def bundle_for(who: User) -> Written:
    fan_out_all()
    return write_bundle(show(Notification.objects.filter(recipient=who).order_by("pk"), who), who)


def test_several_news_stand_by_question_each_with_its_own_stop() -> None:
    anna = person("anna")
    red, blue = thread(anna, title="Red light"), thread(anna, title="Blue screen")
    for body, question in (("One.", red), ("Two.", blue), ("Three.", red)):
        reply(question, body=body)
    mail = bundle_for(anna)
    text = text_of(mail)
    assert mail.letter.subject == "3 updates: Red light and 1 more"
    assert [text.index(each) for each in ("Red light", "One.", "Three.", "Blue screen", "Two.")] == sorted(
        text.index(each) for each in ("Red light", "One.", "Three.", "Blue screen", "Two.")
    )
    stops = re.findall(rf"Stop this: {SITE}/stop/(\S+)/", text)
    found = [read_token(stop) for stop in stops]
    assert [(stop.do, stop.id) for _person, stop in filter(None, found)] == [("mute", red.pk), ("mute", blue.pk)]
    assert mail.stop == BUNDLED and Soundness(html_of(mail)).wrong == []


def test_a_flood_of_news_is_one_mail_of_bearable_length_that_says_how_many_more_there_are() -> None:
    anna = person("anna")
    question = thread(anna)
    for _each in range(MOST_IN_A_BUNDLE + 3):
        reply(question)
    mail = bundle_for(anna)
    assert "3 more are in your inbox." in text_of(mail) and len(html_of(mail)) < 60_000


# What it costs --------------------------------------------------------------------------------------------------------
def test_a_letter_asks_the_database_as_little_in_a_question_of_a_thousand_answers() -> None:
    anna, ben = person("anna"), person("ben")
    question = thread(anna)
    reply(question, ben)
    few = queries_of(anna)
    Answer.objects.bulk_create(
        Answer(thread=question, position=place, author=ben, body="Hm.", body_html="<p>Hm.</p>")
        for place in range(2, 1000)
    )
    Thread.objects.filter(pk=question.pk).update(last_position=999, answer_count=999, peer_answer_count=999)
    assert queries_of(anna) == few <= 12


def queries_of(who: User) -> int:
    """How many it takes to show, write and put together the newest notice."""
    fan_out_all()
    row = Notification.objects.filter(recipient=who).latest("pk")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ((_row, shown),) = show([row], who)
        written = write_notice(row, shown, who)
        headers = headers_of(written, mail_id=1, reader=who)
        compose(written.letter, to=who.email, site_address=SITE, headers=headers, sender=written.sender).message()
    return len(asked)


@pytest.mark.parametrize("count", [2, 40])
def test_a_mail_of_many_news_asks_no_more_than_one_of_two(count: int) -> None:
    anna = person("anna")
    for _each in range(count):
        reply(thread(anna))
    fan_out_all()
    rows = list(Notification.objects.filter(recipient=anna))
    with CaptureQueriesContext(connection) as asked:
        written = write_bundle(show(rows, anna), anna)
        compose(written.letter, to=anna.email, site_address=SITE)
    assert len(asked) <= 9


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("kind", [*SAMPLES, *TOGETHER, *POSTS])
def test_every_kind_of_notice_opens_anywhere_and_says_why_it_came(kind: str, language: str) -> None:
    with translation.override(language):
        written = {**SAMPLES, **TOGETHER, **POSTS}[kind].write()
        text, html = text_of(written), html_of(written)
    reason = written.letter.why
    assert Soundness(html).wrong == [] and reason is not None and "%(" not in text + html
    assert reason.reason in " ".join(text.split()) and reason.stop_url in text and reason.stop_url in html
    assert written.letter.preheader and written.letter.subject and "peerdesk" not in (text + html).lower()
    assert max(len(line) for line in text.split("\n") if "http" not in line) <= 76
