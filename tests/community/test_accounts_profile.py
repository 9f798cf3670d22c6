"""One's settings, and the page others see."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from community import clock
from community.accounts.preferences import PreferencesMiddleware
from community.actions.moderation import hide_answer
from community.actions.solutions import accept
from community.actions.thanks import say_helped
from community.models import User
from community.reading.people_helped import people_helped_by
from community.roles import Role
from tests.community.accounts import member
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db
PROFILE = {"display_name": "Maja L.", "about": "", "language": "", "time_zone": ""}


def text(response) -> str:
    return response.content.decode()


def test_people_say_who_they_are_and_how_the_site_speaks_to_them(client: Client) -> None:
    client.force_login(member("maja"))
    given = PROFILE | {"about": "Routers.", "language": "de", "languages": ["de", "fr"], "time_zone": "Europe/Berlin"}
    assert client.post("/settings/", given).status_code == 302
    maja = User.objects.get(username="maja")
    assert (maja.display_name, maja.about, maja.languages) == ("Maja L.", "Routers.", ["fr", "de"][::-1])
    page = client.get("/settings/", headers={"accept-language": "en"})
    assert 'lang="de"' in text(page)
    assert page.headers["Content-Language"] == "de"


def test_the_chosen_time_zone_holds_for_this_person_only(client: Client, settings, rf) -> None:
    seen = []

    def page(request):
        seen.append(timezone.get_current_timezone_name())

    request = rf.get("/")
    request.COOKIES["sessionid"] = "x"
    for zone in ("America/Lima", "Nowhere/Land", ""):
        request.user = person(time_zone=zone)
        PreferencesMiddleware(page)(request)
    assert seen == ["America/Lima", settings.TIME_ZONE, settings.TIME_ZONE]
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE


def test_a_visitor_reads_in_the_browsers_language_without_a_query(client: Client, django_assert_num_queries) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": "de"})
    assert page.headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    "wrong",
    [
        {"display_name": ""},
        {"display_name": "x" * 300},
        {"about": "x" * 1001},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "tlh"},
        {"languages": ["tlh"]},
        {"display_name": "a\x00b"},
    ],
)
def test_what_cannot_be_saved_is_told(client: Client, wrong: dict[str, object]) -> None:
    client.force_login(member("maja"))
    response = client.post("/settings/", PROFILE | wrong)
    assert response.status_code == 400
    assert User.objects.get(username="maja").display_name == "maja"


def test_privileged_keys_in_the_form_do_nothing(client: Client) -> None:
    client.force_login(member("maja"))
    client.post("/settings/", PROFILE | {"username": "admin", "is_demo": "1", "groups": "1", "is_active": ""})
    maja = User.objects.with_standing().get(username="maja")
    assert maja.is_active and not maja.is_demo and not maja.roles


def test_settings_are_for_those_signed_in(client: Client) -> None:
    assert client.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"


def test_a_profile_shows_what_somebody_asked_answered_and_solved(client: Client) -> None:
    maja, tomasz = person("maja"), person("tomasz", display_name="Tomasz K.")
    solved, other = thread(maja, title="Red light"), thread(maja, title="Blue light")
    answer = reply(solved, tomasz)
    reply(other, tomasz)
    accept(actor=maja, answer_id=answer.pk)
    assert all(title in text(client.get("/people/maja/")) for title in ("Red light", "Blue light"))
    page = text(client.get("/people/tomasz/?show=answered"))
    assert "Tomasz K." in page and "Red light" in page and "Blue light" in page
    page = text(client.get("/people/tomasz/?show=solved"))
    assert "Red light" in page and "Blue light" not in page


def test_a_profile_shows_nothing_its_reader_may_not_see(client: Client) -> None:
    maja = person("maja")
    secret = thread(maja, board(audience="signed_in"), title="Not for everybody")
    shown = thread(person(), title="Open question")
    hidden = reply(shown, maja, "Something rude.")
    hide_answer(actor=moderator("mona"), answer_id=hidden.pk)
    for show in ("asked", "answered"):
        page = text(client.get(f"/people/maja/?show={show}"))
        assert secret.title not in page and shown.title not in page
    reader = Client()
    reader.force_login(person())
    assert secret.title in text(reader.get("/people/maja/"))
    assert shown.title not in text(reader.get("/people/maja/?show=answered"))


def test_the_next_page_begins_where_the_last_one_ended(client: Client) -> None:
    maja, on = person("maja"), board()
    for number in range(45):
        with clock.at(clock.now()):
            thread(maja, on, title=f"Question number {number:02d}")
    seen, address = [], "/people/maja/"
    for _page in range(3):
        page = text(client.get(address))
        found = [f"{n:02d}" for n in range(45) if f"Question number {n:02d}" in page]
        seen += sorted(found, reverse=True)
        address = "/people/maja/" + page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
        address = address.replace("&amp;", "&")
    assert seen == [f"{n:02d}" for n in range(44, -1, -1)] and not address


def test_a_profile_costs_the_same_with_one_row_and_with_many(client: Client, django_assert_max_num_queries) -> None:
    maja, on = person("maja"), board()
    for _number in range(25):
        accept(actor=maja, answer_id=reply(thread(maja, on, tags=["light"]), maja).pk)
    client.force_login(person())
    for show in ("asked", "answered", "solved"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/people/maja/?show={show}").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/people/nobody/",
        "/people/~999999/",
        "/people/~99999999999999999999999/",
        "/people/%00/",
        "/people/%ED%A0%80/",
        "/people/~/",
        "/people/maja/?show=secrets",
        "/people/maja/?after=made-up",
        "/people/maja/?after=%00",
    ],
)
def test_made_up_addresses_are_not_there(client: Client, address: str) -> None:
    person("maja")
    assert client.get(address).status_code in {400, 404}


def test_one_person_has_one_address(client: Client) -> None:
    person("Maja")
    assert client.get("/people/MAJA/")["Location"] == "/people/maja/"


def test_imported_people_are_marked_and_closed_accounts_are_gone(client: Client) -> None:
    imported = User.objects.create(display_name="Old Timer", is_imported=True)
    assert "From the archive" in text(client.get(f"/people/~{imported.pk}/"))
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(anonymised_at=clock.now())
    assert client.get("/people/gone/").status_code == 404


def test_staff_badges_show_roles_in_force_only(client: Client) -> None:
    moderator("mona")
    moderator("resting", second_factor=False)
    assert "Moderator" in text(client.get("/people/mona/"))
    assert "Moderator" not in text(client.get("/people/resting/"))
    assert Role.MODERATOR in User.objects.get(username="resting").roles


def test_the_address_is_nobodys_business(client: Client) -> None:
    person("maja", email="private@example.org")
    assert "private@example.org" not in text(client.get("/people/maja/"))


def test_for_how_many_people_it_was_solved_is_counted_once_each_and_never_oneself(client: Client) -> None:
    maja, tomasz, ola = person("maja"), person("tomasz"), person("ola")
    first, second, own = reply(thread(maja), tomasz), reply(thread(maja), tomasz), reply(thread(tomasz), tomasz)
    for answer in (first, second):  # one asker, two solutions: one person
        accept(actor=maja, answer_id=answer.pk)
    accept(actor=tomasz, answer_id=own.pk)
    assert people_helped_by(tomasz, AnonymousUser()) == 1
    say_helped(actor=maja, answer_id=first.pk)
    say_helped(actor=ola, answer_id=first.pk)
    assert people_helped_by(tomasz, AnonymousUser()) == 2
    assert "Has solved it for <strong>2 people</strong>" in text(client.get("/people/tomasz/"))
    hide_answer(actor=moderator("mona"), answer_id=first.pk)
    assert people_helped_by(tomasz, AnonymousUser()) == 1
    assert "Has solved it" not in text(client.get("/people/maja/"))


def test_a_profile_opens_at_what_there_is_and_tells_what_somebody_helps_with(client: Client) -> None:
    maja = person("maja", languages=["de", "fr"])
    tomasz = person("tomasz")
    shown = thread(tomasz, title="Red light", tags=["firmware"])
    secret = thread(tomasz, board(audience="signed_in"), tags=["embargo"])
    reply(secret, maja)
    answer = reply(shown, maja)
    page = text(client.get("/people/maja/"))
    assert "Deutsch, français" in page and ">firmware</a>" in page and "embargo" not in page
    assert client.get("/people/maja/").context["shelf"] == "answered"
    accept(actor=tomasz, answer_id=answer.pk)
    assert client.get("/people/maja/").context["shelf"] == "solved"
    assert client.get("/people/tomasz/").context["shelf"] == "asked"


def test_an_empty_profile_tells_its_owner_what_to_do_next(client: Client) -> None:
    maja = person("maja")
    assert "See unanswered questions" not in text(client.get("/people/maja/"))
    client.force_login(maja)
    for show in ("solved", "answered"):
        assert "?list=unanswered" in text(client.get(f"/people/maja/?show={show}"))
    assert "You have not asked anything yet" in text(client.get("/people/maja/?show=asked"))


def test_a_suspended_person_is_shown_as_such(client: Client) -> None:
    person("maja", is_active=False)
    assert "Suspended" in text(client.get("/people/maja/"))
