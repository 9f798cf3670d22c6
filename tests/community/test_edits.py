"""Editing: no edit is lost, earlier texts are kept, and staff can compare them."""

import pytest
from django.test import Client

from community.actions import answers, moderation, threads
from community.content.diffs import MOST_LINES, MOST_WORK, compare
from community.errors import EditConflict, NotAllowed
from community.integrity import violations
from community.models import AuditEntry, Revision, Thread
from tests.factories import agent, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client: Client):
    user = person("anna")
    client.force_login(user)
    return user


def test_an_asker_edits_and_the_earlier_text_is_kept(client, anna) -> None:
    question = thread(anna, title="Old title", body="Old words", tags=["wifi"], product_version="1")
    page = client.get(f"/threads/{question.pk}/edit/")
    assert page.context["form"]["tags"].value() == "wifi"
    sent = {"title": "New title", "body": "New words", "version": "1", "tags": "wifi, led", "product_version": "2"}
    said = client.post(f"/threads/{question.pk}/edit/", sent)
    changed = Thread.objects.get()
    assert (said.status_code, said["Location"]) == (303, changed.get_absolute_url())
    assert (changed.title, changed.body, changed.version, changed.product_version) == ("New title", "New words", 2, "2")
    assert {tag.name for tag in changed.tags.all()} == {"wifi", "led"}
    kept = Revision.objects.get()
    assert (kept.version, kept.title, kept.body, kept.editor) == (1, "Old title", "Old words", anna)
    assert list(violations()) == []


def test_two_who_edit_at_once_both_keep_their_words(client, anna) -> None:
    question = thread(anna, title="Title", body="first line\nold words\nlast line")
    theirs = "first line\ntheir words\nlast line"
    threads.edit_thread(actor=moderator(), thread_id=question.pk, version=1, title="Title", body=theirs)
    sent = {"title": "Title", "body": "first line\nmy words\nlast line", "version": "1"}
    said = client.post(f"/threads/{question.pk}/edit/", sent)
    page = said.content.decode()
    assert said.status_code == 409
    assert Thread.objects.get().body == theirs
    assert "first line\ntheir words\nlast line</textarea>" in page
    assert said.context["form"]["body"].value() == sent["body"]
    assert "<del>their</del>" in page
    assert "<ins>my</ins>" in page
    again = client.post(f"/threads/{question.pk}/edit/", sent | {"version": said.context["form"]["version"].value()})
    assert again.status_code == 303
    assert Thread.objects.get().body == sent["body"]
    assert [row.body for row in Revision.objects.order_by("version")] == [question.body, theirs]


def test_two_who_edit_an_answer_at_once_both_keep_their_words(client, anna) -> None:
    said = reply(thread(), anna, "old")
    answers.edit_answer(actor=moderator(), answer_id=said.pk, version=1, body="theirs")
    page = client.post(f"/answers/{said.pk}/edit/", {"body": "mine", "version": "1"})
    assert page.status_code == 409
    assert page.context["form"]["body"].value() == "mine"
    said.refresh_from_db()
    assert (said.body, said.version) == ("theirs", 2)


def test_the_second_press_of_a_double_click_is_no_conflict_with_oneself(client, anna) -> None:
    question = thread(anna)
    said = reply(question, anna)
    for address, sent in (
        (f"/threads/{question.pk}/edit/", {"title": "T", "body": "B", "tags": "a", "version": "1"}),
        (f"/answers/{said.pk}/edit/", {"body": "B", "version": "1"}),
    ):
        assert [client.post(address, sent).status_code for _ in range(2)] == [303, 303]
    assert Revision.objects.count() == 2


def test_the_same_words_with_other_tags_are_a_conflict_all_the_same(anna) -> None:
    question = thread(anna, title="T", body="B")
    changes = {"thread_id": question.pk, "version": 1, "title": "T", "body": "B2"}
    threads.edit_thread(actor=anna, **changes, tags=["a"])
    with pytest.raises(EditConflict):
        threads.edit_thread(actor=anna, **changes, tags=["b"])
    with pytest.raises(EditConflict):
        threads.edit_thread(actor=moderator(), **changes, tags=["a"])


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1" * 1_000_000, str(2**31)])
def test_a_made_up_version_is_told(client, anna, version) -> None:
    question = thread(anna)
    said = client.post(f"/threads/{question.pk}/edit/", {"title": "T", "body": "B", "version": version})
    assert said.status_code == 422
    assert Thread.objects.get().version == 1


def test_a_version_of_the_future_is_a_conflict(client, anna) -> None:
    question = thread(anna)
    assert client.post(f"/threads/{question.pk}/edit/", {"title": "T", "body": "B", "version": "7"}).status_code == 409


