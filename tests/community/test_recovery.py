"""What administrators do for people who cannot help themselves: recover an account, and close one on request."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from community.actions.recovery import recover_account
from community.errors import NotAllowed, NotThere
from community.models import AuditEntry, Erasure, User
from community.roles import Role
from tests.community.accounts import PASSWORD, app_code, member, sign_in, signed_in_as
from tests.factories import admin, moderator, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(client: Client) -> Client:
    """An administrator's browser, just asked for the password."""
    member("ada", Role.ADMIN)
    sign_in(client, "ada")
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def page(who: User) -> str:
    return f"/admin/community/user/{who.pk}/change/"


def test_who_lost_the_second_factor_is_let_in_again_and_told(boss: Client) -> None:
    mona, browser = member("mona", Role.MODERATOR), Client()
    browser.force_login(mona)
    sent = len(mail.outbox)
    boss.post(page(mona), {"roles": ["moderator"], "lost_factor": "on", "reason": "Called back at the known number."})
    assert not Authenticator.objects.filter(user=mona).exists()
    assert signed_in_as(browser) is None
    assert [each.to for each in mail.outbox[sent:]] == [["mona@example.com"]]
    entry = AuditEntry.objects.get(verb="recovered")
    assert (entry.object_id, entry.note.text) == (mona.pk, "Called back at the known number.")
    again = Client()
    sign_in(again, "mona")
    assert signed_in_as(again).effective_roles == {Role.CUSTOMER}, "staff again once there is a new one"


def test_without_a_reason_nothing_is_done(boss: Client) -> None:
    mona = member("mona", Role.MODERATOR)
    assert "Please say why" in boss.post(page(mona), {"lost_factor": "on"}).content.decode()
    assert "Please say why" in boss.post(page(mona), {"close_for_good": mona.display_name}).content.decode()
    assert Authenticator.objects.filter(user=mona).exists()
    assert not Erasure.objects.exists()


def test_an_account_is_closed_on_request_when_its_name_is_typed(boss: Client) -> None:
    ben = member("ben", display_name="Ben B.")
    assert "not the name" in boss.post(page(ben), {"close_for_good": "Ben", "reason": "By letter."}).content.decode()
    assert User.objects.get(pk=ben.pk).anonymised_at is None
    assert boss.post(page(ben), {"close_for_good": "Ben B.", "reason": "By letter."}).status_code == 302
    assert User.objects.get(pk=ben.pk).anonymised_at is not None
    assert boss.get(page(ben)).status_code == 200


def test_nobody_but_another_administrator_recovers_an_account() -> None:
    ada, mona = admin(), moderator()
    for actor, whom in ((mona, ada), (person(), mona), (ada, ada)):
        with pytest.raises(NotAllowed):
            recover_account(actor=actor, person_id=whom.pk)
    with pytest.raises(NotThere):
        recover_account(actor=ada, person_id=2**40)
    assert Authenticator.objects.count() == 2
