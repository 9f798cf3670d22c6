"""The admin's door, its start page, and what administrators change: always through an action, always with a trace."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from community import clock
from community.actions.invitations import GOOD_FOR, make_token
from community.models import AuditEntry, Board, Brand, ChangeRow, Invitation, OldAddress, Tag, User
from community.roles import Role
from tests.community.accounts import PASSWORD, app_code, brand_form, member, sign_in, signed_in_as
from tests.factories import admin, agent, board, moderator, person, thread

pytestmark = pytest.mark.django_db

MODELS = (
    *("answer", "auditentry", "board", "brand", "experiment", "formsession", "importedidentity", "importrun"),
    *("invitation", "solution", "tag", "thread", "user"),
)
BOARD = {
    "name": "Router",
    "slug": "",
    "description": "",
    "audience": "public",
    "versions": "4.2\n4.1\n\n4.2",
    "tags": "light\nupdate",
    "language": "",
    "position": "0",
}


def text(response) -> str:
    return response.content.decode()


def at_the_desk(client: Client, name: str = "ada") -> User:
    """An administrator who signed in properly and was asked again a moment ago."""
    ada = member(name, Role.ADMIN)
    sign_in(client, name)
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return ada


def audit() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "object_kind"))


# The door -------------------------------------------------------------------------------------------------------------
def test_the_admin_is_behind_the_sites_own_sign_in_and_its_second_step(client: Client) -> None:
    member("ada", Role.ADMIN)
    there = client.get("/admin/", follow=True)
    assert there.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    second = sign_in(client, "ada", next="/admin/")["Location"]
    assert client.get("/admin/").status_code == 302
    assert client.post(second, {"code": app_code()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.AGENT])
def test_staff_without_a_second_factor_are_led_to_one(client: Client, role: str) -> None:
    client.force_login(person("ada", role, second_factor=False))
    page = client.get("/admin/", follow=True)
    assert page.status_code == 403
    assert "One thing is missing" in text(page) and "/accounts/2fa/totp/activate/" in text(page)


@pytest.mark.parametrize("make", [person, moderator, agent])
def test_nobody_but_administrators_is_let_in(client: Client, make) -> None:
    client.force_login(make())
    for address in ("/admin/", "/admin/community/user/", "/admin/community/auditentry/"):
        assert client.get(address, follow=True).status_code == 403
    assert client.post("/admin/community/brand/test-mail/", follow=True).status_code == 403
    assert not mail.outbox


def test_every_page_of_the_admin_opens_and_the_log_can_only_be_read(client: Client) -> None:
    client.force_login(admin())
    thread()
    for model in MODELS:
        assert client.get(f"/admin/community/{model}/").status_code == 200, model
        if model not in {"board", "experiment", "invitation"}:
            assert client.get(f"/admin/community/{model}/add/").status_code == 403, model
    entry = AuditEntry.objects.create(
        verb="x", object_kind="user", object_id=1, occurred_at=clock.now(), actor_role=Role.ADMIN
    )
    address = f"/admin/community/auditentry/{entry.pk}/"
    assert client.get(f"{address}change/").status_code == 200
    assert client.post(f"{address}change/", {"verb": "y"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/account/emailaddress/").status_code == 200


# The start page -------------------------------------------------------------------------------------------------------
def test_the_start_page_leads_from_nothing_to_a_living_site(client: Client) -> None:
    at_the_desk(client)
    assert text(client.get("/admin/")).count(">to do<") == 4
    client.post("/admin/community/brand/1/change/", brand_form(name="Acme", accent="#00aa55"))
    client.post("/admin/community/board/add/", BOARD)
    client.post("/admin/community/brand/test-mail/")
    client.post("/admin/community/invitation/add/", {"address": "mona@example.org", "role": "moderator"})
    assert text(client.get("/admin/")).count(">to do<") == 0
    assert text(client.get("/admin/")).count("</svg>done<") == 5


def test_the_mail_test_sends_a_real_mail(client: Client) -> None:
    at_the_desk(client)
    page = client.post("/admin/community/brand/test-mail/", follow=True)
    assert "ada@example.com" in text(page)
    assert mail.outbox[-1].to == ["ada@example.com"]
    assert Brand.objects.get().mail_tested_at is not None
    assert client.get("/admin/community/brand/test-mail/").status_code == 405


def test_a_mail_server_that_says_no_is_quoted_in_one_sentence(client: Client, settings) -> None:
    at_the_desk(client)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = text(client.post("/admin/community/brand/test-mail/", follow=True))
    assert "The mail server did not take the mail" in page and "refused" in page
    assert Brand.objects.get().mail_tested_at is None


# Brand, boards, tags --------------------------------------------------------------------------------------------------
def test_changing_the_brand_changes_every_page_and_leaves_a_trace(client: Client) -> None:
    at_the_desk(client)
    before = Brand.objects.get().version
    client.post("/admin/community/brand/1/change/", brand_form(name="Acme", accent="#00aa55"))
    after = Brand.objects.get()
    assert (after.name, after.version) == ("Acme", before + 1)
    assert ("changed", "brand") in audit()
    assert ChangeRow.objects.filter(thread_id=None, board_id=None).exists()


def test_a_colour_that_is_none_is_told(client: Client) -> None:
    at_the_desk(client)
    page = client.post("/admin/community/brand/1/change/", brand_form(name="Acme", accent="red; }"))
    assert "error" in text(page).lower()
    assert Brand.objects.get().name != "Acme"


def test_a_board_is_made_and_changed_with_tags_versions_and_an_old_address(client: Client) -> None:
    at_the_desk(client)
    client.post("/admin/community/board/add/", BOARD)
    made = Board.objects.get()
    assert (made.slug, made.versions) == ("router", ["4.2", "4.1"])
    assert set(Tag.objects.filter(board_tags__board=made).values_list("name", flat=True)) == {"light", "update"}
    changed = BOARD | {"name": "Routers", "slug": "routers", "tags": "light", "archived": "on"}
    client.post(f"/admin/community/board/{made.pk}/change/", changed)
    made.refresh_from_db()
    assert (made.name, made.slug) == ("Routers", "routers") and made.archived_at
    assert list(Tag.objects.filter(board_tags__board=made).values_list("name", flat=True)) == ["light"]
    assert OldAddress.objects.get(path="/boards/router/").board == made
    assert [verb for verb, kind in audit() if kind == "board"] == ["created", "changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 300},
        {"name": "rOUTER"},
        {"audience": "groups"},
        {"slug": "a b"},
        {"position": "-1"},
    ],
)
def test_a_board_that_cannot_be_is_told(client: Client, wrong: dict[str, str]) -> None:
    at_the_desk(client)
    client.post("/admin/community/board/add/", BOARD)
    page = client.post("/admin/community/board/add/", BOARD | {"name": "Camera"} | wrong, follow=True)
    assert page.status_code == 200 and "error" in text(page).lower()
    assert Board.objects.count() == 1


def test_two_tags_cannot_be_written_alike(client: Client) -> None:
    at_the_desk(client)
    thread(None, board(), tags=["Light", "Update"])
    light = Tag.objects.get(name="Light")
    client.post(f"/admin/community/tag/{light.pk}/change/", {"name": "UPDATE"})
    assert Tag.objects.get(pk=light.pk).name == "Light"
    client.post(f"/admin/community/tag/{light.pk}/change/", {"name": "Status light"})
    assert Tag.objects.get(pk=light.pk).slug == "status-light"
    assert OldAddress.objects.get(path="/tags/light/").tag == light


# Roles and groups -----------------------------------------------------------------------------------------------------
def test_roles_are_given_and_taken_with_an_audit_row_each(client: Client) -> None:
    ada, mona = at_the_desk(client), person("mona")
    address = f"/admin/community/user/{mona.pk}/change/"
    client.post(address, {"roles": ["moderator", "agent"]})
    assert User.objects.get(pk=mona.pk).roles == {"moderator", "agent"}
    client.post(address, {"roles": ["agent"]})
    assert User.objects.get(pk=mona.pk).roles == {"agent"}
    entries = AuditEntry.objects.filter(object_kind="user", object_id=mona.pk).order_by("pk")
    assert list(entries.values_list("verb", "actor")) == [
        ("gave_moderator", ada.pk),
        ("gave_agent", ada.pk),
        ("took_moderator", ada.pk),
    ]


def test_giving_roles_asks_once_more_who_it_is_and_then_goes_on(client: Client) -> None:
    member("ada", Role.ADMIN)
    mona = person("mona")
    sign_in(client, "ada")
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    address = f"/admin/community/user/{mona.pk}/change/"
    asked = client.post(address, {"roles": ["moderator"]})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not User.objects.get(pk=mona.pk).roles
    client.post(asked["Location"], {"password": PASSWORD})
    assert User.objects.get(pk=mona.pk).roles == {"moderator"}


def test_the_last_administrator_stays(client: Client) -> None:
    ada = at_the_desk(client)
    admin("resting", second_factor=False)
    client.post(f"/admin/community/user/{ada.pk}/change/", {"roles": []})
    assert User.objects.get(pk=ada.pk).roles == {"admin"}
    admin("other")
    client.post(f"/admin/community/user/{ada.pk}/change/", {"roles": []})
    assert not User.objects.get(pk=ada.pk).roles


def test_the_form_gives_nothing_but_roles_and_groups(client: Client) -> None:
    at_the_desk(client)
    mona = person("mona")
    client.post(
        f"/admin/community/user/{mona.pk}/change/", {"username": "boss", "email": "x@example.org", "roles": ["x"]}
    )
    mona.refresh_from_db()
    assert (mona.username, mona.email) == ("mona", "mona@example.com")


def test_groups_are_named_and_filled_so_that_boards_can_be_theirs(client: Client) -> None:
    at_the_desk(client)
    mona = person("mona")
    client.post("/admin/auth/group/add/", {"name": "Beta testers"})
    client.post("/admin/auth/group/add/", {"name": "ADMIN"})
    group = Group.objects.get(name="Beta testers")
    assert not Group.objects.filter(name="ADMIN").exists()
    client.post(f"/admin/community/user/{mona.pk}/change/", {"roles": ["moderator"], "in_groups": [group.pk]})
    assert set(User.objects.get(pk=mona.pk).groups.values_list("name", flat=True)) == {"moderator", "Beta testers"}
    client.post("/admin/community/board/add/", BOARD | {"audience": "groups", "audience_groups": [group.pk]})
    assert list(Board.objects.visible_to(User.objects.get(pk=mona.pk))) == [Board.objects.get()]
    assert not Board.objects.visible_to(person())


# Invitations ----------------------------------------------------------------------------------------------------------
def test_whoever_is_invited_gets_an_account_and_the_role_once(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        at_the_desk(client)
        client.post("/admin/community/invitation/add/", {"address": "nina@example.org", "role": "moderator"})
    link = next(line for line in mail.outbox[-1].body.splitlines() if "/invitations/" in line)
    link = link.removeprefix("http://testserver")
    guest = Client()
    assert "as: Moderator" in text(guest.get(link))
    assert guest.post(link, {"display_name": "Nina N."})["Location"] == "/accounts/2fa/"
    nina = signed_in_as(guest)
    assert (nina.email, nina.roles) == ("nina@example.org", {"moderator"})
    assert nina.effective_roles == {Role.CUSTOMER}
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"display_name": "Thief"}).status_code == 404
    invitation = Invitation.objects.get()
    assert invitation.accepted_by == nina
    assert [verb for verb, _kind in audit()][-2:] == ["gave_moderator", "accepted"]


def make_invitation(**fields) -> tuple[Invitation, str]:
    given = {"address": "nina@example.org", "address_key": "nina@example.org", "role": "moderator"} | fields
    invitation = Invitation.objects.create(**given)
    return invitation, f"/invitations/{make_token(invitation)}/"


def test_somebody_with_an_account_signs_in_and_accepts(client: Client) -> None:
    nina = member("nina", email="nina@example.org")
    _invitation, link = make_invitation(invited_by=admin())
    assert "/accounts/login/?next=/invitations/" in text(client.get(link))
    assert client.post(link, {"display_name": "Second Nina"}).status_code == 403
    assert User.objects.filter(email="nina@example.org").count() == 1
    client.force_login(nina)
    client.post(link)
    assert User.objects.get(pk=nina.pk).roles == {"moderator"}


def test_looking_at_an_invitation_does_not_accept_it(client: Client) -> None:
    _invitation, link = make_invitation()
    client.force_login(person("nina"))
    client.get(link)
    assert Invitation.objects.filter(accepted_at=None).count() == 1


def test_an_invitation_dies_with_time_and_with_a_newer_one(client: Client) -> None:
    invitation, link = make_invitation()
    with clock.at(clock.now() + GOOD_FOR + GOOD_FOR):
        assert client.get(link).status_code == 404
    Invitation.objects.filter(pk=invitation.pk).update(invited_at=clock.now() + GOOD_FOR / 2)
    assert client.get(link).status_code == 404


def test_whoever_may_not_give_roles_any_more_gives_none_by_old_invitations(client: Client) -> None:
    inviter = admin()
    _invitation, link = make_invitation(invited_by=inviter)
    inviter.groups.clear()
    assert client.post(link, {"display_name": "Nina"}).status_code == 403
    assert not User.objects.filter(email="nina@example.org").exists()


@pytest.mark.parametrize("token", ["x", "WzEsMV0:1:abc", "%00", "é", "x" * 3000, "WzEsMV0"])
def test_a_made_up_invitation_is_none(client: Client, token: str) -> None:
    assert client.get(f"/invitations/{token}/").status_code in {400, 404}


def test_an_invitation_for_no_address_is_told(client: Client) -> None:
    at_the_desk(client)
    client.post("/admin/community/invitation/add/", {"address": "nobody", "role": "admin"})
    client.post("/admin/community/invitation/add/", {"address": "a@example.org", "role": "emperor"})
    assert not Invitation.objects.exists()