def test_only_the_author_and_moderators_edit(client, anna) -> None:
    question, said = thread(), reply(thread())
    for address in (f"/threads/{question.pk}/edit/", f"/answers/{said.pk}/edit/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"title": "T", "body": "B", "version": "1"}).status_code == 403
        assert Client().get(address).status_code == 302
    with pytest.raises(NotAllowed):
        threads.edit_thread(actor=agent(), thread_id=question.pk, version=1, title="T", body="B")
    assert not Revision.objects.exists()


def test_a_moderators_edit_leaves_an_audit_row_and_an_authors_does_not(anna) -> None:
    said = reply(thread(), anna)
    answers.edit_answer(actor=anna, answer_id=said.pk, version=1, body="mine")
    assert not AuditEntry.objects.exists()
    answers.edit_answer(actor=moderator(), answer_id=said.pk, version=2, body="tidied")
    assert AuditEntry.objects.get().verb == "edit_answer"


def test_locked_and_hidden_posts_are_no_longer_edited_by_their_authors(client, anna) -> None:
    question = thread(anna)
    said = reply(question, anna)
    moderation.hide_answer(actor=moderator(), answer_id=said.pk)
    assert client.get(f"/answers/{said.pk}/edit/").status_code == 404
    moderation.lock(actor=moderator(), thread_id=question.pk)
    assert client.get(f"/threads/{question.pk}/edit/").status_code == 403


# Earlier texts --------------------------------------------------------------------------------------


def test_staff_compare_earlier_texts_and_nobody_else_does(client, anna) -> None:
    question = thread(anna, title="T", body="one two three")
    said = reply(question, anna, "red light")
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title="T2", body="one 2 three")
    answers.edit_answer(actor=anna, answer_id=said.pk, version=1, body="green light")
    addresses = (f"/threads/{question.pk}/history/", f"/answers/{said.pk}/history/")
    for address in addresses:
        assert client.get(address).status_code == 403
        assert Client().get(address).status_code == 302
        assert client.post(address).status_code == 405
    client.force_login(agent())
    pages = [client.get(address).content.decode() for address in addresses]
    assert "<del>two</del>" in pages[0]
    assert "<ins>2</ins>" in pages[0]
    assert "<del>T</del>" in pages[0]
    assert "<ins>green</ins>" in pages[1]


def test_history_of_what_is_out_of_sight_is_not_there(client) -> None:
    said = reply(thread())
    moderation.hide_answer(actor=moderator(), answer_id=said.pk)
    client.force_login(agent())
    assert client.get(f"/answers/{said.pk}/history/").status_code == 404
    client.force_login(moderator())
    assert client.get(f"/answers/{said.pk}/history/").status_code == 200


def test_history_escapes_what_people_wrote(client, anna) -> None:
    said = reply(thread(), anna, "<script>alert(1)</script> old")
    answers.edit_answer(actor=anna, answer_id=said.pk, version=1, body="<script>alert(1)</script> new")
    client.force_login(moderator())
    assert "<script>alert" not in client.get(f"/answers/{said.pk}/history/").content.decode()


def test_a_long_history_goes_on_page_by_page(client, anna) -> None:
    said = reply(thread(), anna, "v1")
    for version in range(1, 13):
        answers.edit_answer(actor=anna, answer_id=said.pk, version=version, body=f"v{version + 1}")
    client.force_login(moderator())
    seen = []
    address = f"/answers/{said.pk}/history/"
    first = client.get(address)
    second = client.get(f"{address}?before={first.context['older']}")
    for page in (first, second):
        seen += [(step["number"], step["diff"][0].pieces[0][0]) for step in page.context["steps"]]
    assert seen == [(number, f"v{number - 1}") for number in range(13, 1, -1)]
    assert second.context["older"] is None
    for nonsense in ("x", "-1", "9" * 50):
        assert client.get(f"{address}?before={nonsense}").status_code == 200


# Comparing --------------------------------------------------------------------------------------


def rebuilt(old: str, new: str) -> tuple[str, str]:
    """Both texts read back from the comparison (which must not leave lines out)."""
    lines = compare(old, new)
    assert not [line for line in lines if line.kind == "gap"]
    sides = []
    for kinds in ({"same", "out"}, {"same", "in"}):
        sides.append("\n".join("".join(text for text, _c in line.pieces) for line in lines if line.kind in kinds))
    return sides[0], sides[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a", "b"),
        ("", "a"),
        ("a\nb\nc", "a\nc"),
        ("a\nc", "a\nb\nc"),
        ("one two", "one  two three"),
        ("a\n\nb", "a\nb\n\n"),
        ("日本語 テキスト", "日本語の テキスト"),
        ("x\n" * 3, "x\n" * 2),
    ],
)
def test_a_comparison_tells_both_texts_whole(old, new) -> None:
    assert rebuilt(old, new) == (old, new)


def test_equal_texts_have_no_difference_and_long_equal_parts_are_left_out() -> None:
    assert compare("a", "a") == []
    same = "\n".join(str(number) for number in range(100))
    lines = compare(same + "\nold", same + "\nnew")
    assert (lines[0].kind, lines[0].left_out) == ("gap", 97)


def test_what_would_be_dear_to_compare_is_shown_as_taken_out_and_put_in() -> None:
    many = compare("\n".join("a" for _ in range(MOST_LINES + 9)), "\n".join("ab"[at % 2] for at in range(250)))
    assert "same" not in {line.kind for line in many[1:]}, "lines are not matched one by one beyond the bound"
    one_line = compare("! " * 15_000, "? " * 15_000)
    assert [line.pieces for line in one_line] == [(("! " * 15_000, True),), (("? " * 15_000, True),)]
    words = compare("\n".join(f"{at} " * 150 for at in range(150)), "\n".join(f"{at}? " * 150 for at in range(150)))
    assert sum(len(line.pieces) > 1 for line in words) * 300 * 450 / 2 <= MOST_WORK
    assert len(words) == 300
