"""`manage.py import_threads`: what comes in, what is turned away, and what a second run does."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from community import clock
from community.actions.answers import edit_answer
from community.actions.solutions import accept, withdraw
from community.actions.threads import edit_thread
from community.models import (
    Answer,
    Board,
    ChangeRow,
    ImportedIdentity,
    ImportedItem,
    ImportRun,
    Notification,
    OldAddress,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Watch,
)
from community.notices.fanout import fan_out_all
from tests import factories
from tests.community.import_files import Forum, answer, question

pytestmark = pytest.mark.django_db
Event = ThreadEvent.Kind


@pytest.fixture
def forum(tmp_path: Path) -> Forum:
    return Forum(tmp_path)


def thread_of(number: int) -> Thread:
    return ImportedItem.objects.select_related("thread").get(kind="question", external_id=str(number)).thread


def answer_of(number: int) -> Answer:
    return ImportedItem.objects.select_related("answer").get(kind="answer", external_id=str(number)).answer


def everything() -> dict[str, int]:
    models = [Thread, Answer, Solution, User, ImportedItem, ImportedIdentity, ThreadEvent, Board, OldAddress, ImportRun]
    return {model.__name__: model.objects.count() for model in [*models, ChangeRow]}


def no_number_has_drifted() -> bool:
    out = StringIO()
    call_command("recount", "--check", stdout=out, stderr=out)
    call_command("verify_integrity", stdout=out)
    return "No number has drifted" in out.getvalue()


def test_a_question_comes_with_its_words_its_board_its_tags_and_its_dates(forum: Forum) -> None:
    forum.write([question(7, num_votes="4", views="90")], [])
    forum.load()
    thread = thread_of(7)
    assert (thread.title, thread.body) == ("A red light", "It is **red**.")
    assert "<strong>red</strong>" in thread.body_html
    assert thread.board.name == "Router" and thread.language == "en"
    assert {tag.name for tag in thread.tags.all()} == {"setup", "wifi", "light"}
    assert thread.asked_at == datetime(2023, 1, 1, 2, 21, 46, tzinfo=UTC)
    assert (thread.me_too_count, thread.view_count, thread.is_imported) == (4, 90, True)
    event = ThreadEvent.objects.get(thread=thread)
    assert event.occurred_at == thread.asked_at and event.is_imported
    assert clock.now() - event.recorded_at < timedelta(minutes=5)


def test_packed_files_are_read_directly(forum: Forum) -> None:
    forum.write([question(1)], [answer(5, 1)], packed=True)
    forum.load()
    assert thread_of(1).answer_count == 1


def test_people_come_without_a_login_and_nobody_gets_mail(forum: Forum) -> None:
    forum.write([question(1, creator="bob@example.com", creator_email="Bob@Example.com")], [answer(2, 1, creator="")])
    forum.load()
    asker = thread_of(1).asker
    assert asker.display_name == "bob" and asker.username is None and asker.email == ""
    assert not asker.is_active and not asker.has_usable_password() and asker.is_imported
    assert ImportedIdentity.objects.get(user=asker).address_key == "bob@example.com"
    assert answer_of(2).author.display_name == "unknown"
    assert mail.outbox == []


def test_answers_stand_in_the_order_of_their_dates_wherever_they_stand_in_the_file(forum: Forum) -> None:
    late, early = "2023-01-03 00:00:00 +0000", "2023-01-02 00:00:00 +0000"
    forum.write(
        [question(1), question(2)],
        [answer(10, 1, created=late), answer(11, 2), answer(12, 1, created=early), answer(13, 1, creator="Ann")],
    )
    forum.load()
    assert [answer_of(number).position for number in (13, 12, 10)] == [1, 2, 3]
    assert (thread_of(1).state, thread_of(2).state) == ("responded", "responded")
    assert no_number_has_drifted()


def test_states_are_those_that_the_rows_say(forum: Forum) -> None:
    forum.write(
        [question(1), question(2), question(3, is_spam="true"), question(4, is_locked="true", is_archived="true")],
        [answer(10, 2), answer(11, 2, creator="Ann", created="2023-02-01T00:00:00Z"), answer(12, 1, is_spam="true")],
    )
    forum.load()
    assert (thread_of(1).state, thread_of(2).state) == ("new", "needs_attention")
    assert thread_of(3).hidden_at and answer_of(12).hidden_at
    assert thread_of(4).locked_at and thread_of(4).closed_at is None
    assert not Thread.objects.visible_to(factories.person()).filter(pk=thread_of(3).pk).exists()
    assert no_number_has_drifted()


def test_a_solution_is_the_askers_only_where_the_source_says_so(forum: Forum) -> None:
    solved = [
        question(1, solution="10", solved_by="Ann"),
        question(2, solution="11", solved_by="Ben"),
        question(3, solution="12", solved_by="Cat"),
        question(4, solution="13"),
        question(5, solution="14", solved_by="Ann"),
    ]
    forum.write(solved, [*[answer(9 + n, n) for n in (1, 2, 3, 4)], answer(14, 5, creator="Ann")])
    forum.load()
    found = {
        number: (s.resolution_class, s.accepted_by_asker, str(s.accepted_by))
        for number in range(1, 6)
        for s in Solution.objects.filter(thread=thread_of(number))
    }
    assert found == {
        1: ("peer", True, "Ann"),
        2: ("community", False, "None"),  # its own author cannot have accepted it: nobody knows who did
        3: ("community", False, "Cat"),
        4: ("community", False, "None"),
        5: ("self", True, "Ann"),
    }
    assert thread_of(1).state == "solved" and no_number_has_drifted()


def test_archived_questions_stay_open_unless_told_otherwise(forum: Forum) -> None:
    forum.write([question(1, is_archived="true")], [])
    assert "1 archived at the source, open here" in forum.load()
    assert thread_of(1).locked_at is None
    forum.write([question(2, is_archived="true")], [])
    forum.load("--lock-archived")
    assert thread_of(2).locked_at is not None


def test_a_long_title_is_cut_and_stands_whole_above_the_text(forum: Forum) -> None:
    long = "word " * 60
    forum.write([question(1, title=long), question(2, title="", content="<p>Only a text</p>")], [])
    forum.load()
    assert len(thread_of(1).title) <= 200 and long.strip() in thread_of(1).body
    assert thread_of(2).title == "Only a text"


def test_links_between_posts_lead_to_the_new_place_also_to_what_comes_later(forum: Forum) -> None:
    first = (
        '<p><a href="https://old.example.com/en-US/questions/2">later</a> <a href="/questions/2#answer-21">that</a> '
        '<a href="#answer-11">above</a> <a href="https://old.example.com/en-US/questions/99">gone</a> '
        '<a href="/questions/new">ask</a> <a href="https://elsewhere.example.com/questions/2">else</a></p>'
    )
    forum.write([question(1, content=first), question(2)], [answer(11, 1), answer(21, 2)])
    forum.load()
    thread, later = thread_of(1), thread_of(2)
    assert f"[later](/t/{later.pk}/a-red-light/)" in thread.body
    assert f"[that](/threads/{later.pk}/answers/1/)" in thread.body
    assert f"[above](/threads/{thread.pk}/answers/1/)" in thread.body
    assert "[gone](https://old.example.com/en-US/questions/99)" in thread.body
    assert "[ask](https://old.example.com/questions/new)" in thread.body
    assert "[else](https://elsewhere.example.com/questions/2)" in thread.body
    assert f'href="/t/{later.pk}/a-red-light/"' in thread.body_html and thread.version == 1


def test_a_text_that_new_addresses_would_make_too_long_keeps_its_old_ones(forum: Forum) -> None:
    links = '<a href="/questions/2">x</a> ' * 1300
    forum.write([question(1, content=f"<p>{links}</p>"), question(2, title="A title that makes a long address")], [])
    forum.load()
    assert "](/questions/2)" in thread_of(1).body and len(thread_of(1).body) <= 30_000


def test_a_second_run_imports_nothing_twice(forum: Forum) -> None:
    forum.write([question(1, solution="10", solved_by="Ann")], [answer(10, 1), answer(11, 1)])
    forum.load()
    before = everything()
    forum.load()
    assert everything() == before | {"ImportRun": before["ImportRun"] + 1}


def test_a_dry_run_reports_and_writes_nothing(forum: Forum) -> None:
    forum.write([question(1, solution="10"), question(2, created="soon")], [answer(10, 1)])
    before = everything()
    report = forum.load("--dry-run")
    assert everything() == before and "nothing was written" in report
    assert forum.rejected() == [("questions.csv", 3, "created is not a date")]


def test_a_later_run_brings_edits_answers_and_solutions(forum: Forum) -> None:
    forum.write([question(1)], [answer(10, 1)])
    forum.load()
    forum.write(
        [question(1, content="<p>Now green.</p>", solution="11", solved_by="Ann", num_votes="3")],
        [answer(10, 1, content="<p>Hold it longer.</p>", num_helpful="2"), answer(11, 1, creator="Cat")],
    )
    report = forum.load()
    thread = thread_of(1)
    assert (thread.body, thread.version, thread.me_too_count) == ("Now green.", 2, 3)
    assert thread.revisions.get(answer=None).body == "It is **red**."
    assert (answer_of(10).body, answer_of(10).version, answer_of(10).helpful_count) == ("Hold it longer.", 2, 2)
    assert answer_of(11).position == 2 and thread.state == "solved"
    assert no_number_has_drifted() and "updated" in report


def test_a_later_run_leaves_what_was_edited_here_alone(forum: Forum) -> None:
    forum.write([question(1)], [answer(10, 1)])
    forum.load()
    moderator = factories.moderator()
    edit_thread(actor=moderator, thread_id=thread_of(1).pk, version=1, title="Ours", body="Our words")
    edit_answer(actor=moderator, answer_id=answer_of(10).pk, version=1, body="Our answer")
    forum.write([question(1, content="<p>theirs</p>")], [answer(10, 1, content="<p>theirs</p>")])
    forum.load()
    assert (thread_of(1).title, thread_of(1).body, answer_of(10).body) == ("Ours", "Our words", "Our answer")
    counts = ImportRun.objects.latest("pk").counts
    assert counts["question"]["kept"] == counts["answer"]["kept"] == 1


def test_a_solution_accepted_or_withdrawn_here_is_never_replaced(forum: Forum) -> None:
    forum.write(
        [question(1), question(2, solution="20", solved_by="Ann")], [answer(10, 1), answer(11, 1), answer(20, 2)]
    )
    forum.load()
    moderator = factories.moderator()
    accept(actor=moderator, answer_id=answer_of(10).pk)
    withdraw(actor=moderator, thread_id=thread_of(2).pk)
    forum.write(
        [question(1, solution="11", solved_by="Ann"), question(2, solution="21", solved_by="Ann")], [answer(21, 2)]
    )
    forum.load()
    assert Solution.objects.get(thread=thread_of(1), withdrawn_at=None).answer == answer_of(10)
    assert thread_of(2).solved_at is None
    assert ImportRun.objects.latest("pk").counts["solution"]["kept"] == 2


def test_a_solution_changed_at_the_source_is_changed_here(forum: Forum) -> None:
    answers = [answer(10, 1), answer(11, 1)]
    forum.write([question(1, solution="10", solved_by="Ann")], answers)
    forum.load()
    forum.write([question(1, solution="11", solved_by="Ann")], answers)
    forum.load()
    first, second = Solution.objects.order_by("pk")
    assert first.withdrawal == "replaced" and second.answer == answer_of(11) and second.withdrawn_at is None
    assert no_number_has_drifted()


def test_spam_found_at_the_source_later_is_hidden_with_its_solution(forum: Forum) -> None:
    forum.write([question(1, solution="10", solved_by="Ann")], [answer(10, 1)])
    forum.load()
    forum.write([question(1, solution="10", solved_by="Ann")], [answer(10, 1, is_spam="true")])
    forum.load()
    assert answer_of(10).hidden_at and thread_of(1).solved_at is None
    assert no_number_has_drifted()


def test_nobody_is_told_of_what_was_imported_however_fresh_it_is(forum: Forum) -> None:
    forum.write([question(1)], [])
    forum.load()
    watcher = factories.person()
    Watch.objects.create(person=watcher, thread=thread_of(1), watched_at=clock.now())
    Watch.objects.create(person=watcher, board=thread_of(1).board, watched_at=clock.now())
    a_minute_ago = (clock.now() - timedelta(minutes=1)).isoformat()
    forum.write(
        [question(1, content="<p>new</p>", solution="10", solved_by="Ann"), question(2, created=a_minute_ago)],
        [answer(10, 1, created=a_minute_ago)],
    )
    forum.load()
    fan_out_all()
    assert Notification.objects.count() == 0 and mail.outbox == []


def test_followers_hear_of_every_imported_thread(forum: Forum) -> None:
    forum.write([question(1), question(2)], [])
    forum.load()
    assert set(ChangeRow.objects.values_list("thread_id", flat=True)) >= {thread_of(1).pk, thread_of(2).pk}


def test_a_thread_longer_than_a_batch_keeps_its_order(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.imports.stage.BATCH_ROWS", 2)
    many = [answer(100 + n, 1, created=f"2023-01-01 {n:02}:00:00 +0000") for n in range(20)]
    forum.write([question(1, solution="119", solved_by="Ann"), question(2)], many[::-1])
    forum.load()
    assert [answer_of(100 + n).position for n in range(20)] == list(range(1, 21))
    assert thread_of(1).answer_count == 20 and thread_of(1).state == "solved"
    assert no_number_has_drifted()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"created": "yesterday"}, "created is not a date"),
        ({"created": "2023-13-40 00:00:00 +0000"}, "created is not a date"),
        ({"created": "9999-01-01 00:00:00 +0000"}, "created is before 1970 or in the future"),
        ({"created": "0001-01-01 00:00:00 +2359"}, "created is not a date"),
        ({"created": ""}, "created is missing"),
        ({"id": ""}, "id is missing"),
        ({"id": "7'; --"}, "id is not an id (letters, digits, . _ - only, at most 60)"),
        ({"id": "1"}, "the id stands in an earlier row already"),
        ({"title": " ", "content": " "}, "title and content are empty"),
        ({"title": "a\x00b"}, "title contains NUL"),
        ({"content": "x" * 1_000_001}, "content has 1,000,001 characters, at most 500,000 are possible"),
        ({"num_votes": "9" * 40}, "num_votes is not a whole number"),
        ({"num_votes": "2147483648"}, "num_votes is too large a number"),
        ({"num_votes": "1e9"}, "num_votes is not a whole number"),
        ({"is_spam": "perhaps"}, "is_spam is neither true nor false"),
        ({"creator": "x" * 200}, "creator has 200 characters, at most 150 are possible"),
        ({"solution": "99"}, "the accepted answer is none of this question's: 99"),
        ({"solution": "10"}, "the accepted answer is none of this question's: 10"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_rest_goes_on(
    forum: Forum, fields: dict[str, str], reason: str
) -> None:
    forum.write([question(1, content="<p>two\nlines</p>"), question(2) | fields, question(3)], [answer(10, 1)])
    forum.load()
    assert forum.rejected() == [("questions.csv", 4, reason)]
    assert thread_of(1) and thread_of(3)


def test_answers_to_nothing_are_turned_away(forum: Forum) -> None:
    forum.write(
        [question(1)], [answer(10, 404), answer(11, 1, content=""), answer(12, 1, content="<script>x</script>")]
    )
    forum.load()
    reasons = [reason for _file, _line, reason in forum.rejected()]
    assert "there is no such question, or it was rejected: 404" in reasons
    assert "content is empty" in reasons and "nothing is left of the text" in reasons
    assert Answer.objects.count() == 0


def test_broken_utf8_and_half_characters_reject_their_row_only(forum: Forum) -> None:
    forum.write([question(1), question(2, title="MARK"), question(3)], [])
    forum.questions.write_bytes(forum.questions.read_bytes().replace(b"MARK", b"\xff\xfe \xed\xa0\x80"))
    forum.load()
    assert forum.rejected() == [("questions.csv", 3, "title is not valid UTF-8")]
    assert Thread.objects.count() == 2


def test_a_row_with_too_few_columns_is_rejected(forum: Forum) -> None:
    forum.write([question(1)], [])
    with forum.questions.open("a") as file:
        file.write("2,2023-01-01\n")
    forum.load()
    assert forum.rejected() == [("questions.csv", 3, "has 2 columns, the first line 19")]


def test_a_formula_in_an_id_does_nothing_in_a_spreadsheet(forum: Forum) -> None:
    forum.write([question("=1+1")], [])
    forum.load()
    assert "'=1+1" in forum.rejects.read_text()


def test_a_file_that_breaks_off_gives_what_came_before_and_says_where(forum: Forum) -> None:
    forum.write([question(n, content="x" * 5000 + str(n)) for n in range(1, 60)], [], packed=True)
    forum.questions.write_bytes(forum.questions.read_bytes()[:-40])
    with pytest.raises(CommandError, match=r"questions\.csv\.gz: breaks off after line"):
        forum.load()
    assert Thread.objects.exists()


def test_a_quotation_that_never_ends_does_not_fill_the_memory(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.imports.threads_csv.MAX_ROW", 50_000)
    forum.write([question(1)], [])
    with forum.questions.open("a") as file:
        file.write('2,"2023-01-01 00:00:00' + "\nmore" * 20_000)
    with pytest.raises(CommandError, match=r"a row is longer than 50,000 characters.*line 3"):
        forum.load()
    assert thread_of(1)


def test_missing_files_and_columns_are_said_in_a_sentence(forum: Forum) -> None:
    with pytest.raises(CommandError, match=r"questions\.csv: cannot be read: No such file"):
        forum.load()
    forum.questions.write_text("id,name\n1,x\n")
    with pytest.raises(CommandError, match="names no column created, title, content, creator"):
        forum.load()
    with pytest.raises(CommandError, match="no board “nowhere”"):
        forum.load("--board", "nowhere")


def test_hostile_markup_comes_out_as_words(forum: Forum) -> None:
    hostile = '<p onclick="x()">hi <script>alert(1)</script><a href="javascript:alert(1)">link</a></p>' + "<div>" * 3000
    forum.write([question(1, content=hostile, title="<b>Bold</b> \u202e title", tags="<script>;" + "t" * 300)], [])
    forum.load()
    thread = thread_of(1)
    assert "script" not in thread.body_html and "javascript" not in thread.body_html
    assert thread.title == "<b>Bold</b> title"


def test_everything_can_be_put_on_one_board(forum: Forum) -> None:
    board = factories.board("Archive")
    forum.write([question(1), question(2, product="phone")], [])
    forum.load("--board", board.slug)
    assert {thread_of(1).board, thread_of(2).board} == {board}


def test_the_run_is_recorded_with_its_counts(forum: Forum) -> None:
    forum.write([question(1)], [answer(10, 1)])
    forum.load()
    run = ImportRun.objects.get()
    assert run.finished_at and run.counts["question"] == {"imported": 1, "read": 1}
    assert json.dumps(run.counts)
