"""`manage.py import_stackexchange`: a dump's threads, people, comments, votes, and what is refused."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from community.models import Answer, ImportedIdentity, ImportedItem, Solution, Thread, User
from tests.community.import_files import dump

pytestmark = pytest.mark.django_db

ASKED = {"PostTypeId": 1, "CreationDate": "2016-12-06T17:10:44.557", "Title": "Which lamp?", "Body": "<p>Which?</p>"}
ANSWERED = {"PostTypeId": 2, "CreationDate": "2016-12-07T10:00:00.000", "Body": "<p>This one.</p>"}
USERS = [{"Id": 4, "DisplayName": "Ann", "CreationDate": "2016-12-01T00:00:00"}, {"Id": 5, "DisplayName": "Ben"}]


def load(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_stackexchange", str(folder), "--reject", str(folder / "rejected.csv"), *options, stdout=out)
    return out.getvalue()


def rejected(folder: Path) -> list[tuple[str, str, str]]:
    with (folder / "rejected.csv").open(newline="") as file:
        return [(row["file"], row["line"], row["reason"]) for row in csv.DictReader(file)]


def thread_of(number: int) -> Thread:
    return ImportedItem.objects.get(kind="question", external_id=str(number)).thread


def answer_of(number: int) -> Answer:
    return ImportedItem.objects.get(kind="answer", external_id=str(number)).answer


def site(folder: Path, **more: Any) -> Path:
    posts = [
        {"Id": 1, "OwnerUserId": 4, "AcceptedAnswerId": 2, "ViewCount": 226, "Tags": "<zwave><smart-home>", **ASKED},
        {"Id": 2, "ParentId": 1, "OwnerUserId": 5, **ANSWERED},
        {"Id": 3, "ParentId": 1, "OwnerDisplayName": "user77", **ANSWERED},
        {"Id": 4, "PostTypeId": 4, "CreationDate": "2016-12-06T17:10:44", "Body": "a tag's page"},
    ]
    return dump(folder / "lamps.stackexchange.com", Posts=posts, Users=USERS, **more)


def test_a_dump_becomes_a_board_with_its_threads_people_and_tags(tmp_path: Path) -> None:
    load(site(tmp_path))
    thread = thread_of(1)
    assert (thread.board.name, thread.title, thread.view_count) == ("Lamps", "Which lamp?", 226)
    assert {tag.name for tag in thread.tags.all()} == {"zwave", "smart-home"}
    assert str(thread.asker) == "Ann" and thread.asker.date_joined.year == 2016
    assert str(answer_of(3).author) == "user77"
    assert set(ImportedIdentity.objects.values_list("source", flat=True)) == {"stackexchange:lamps"}
    assert Thread.objects.count() == 1 and thread.answer_count == 2


def test_the_asker_accepted_on_the_day_of_the_vote(tmp_path: Path) -> None:
    votes = [
        {"Id": 1, "PostId": 2, "VoteTypeId": 1, "CreationDate": "2016-12-09T00:00:00.000"},
        {"Id": 2, "PostId": 2, "VoteTypeId": 2, "CreationDate": "2016-12-09T00:00:00.000"},
        {"Id": 3, "PostId": 2, "VoteTypeId": 2, "CreationDate": "2016-12-09T00:00:00.000"},
        {"Id": 4, "PostId": 2, "VoteTypeId": 3, "CreationDate": "2016-12-09T00:00:00.000"},
        {"Id": 5, "PostId": 1, "VoteTypeId": 2, "CreationDate": "2016-12-09T00:00:00.000"},
    ]
    load(site(tmp_path, Votes=votes))
    solution = Solution.objects.get()
    assert (solution.resolution_class, solution.accepted_by_asker, solution.accepted_at.day) == ("peer", True, 9)
    assert answer_of(2).helpful_count == 2 and thread_of(1).me_too_count == 0


def test_comments_stand_as_quotes_at_the_end_of_their_post(tmp_path: Path) -> None:
    comments = [
        {"Id": 2, "PostId": 2, "Text": "Thanks, `it` works", "CreationDate": "2016-12-09T00:00:00", "UserId": 4},
        {"Id": 1, "PostId": 2, "Text": "Really?", "CreationDate": "2016-12-08T00:00:00", "UserDisplayName": "x*y"},
    ]
    load(site(tmp_path, Comments=comments))
    body = answer_of(2).body
    assert body == (
        "This one.\n\n**Comments**\n\n> **x\\*y**, 2016-12-08: Really?\n\n> **Ann**, 2016-12-09: Thanks, `it` works"
    )


def test_a_duplicate_is_linked_to_the_earlier_question(tmp_path: Path) -> None:
    folder = site(
        tmp_path,
        PostLinks=[{"Id": 1, "PostId": 9, "RelatedPostId": 1, "LinkTypeId": 3}],
    )
    posts = (
        (folder / "Posts.xml")
        .read_text()
        .replace(
            "</posts>",
            '<row Id="9" PostTypeId="1" CreationDate="2017-01-01T00:00:00" Title="Again" Body="x" OwnerUserId="5"'
            ' ClosedDate="2017-01-02T00:00:00" /></posts>',
        )
    )
    (folder / "Posts.xml").write_text(posts)
    load(folder)
    assert thread_of(9).linked_from == thread_of(1) and thread_of(9).state == "closed"


def test_a_dry_run_writes_no_people_either(tmp_path: Path) -> None:
    people = User.objects.count()
    assert "nothing was written" in load(site(tmp_path), "--dry-run")
    assert (User.objects.count(), ImportedIdentity.objects.count(), Thread.objects.count()) == (people, 0, 0)


def test_a_second_dump_brings_only_what_is_new(tmp_path: Path) -> None:
    folder = site(tmp_path)
    load(folder)
    comments = [{"Id": 2, "PostId": 2, "Text": "New", "CreationDate": "2016-12-09T00:00:00", "UserId": 4}]
    load(site(tmp_path, Comments=comments))
    assert answer_of(2).version == 2 and "New" in answer_of(2).body
    assert answer_of(3).version == 1 and Thread.objects.count() == 1 and Answer.objects.count() == 2


def test_a_malformed_row_is_rejected_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = site(tmp_path)
    lines = (folder / "Posts.xml").read_text().splitlines()
    lines[4:4] = ['  <row Id="20" PostTypeId="1" Title="a < b" />', '  <row Id="21" Body="never closed />']
    (folder / "Posts.xml").write_text("\n".join(lines))
    load(folder)
    assert [(file, line) for file, line, _reason in rejected(folder)] == [("Posts.xml", "5"), ("Posts.xml", "6")]
    assert thread_of(1).answer_count == 2


def test_a_dump_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    folder = site(tmp_path)
    text = (folder / "Posts.xml").read_text()
    (folder / "Posts.xml").write_text(text[: text.index('Id="3"')])
    with pytest.raises(CommandError, match=r"Posts.xml, line 5: the file breaks off"):
        load(folder)
    assert thread_of(1).answer_count == 1


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE posts SYSTEM "http://evil.example/bomb.dtd">',
    ],
)
def test_entities_and_document_types_are_refused(tmp_path: Path, declared: str) -> None:
    folder = site(tmp_path)
    text = (folder / "Posts.xml").read_text().replace("<posts>", f"{declared}\n<posts>").replace("one.", "&b;&c;")
    (folder / "Posts.xml").write_text(text)
    with pytest.raises(CommandError, match="declares a document type"):
        load(folder)
    assert Thread.objects.count() == 0


def test_what_is_no_dump_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"there is no Posts\.xml in it"):
        load(tmp_path)
    (tmp_path / "Posts.xml").write_bytes(b"\x00\x01PK")
    with pytest.raises(CommandError, match=r"Posts\.xml, line 1: is not XML"):
        load(tmp_path)


def test_bad_fields_are_told_with_their_lines(tmp_path: Path) -> None:
    posts = [
        {"Id": 1, "OwnerUserId": 4, **ASKED},
        {"Id": 2, "OwnerUserId": "4; drop", **ASKED},
        {"Id": 3, "OwnerUserId": 4, **ASKED, "CreationDate": "never"},
        {"Id": 4, "OwnerUserId": 4, **ASKED, "ViewCount": "9" * 12},
        {"Id": 5, "ParentId": 1, "OwnerUserId": 4, **ANSWERED, "Body": ""},
        {"Id": 6, "ParentId": 77, "OwnerUserId": 4, **ANSWERED},
    ]
    folder = dump(tmp_path / "lamps", Posts=posts, Users=USERS)
    load(folder)
    assert rejected(folder) == [
        ("Posts.xml", "4", "OwnerUserId is not a number"),
        ("Posts.xml", "5", "CreationDate is not a date"),
        ("Posts.xml", "6", "ViewCount is too large a number"),
        ("Posts.xml", "7", "Body is empty"),
        ("Posts.xml", "8", "there is no such question, or it was rejected: 77"),
    ]
    assert Thread.objects.count() == 1
