"""Following boards by mail on the site's own pages, the page that says how, and boards' settings."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.actions.boards import create_board, update_board
from community.actions.mail_lists import follow_list
from community.errors import Refused
from community.forms.boards import BoardForm
from community.incoming.addresses import RESERVED
from community.models import Board, NoticeChoice, User, Watch
from tests.factories import admin, board, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.INCOMING_ADDRESS = "*@lists.nordwave.example"


@pytest.fixture
def routers() -> Board:
    return board("Routers", mail_name="routers")


def signed_in(client: Client, who: User) -> Client:
    client.force_login(who)
    return client


def page_of(client: Client, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200
    return " ".join(answered.content.decode().split())


# The board's page -----------------------------------------------------------------------------------------------------
def test_one_press_on_the_board_follows_it_by_mail_and_one_leaves(client: Client, routers: Board) -> None:
    ben = person("ben")
    here = routers.get_absolute_url()
    page = page_of(signed_in(client, ben), here)
    assert "Follow by mail" in page and "mailto:routers@lists.nordwave.example" in page
    change = reverse("change_list")
    answered = client.post(change, {"do": "follow", "board": routers.pk, "next": here}, follow=True)
    assert "Reply to one, and it is an answer." in answered.content.decode()
    assert Watch.objects.get(person=ben).is_list
    page = page_of(client, here)
    assert "Leave the mail list" in page and "You follow this board as a mail list." in page
    client.post(change, {"do": "leave", "board": routers.pk, "next": here})
    assert not Watch.objects.exists() and "Follow by mail" in page_of(client, here)


def test_visitors_are_told_of_the_list_and_how_it_works(client: Client, routers: Board) -> None:
    page = page_of(client, routers.get_absolute_url())
    assert "routers@lists.nordwave.example" in page and "/help/mail/" in page and "Follow by mail" not in page


def test_where_there_is_no_list_none_is_offered(client: Client, routers: Board, settings: Any) -> None:
    ben = signed_in(client, person("ben"))
    plain = board("Cameras").get_absolute_url()
    assert "by mail" not in page_of(ben, plain) and "/help/mail/" not in page_of(ben, plain)
    settings.INCOMING_ADDRESS = ""
    assert "Follow by mail" not in page_of(ben, routers.get_absolute_url())
    assert "This site takes no mail in" in page_of(ben, "/help/mail/")
    assert ben.post(reverse("change_list"), {"do": "follow", "board": routers.pk}).status_code == 404


@pytest.mark.parametrize(
    "given", [{}, {"do": "follow"}, {"do": "x", "board": "1"}, {"do": "follow", "board": "9" * 30}]
)
def test_a_form_that_is_none_is_refused(client: Client, given: dict[str, str]) -> None:
    assert signed_in(client, person("ben")).post(reverse("change_list"), given).status_code in {400, 404}


def test_following_is_told_where_one_watches_and_where_one_chooses(client: Client, routers: Board) -> None:
    ben = signed_in(client, person("ben"))
    follow_list(actor=User.objects.get(username="ben"), board_id=routers.pk)
    assert "Every question and answer here, as a mail list" in page_of(ben, reverse("watches"))
    page = page_of(ben, reverse("notice_settings"))
    assert "Every post of boards you follow as mail lists" in page and "Each by mail, at once" in page
    assert re.search(r"Boards you follow as mail lists: <a href=\"/boards/routers/\">Routers</a>", page)


def test_the_help_page_lists_what_its_reader_sees_at_the_same_cost(client: Client, routers: Board) -> None:
    board("Secret", mail_name="secret", audience=Board.Audience.SIGNED_IN)

    def cost(who: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(who, "/help/mail/")
        return len(queries)

    visitor = page_of(client, "/help/mail/")
    assert "routers@lists.nordwave.example" in visitor and "secret@" not in visitor
    for word in ("accept", "annehmen", "resuelto", "leave", "abmelden", "baja"):
        assert f"<code>{word}</code>" in visitor
    ben = signed_in(Client(), person("ben"))
    assert "secret@lists.nordwave.example" in page_of(ben, "/help/mail/")
    few = cost(ben)
    for number in range(30):
        board(f"Board {number}", mail_name=f"board-{number}")
    assert cost(ben) == few <= 12


# Reply addresses ------------------------------------------------------------------------------------------------------
def test_new_reply_addresses_are_made_by_one_press_of_their_owner(client: Client) -> None:
    ben, carla = person("ben"), person("carla")
    pressed = {"generation": 0}
    assert client.post(reverse("renew_reply_addresses"), pressed).status_code == 303
    page = page_of(signed_in(client, ben), reverse("notice_settings"))
    assert "Make new reply addresses" in page and "can no longer be answered" in page
    assert '<input type="hidden" name="generation" value="0">' in page
    answered = client.post(reverse("renew_reply_addresses"), pressed, follow=True)
    assert "mails from now on have new addresses" in answered.content.decode()
    assert [User.objects.get(pk=who.pk).reply_generation for who in (ben, carla)] == [1, 0]
    client.post(reverse("renew_reply_addresses"), pressed)  # a double click: the new addresses stay
    assert User.objects.get(pk=ben.pk).reply_generation == 1
    assert client.post(reverse("renew_reply_addresses")).status_code == 400  # not whole
    assert '<input type="hidden" name="generation" value="1">' in page_of(client, reverse("notice_settings"))


# A board's settings ---------------------------------------------------------------------------------------------------
def test_a_name_makes_a_board_a_list_and_no_name_ends_it(client: Client) -> None:
    boss = admin()
    made = create_board(actor=boss, name="Routers", mail_name=" Routers ", mail_prefix=" [Nordwave  Routers] ")
    assert (made.mail_name, made.mail_prefix) == ("routers", "Nordwave Routers")
    assert update_board(actor=boss, board_id=made.pk, mail_name="").mail_name is None
    assert update_board(actor=boss, board_id=made.pk, name="Switches").mail_name is None
    create_board(actor=boss, name="Cameras", mail_name="")


@pytest.mark.parametrize("name", ["-x", "a b", "ü", "x@y", "a" * 31, "routers.", "ro\nuters", "0-x1\u0000", "ѕpam"])
def test_a_name_that_is_no_address_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="Small letters"):
        create_board(actor=admin(), name="Routers", mail_name=name)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_of_the_mail_host_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="kept for the mail server"):
        create_board(actor=admin(), name="Routers", mail_name=name.upper())


def test_no_two_boards_have_one_list_and_the_form_says_so_beside_the_field(routers: Board) -> None:
    with pytest.raises(Refused, match="Another board has the mail list “routers” already"):
        create_board(actor=admin(), name="Cameras", mail_name="Routers")
    form = BoardForm({"name": "Cameras", "audience": "public", "position": "0", "mail_name": "ROUTERS"})
    assert form.errors["mail_name"] == ["Another board has the mail list “routers” already."]
    again = {"name": "Routers", "audience": "public", "position": "0", "mail_name": "routers"}
    assert "mail_name" not in BoardForm(again, instance=routers).errors


def test_the_form_shows_the_address_that_it_is(client: Client, routers: Board, settings: Any) -> None:
    boss = signed_in(client, admin())
    assert "Its address is routers@lists.nordwave.example" in page_of(
        boss, f"/admin/community/board/{routers.pk}/change/"
    )
    assert "by writing to routers@lists.nordwave.example" in page_of(boss, "/admin/community/board/add/")
    settings.INCOMING_ADDRESS = ""
    assert "takes no mail in yet" in page_of(boss, "/admin/community/board/add/")


def test_without_mail_nothing_is_chosen_about_lists(client: Client, settings: Any) -> None:
    settings.INCOMING_ADDRESS = ""
    page = page_of(signed_in(client, person("ben")), reverse("notice_settings"))
    assert "mail lists" not in page and "reply addresses" not in page and not NoticeChoice.objects.exists()
