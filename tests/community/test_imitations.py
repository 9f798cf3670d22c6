"""Names that imitate are refused at every door; those that are there already are found, and not renamed."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from community.actions.brand import update_brand
from community.actions.imitations import BATCH, mark_imitations
from community.actions.invitations import invite, make_token
from community.actions.people import create_person, update_profile
from community.errors import Refused
from community.models import Brand, User
from community.roles import Role
from tests.community.accounts import member, sign_in
from tests.factories import admin, moderator, person

pytestmark = pytest.mark.django_db

SIGN_UP = {"email": "maja@example.org", "password1": "seven green bicycles"}
COSTUMES = ["Nordwave Support", "N0rdwave Help", "Nоrdwаvе", "Ｎｏｒｄｗａｖｅ", "Nord\u200bwave"]


@pytest.fixture(autouse=True)
def brand() -> None:
    Brand.objects.filter(pk=1).update(name="Nordwave")


@pytest.mark.parametrize("name", COSTUMES)
def test_nobody_can_call_themselves_so(name: str) -> None:
    with pytest.raises(Refused, match="kept for the people"):
        update_profile(actor=person(), display_name=name)
    with pytest.raises(Refused, match="kept for the people"):
        create_person(address="new@example.org", display_name=name)


@pytest.mark.parametrize("name", ["nordwave-support", "n0rdwave.help", "Support.Anna", "supp0rt-team", "admin_bob"])
def test_nobody_can_sign_up_with_such_a_name(client: Client, name: str) -> None:
    page = client.post("/accounts/signup/", SIGN_UP | {"username": name})
    assert "kept for the people who run the site" in page.content.decode()
    assert not EmailAddress.objects.exists()


def test_a_question_typed_first_is_no_way_around_it_and_tells_nobody_who_has_an_account(client: Client) -> None:
    member("maja")
    for email in ("maja@example.com", "stranger@example.com"):
        page = Client().post("/ask/finish/", {"email": email, "name": "Nordwave Support"})
        assert page.status_code == 400
        assert "kept for the people who run the site" in page.content.decode()
    assert not User.objects.filter(email="stranger@example.com").exists()


@pytest.mark.parametrize("name", ["Mona Berg", "M0na Berg", "Моnа Bеrg", "MONA  BERG", "Mona-Berg", "Mona.Beгg"])
def test_nobody_can_look_like_somebody_who_works_here(name: str) -> None:
    moderator("mona", display_name="Mona Berg")
    with pytest.raises(Refused, match="somebody who works here"):
        update_profile(actor=person(), display_name=name)
    assert update_profile(actor=person(), display_name="Mona Bergmann").display_name == "Mona Bergmann"


def test_staff_may_carry_the_brands_name_and_keep_their_own() -> None:
    mona = moderator("mona", display_name="Mona Berg")
    assert update_profile(actor=mona, display_name="Mona (Nordwave Support)").display_name == "Mona (Nordwave Support)"
    resting = moderator("mina", second_factor=False)
    assert update_profile(actor=resting, display_name="Nordwave Mina, Service").display_name == "Nordwave Mina, Service"


def test_who_is_invited_to_the_staff_may_be_called_so_and_a_customer_is_told_in_the_form() -> None:
    boss = admin()
    for role, status in ((Role.CUSTOMER, 400), (Role.MODERATOR, 302)):
        token = make_token(invite(actor=boss, address=f"{role}@example.org", role=role))
        page = Client().post(f"/invitations/{token}/", {"display_name": "Nordwave Support"})
        assert page.status_code == status, role
        if status == 400:
            assert "kept for the people" in page.content.decode()
            assert 'value="Nordwave Support"' in page.content.decode(), "what was typed stays"


def test_a_name_from_before_stays_with_its_owner_and_the_rest_of_the_profile_can_be_changed() -> None:
    old = person(display_name="Velora Help")
    Brand.objects.update(name="Velora")
    changed = update_profile(actor=old, display_name="Velora Help", about="I like kettles.")
    assert (changed.display_name, changed.about) == ("Velora Help", "I like kettles.")


# Those that are there already -----------------------------------------------------------------------------------------
def test_imported_people_and_names_from_before_are_listed_and_not_renamed() -> None:
    brought = User.objects.create(display_name="Nordwave Support", is_imported=True, is_active=False)
    person(display_name="Anna")
    moderator(display_name="Nordwave Mona, Support")
    mark_imitations()
    assert list(User.objects.imitating()) == [brought]
    brought.refresh_from_db()
    assert brought.display_name == "Nordwave Support"


def test_when_the_brand_has_another_name_those_who_imitate_it_now_are_listed() -> None:
    fan, other = person(display_name="Velora Team"), person(display_name="Nordwave Team")
    mark_imitations()
    assert list(User.objects.imitating()) == [other]
    update_brand(actor=admin(), name="Velora")
    assert mark_imitations() > 0
    assert list(User.objects.imitating()) == [fan]


def test_looking_again_looks_at_new_people_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.actions.imitations.BATCH", 2)
    assert BATCH > 2
    for number in range(5):
        person(display_name=f"Anna {number}")
    assert mark_imitations() == 5
    assert mark_imitations() == 0
    late = person(display_name="Nordwave Help")
    assert mark_imitations() == 1
    assert list(User.objects.imitating()) == [late]


def test_a_known_name_can_still_sign_in(client: Client) -> None:
    """Nothing about names is asked of somebody who has one."""
    member("support-anna")
    assert sign_in(client, "support-anna").status_code == 302
