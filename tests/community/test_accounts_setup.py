"""`manage.py setup`: from an empty database to a site that can be used, and again without harm."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from community.actions.brand import write_brand
from community.mails.sending import from_address
from community.models import AuditEntry, Board, Brand, Invitation, User
from community.roles import Role
from tests.community.accounts import mailed_code, signed_in_as

pytestmark = pytest.mark.django_db

ALL = {
    "name": "Acme",
    "admin_email": "Ada@Example.org",
    "admin_name": "ada",
    "board": ["Router", "Camera"],
    "invite": ["mona@example.org:moderator", "carl@example.org"],
}


def setup(**options) -> str:
    out = io.StringIO()
    call_command("setup", non_interactive=True, stdout=out, **options)
    return out.getvalue()


def test_one_command_makes_brand_administrator_boards_mail_and_invitations(client: Client) -> None:
    said = setup(**ALL)
    assert Brand.objects.get().name == "Acme"
    ada = User.objects.get(username="ada")
    assert ada.roles == {Role.ADMIN}
    assert EmailAddress.objects.get(user=ada).verified
    assert set(Board.objects.values_list("slug", flat=True)) == {"router", "camera"}
    assert dict(Invitation.objects.values_list("address", "role")) == {
        "mona@example.org": "moderator",
        "carl@example.org": "customer",
    }
    assert [message.to[0] for message in mail.outbox] == ["ada@example.org", "mona@example.org", "carl@example.org"]
    assert "second factor" in said and "/admin/" in said
    there = client.post("/accounts/login/code/", {"email": "ada@example.org"})["Location"]
    client.post(there, {"code": mailed_code()})
    assert signed_in_as(client) == ada


def test_running_it_again_changes_nothing() -> None:
    setup(**ALL)
    counts = [model.objects.count() for model in (User, Board, Invitation, AuditEntry)]
    version, mails = Brand.objects.get().version, len(mail.outbox)
    said = setup(**ALL)
    assert [model.objects.count() for model in (User, Board, Invitation, AuditEntry)] == counts
    assert (Brand.objects.get().version, len(mail.outbox)) == (version, mails)
    assert "as before" in said
    setup()


def test_a_board_more_can_be_added_later() -> None:
    setup(**ALL)
    setup(board=["Alarm"])
    assert Board.objects.count() == 3
    assert Brand.objects.get().name == "Acme"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": None}, "--name is needed"),
        ({"admin_email": None}, "--admin-email is needed"),
        ({"admin_email": "nobody"}, "not an e-mail address"),
        ({"admin_name": "x"}, "3 to 40"),
        ({"admin_name": "support"}, "kept for"),
        ({"name": "x" * 100}, "60"),
        ({"board": ["x" * 100]}, "too long"),
        ({"invite": ["nobody"]}, "not an e-mail address"),
        ({"invite": ["a@example.org:emperor"]}, "no such role"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        setup(**ALL | wrong)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_somebody_else_has_is_not_taken_over() -> None:
    User.objects.create_user("ada", "somebody@example.org")
    with pytest.raises(CommandError, match="taken"):
        setup(**ALL)
    assert not User.objects.get(username="ada").roles


def test_mail_that_does_not_work_is_told_at_the_end_and_the_rest_is_done(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CommandError, match="did not take the mail"):
        setup(**ALL)
    assert User.objects.get(username="ada").roles == {Role.ADMIN}
    assert Invitation.objects.count() == 2
    assert Brand.objects.get().mail_tested_at is None


def test_a_weak_password_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("PEERDESK_ADMIN_PASSWORD", "password")
    with pytest.raises(CommandError, match="too short"):
        setup(**ALL)
    monkeypatch.setenv("PEERDESK_ADMIN_PASSWORD", "seven green bicycles")
    setup(**ALL)
    assert User.objects.get(username="ada").check_password("seven green bicycles")


def test_mails_come_in_the_brands_name_even_without_an_address_of_its_own(settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Peerdesk <noreply@help.example.com>"
    write_brand(actor=None, name="Nordwave")
    assert from_address() == '"Nordwave" <noreply@help.example.com>'
    write_brand(actor=None, reply_address="hello@nordwave.example")
    assert from_address() == '"Nordwave" <hello@nordwave.example>'
