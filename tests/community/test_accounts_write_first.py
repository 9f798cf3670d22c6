"""A visitor writes first and signs in later: what they wrote survives, whichever way they come in."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from community.actions.drafts import ASK, save_draft
from community.models import Draft, Thread, User
from community.roles import Role
from tests.community.accounts import app_code, mailed_code, member, sign_in, signed_in_as
from tests.factories import board

pytestmark = pytest.mark.django_db
FINISH = "/ask/finish/"


def write(client: Client, title: str = "The light is red", key: str = "visitor-key-1") -> None:
    """As the ask page does for a visitor: keep the draft, and its key in the session."""
    save_draft(
        actor=None, visitor_key=key, place=ASK, title=title, body="Since the update.", choices={"kind": "problem"}
    )
    session = client.session
    session["draft_key"] = key
    session.save()


def own_draft(person: User | None) -> Draft:
    return Draft.objects.get(person=person, place=ASK)


def test_a_new_visitor_gets_an_account_and_finds_the_question_as_typed(client: Client) -> None:
    write(client)
    there = client.post(FINISH, {"email": "nina@example.org", "name": "Nina Neu"})["Location"]
    assert User.objects.filter(email="nina@example.org", last_login__isnull=True).exists()
    response = client.post(there, {"code": mailed_code()})
    assert response["Location"] == "/ask/"
    nina = signed_in_as(client)
    assert (nina.display_name, nina.username) == ("Nina Neu", "nina-neu")
    assert EmailAddress.objects.get(user=nina).verified
    kept = own_draft(nina)
    assert (kept.title, kept.body, kept.choices) == ("The light is red", "Since the update.", {"kind": "problem"})


def test_a_known_address_signs_in_and_brings_the_question(client: Client) -> None:
    maja = member("maja")
    write(client)
    there = client.post(FINISH, {"email": "Maja@Example.com", "name": "Somebody Else"})["Location"]
    assert client.post(there, {"code": mailed_code()})["Location"] == "/ask/"
    assert signed_in_as(client) == maja
    assert User.objects.get(pk=maja.pk).display_name == "maja"
    assert own_draft(maja).title == "The light is red"


def test_staff_with_a_second_factor_bring_it_through_both_steps(client: Client) -> None:
    mona = member("mona", Role.MODERATOR)
    write(client)
    there = client.post(FINISH, {"email": "mona@example.com"})["Location"]
    second = client.post(there, {"code": mailed_code()})["Location"]
    assert Draft.objects.filter(person=mona).count() == 0
    assert client.post(second, {"code": app_code()})["Location"] == "/ask/"
    assert own_draft(mona).title == "The light is red"


def test_signing_in_by_password_brings_the_question_too(client: Client) -> None:
    maja = member("maja")
    write(client)
    assert sign_in(client, "maja")["Location"] == "/ask/"
    assert own_draft(maja).title == "The light is red"


def test_signing_up_brings_the_question_too(client: Client) -> None:
    write(client)
    fields = {"email": "nina@example.org", "username": "nina", "password1": "seven green bicycles"}
    client.post("/accounts/signup/", fields)
    assert client.post("/accounts/confirm-email/", {"code": mailed_code()})["Location"] == "/ask/"
    assert own_draft(signed_in_as(client)).title == "The light is red"


def test_a_draft_one_had_before_is_not_lost(client: Client) -> None:
    maja = member("maja")
    save_draft(actor=maja, place=ASK, title="My older question")
    write(client)
    there = client.post(FINISH, {"email": "maja@example.com"})["Location"]
    client.post(there, {"code": mailed_code()})
    assert own_draft(maja).title == "The light is red"
    assert Draft.objects.filter(person=maja, title="My older question").exists()


def test_without_a_name_the_new_account_does_not_show_the_address(client: Client) -> None:
    write(client)
    client.post(FINISH, {"email": "jane.doe.1984@example.org"})
    made = User.objects.get(email="jane.doe.1984@example.org")
    assert "jane" not in made.username and "jane" not in made.display_name


def test_names_like_staff_are_not_given_away(client: Client) -> None:
    page = client.post(FINISH, {"email": "a@example.org", "name": "Admin"})
    assert page.status_code == 400 and "kept for the people who run the site" in page.content.decode()
    assert not User.objects.filter(email="a@example.org").exists()
    # With a name that is nobody's, the one for signing in is made from it, and is no imitation either.
    client.post(FINISH, {"email": "a@example.org", "name": "Анна"})
    assert User.objects.get(email="a@example.org").username.startswith("member-")


def test_two_visitors_of_one_name_get_two_accounts() -> None:
    for number in (1, 2):
        Client().post(FINISH, {"email": f"nina{number}@example.org", "name": "Nina"})
    assert User.objects.filter(display_name="Nina").values("username").distinct().count() == 2


def test_a_wrong_code_keeps_the_draft_with_the_visitor(client: Client) -> None:
    write(client)
    there = client.post(FINISH, {"email": "nina@example.org"})["Location"]
    assert client.post(there, {"code": "BBBB-BBBB"}).status_code == 200
    assert Draft.objects.get(visitor_key="visitor-key-1").person is None
    assert client.post(there, {"code": mailed_code()})["Location"] == "/ask/"


def test_nobody_gets_the_draft_of_another_visitor(client: Client) -> None:
    write(client)
    member("maja")
    other = Client()
    sign_in(other, "maja")
    assert not Draft.objects.filter(person__isnull=False).exists()


@pytest.mark.parametrize(
    "address", ["", "no address", "a@b", "x" * 300 + "@example.org", "n\u0131na@example.org\u200b", "a@b.c\x00"]
)
def test_what_is_no_address_is_told_and_makes_nobody(client: Client, address: str) -> None:
    write(client)
    response = client.post(FINISH, {"email": address})
    assert response.status_code == 400
    assert User.objects.count() == 0 and not mail.outbox


def test_a_closed_account_is_not_opened_again_by_writing_first(client: Client) -> None:
    closed = member("maja")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    response = client.post(FINISH, {"email": "maja@example.com"})
    assert response.status_code == 302
    assert User.objects.count() == 1
    assert "no account" in " ".join(mail.outbox[-1].body.split())


def test_mailing_the_same_address_again_and_again_is_stopped() -> None:
    answers = [Client().post(FINISH, {"email": "nina@example.org"}) for _time in range(5)]
    assert "too often" in answers[-1].content.decode()
    assert len(mail.outbox) < 5


def test_a_mail_server_that_is_down_is_told_and_nothing_breaks(client: Client, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    write(client)
    response = client.post(FINISH, {"email": "nina@example.org"})
    assert response.status_code == 503
    assert "could not send the mail" in response.content.decode()
    assert Draft.objects.get(visitor_key="visitor-key-1").title == "The light is red"


def test_whoever_is_signed_in_already_goes_on_to_the_question(client: Client) -> None:
    client.force_login(member("maja"))
    assert client.get(FINISH)["Location"] == "/ask/"
    assert not Authenticator.objects.exists()


def test_from_the_first_word_to_the_posted_question_without_a_script(client: Client) -> None:
    typed = {"board": board("Router").slug, "kind": "problem", "title": "The light is red", "body": "It blinks."}
    assert client.post("/ask/", typed)["Location"] == FINISH
    there = client.post(FINISH, {"email": "nina@example.org", "name": "Nina"})["Location"]
    page = client.get(client.post(there, {"code": mailed_code()})["Location"])
    assert all(words in page.content.decode() for words in ("The light is red", "It blinks."))
    response = client.post("/ask/", typed | {"post_key": page.context["form"]["post_key"].value()})
    asked = Thread.objects.get()
    assert (asked.title, asked.asker.display_name) == ("The light is red", "Nina")
    assert response["Location"] == asked.get_absolute_url()
    assert not Draft.objects.exists()
