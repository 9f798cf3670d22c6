"""A mail to an address of ours becomes a post of whoever certainly wrote it."""

import pytest

from community.actions.incoming import foresee
from community.incoming.addresses import board_address
from community.mails.sending import site_address
from community.models import Answer, Attachment, IncomingMail, IncomingRaw, Mail, Solution, Thread, Watch
from community.notices.headers import hung_below
from tests.community.incoming.mails import arrives, ended, mail, posts, to_answer, to_thread
from tests.factories import board, reply, thread
from tests.mailing import reachable

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def test_a_reply_becomes_an_answer_of_its_sender() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada)
    row = arrives(mail(ben.email, to_thread(ben, question), "Hold the button."), to_thread(ben, question))
    answer = Answer.objects.get()
    assert ended(row) == "accepted posted"
    assert (answer.author, answer.thread, answer.body) == (ben, question, "Hold the button.")
    assert (row.person, row.thread, row.answer, row.board) == (ben, question, answer, question.board)
    assert row.place == answer.get_absolute_url()
    assert not IncomingRaw.objects.exists() and not Mail.objects.exists()


def test_a_reply_to_an_answer_stands_in_its_thread_and_a_word_accepts_it() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada)
    first = reply(question, ben)
    assert ended(arrives(mail(ada.email, to_answer(ada, first), "I have no button."))) == "accepted posted"
    assert Answer.objects.latest("pk").thread == question
    row = arrives(mail(ada.email, to_answer(ada, first), "accept"))
    assert ended(row) == "accepted command"
    assert Solution.objects.get().answer == first
    assert Answer.objects.count() == 2


def test_the_word_needs_one_answer_to_be_meant() -> None:
    ada = reachable("ada")
    question = thread(ada)
    refused = arrives(mail(ada.email, to_thread(ada, question), "accept"))
    assert ended(refused) == "rejected refused" and "which answer" in refused.told
    only = reply(question)
    assert ended(arrives(mail(ada.email, to_thread(ada, question), "accept"))) == "accepted command"
    assert Solution.objects.get().answer == only


def test_who_leaves_by_mail_hears_no_more_of_the_question() -> None:
    ada = reachable("ada")
    question = thread(ada)
    assert ended(arrives(mail(ada.email, to_thread(ada, question), "leave"))) == "accepted command"
    assert Watch.objects.get(person=ada, thread=question).muted_at is not None


def test_a_mail_to_a_board_is_a_new_question_with_its_subject_as_title() -> None:
    ada, routers = reachable("ada"), board("Routers", mail_name="routers", mail_prefix="[Routers]")
    row = arrives(mail(ada.email, board_address(routers), "It blinks.", subject="AW: [Routers] Red light"))
    asked = Thread.objects.get()
    assert ended(row) == "accepted posted" and row.thread == asked
    assert (asked.asker, asked.board, asked.title, asked.body) == (ada, routers, "Red light", "It blinks.")
    assert Watch.objects.filter(person=ada, thread=asked).exists()


@pytest.mark.parametrize("subject", ["", "(no subject)", "Re: ", "Kein Betreff"])
def test_a_mail_without_a_subject_is_called_by_its_first_words(subject: str) -> None:
    ada, routers = reachable("ada"), board("Routers", mail_name="routers")
    arrives(mail(ada.email, board_address(routers), "Hello!\n\nIt blinks.", subject=subject))
    assert Thread.objects.get().title == "Hello!"


def test_a_reply_to_a_list_mail_at_the_boards_address_goes_on_with_its_question() -> None:
    ada, ben, routers = reachable("ada"), reachable("ben"), board("Routers", mail_name="routers")
    arrives(mail(ada.email, board_address(routers), "It blinks.", message_id="<first@ada.example>"))
    question = Thread.objects.get()
    row = arrives(mail(ben.email, board_address(routers), "Mine too.", References="<first@ada.example>"))
    assert ended(row) == "accepted posted" and row.thread == question
    assert Answer.objects.get().author == ben
    row = arrives(
        mail(ben.email, board_address(routers), "No.", In_Reply_To=hung_below(f"thread-{question.pk}")["References"])
    )
    assert row.thread == question


def test_pictures_stand_where_the_mail_shows_them_and_what_is_no_picture_is_left_out() -> None:
    ada = reachable("ada")
    question = thread(ada)
    files = [("light.png", "image/png", PNG), ("notes.log", "text/plain", b"red\n"), ("bad.png", "image/png", b"no")]
    row = arrives(mail(ada.email, to_thread(ada, question), "Look:", files=files))
    answer = Answer.objects.get()
    picture = Attachment.objects.get(kind="image")
    assert ended(row) == "accepted posted" and row.files == 3
    assert picture.get_absolute_url() in answer.body and picture.answer == answer
    assert Attachment.objects.get(kind="text").answer == answer
    assert "bad.png" in row.told


def test_an_early_look_says_what_would_happen_and_does_nothing() -> None:
    ada = reachable("ada")
    question = thread(ada)
    before = posts()
    raw = mail(ada.email, to_thread(ada, question), "Look:", files=[("light.png", "image/png", PNG)])
    told = foresee(raw=raw)
    assert (told.identity, told.thread, told.kept, told.end, told.reason) == (
        "ada", question.pk, "Look:", "accepted", "posted",
    )  # fmt: skip
    assert posts() == before and not IncomingMail.objects.exists() and not Attachment.objects.exists()
    assert ended(arrives(raw)) == "accepted posted"


def test_headers_are_asked_where_the_mail_host_names_no_recipient() -> None:
    ada = reachable("ada")
    question = thread(ada)
    raw = mail(ada.email, "somebody@example.com", Cc=to_thread(ada, question))
    assert ended(arrives(raw)) == "accepted posted"


def test_a_reply_address_comes_before_a_board_and_is_posted_once() -> None:
    ada, routers = reachable("ada"), board("Routers", mail_name="routers")
    question = thread(ada, routers)
    raw = mail(ada.email, f"{board_address(routers)}, {to_thread(ada, question)}")
    assert ended(arrives(raw, board_address(routers))) == "accepted posted"
    assert ended(arrives(raw, to_thread(ada, question))) == "rejected duplicate"
    assert Thread.objects.count() == 1 and Answer.objects.count() == 1


def test_what_a_reply_quotes_of_our_mail_loses_the_keys_by_which_it_acts() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada)
    key = f"{ben.pk}m{question.pk}.{'aB3-_' * 8}"
    words = f"Hold the button, see {site_address()}/stop/{key}/ and https://elsewhere.example/stop/{key}/."
    quoted = f"\n\nOn 3 Nov 2025, Ada wrote:\n> Yes, solved:\n> {site_address()}/solved/{key}/\n"
    row = arrives(mail(ben.email, to_thread(ben, question), words + quoted), to_thread(ben, question))
    assert ended(row) == "accepted posted"
    body = Answer.objects.get().body
    assert f"{site_address()}/stop/" in body and body.count(key) == 1  # what is not ours is nobody's business
    assert "/solved/" in row.cut and key not in row.cut
