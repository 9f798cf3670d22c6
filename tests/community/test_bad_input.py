"""What nobody's keyboard sends: a clear 4xx at every door, nothing half done, never a 500."""

from urllib.parse import quote

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from community.middleware import ReadableInputMiddleware, RefusalMiddleware
from community.models import Answer, Draft, Thread, Vote
from tests.factories import board, person, reply, thread

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
SURROGATE = "%ED%A0%80"


@pytest.fixture
def anna(client: Client):
    user = person("anna")
    client.force_login(user)
    client.raise_request_exception = True
    return user


def doors(said: Answer) -> list[str]:
    """Every address that takes words."""
    return [
        "/ask/",
        f"/threads/{said.thread_id}/answer/",
        f"/threads/{said.thread_id}/edit/",
        f"/answers/{said.pk}/edit/",
        "/preview/",
        "/drafts/save/",
        f"/answers/{said.pk}/vote/",
        f"/threads/{said.thread_id}/outdated/",
        f"/threads/{said.thread_id}/close/",
        "/attachments/add/",
    ]


@pytest.fixture
def said(anna) -> Answer:
    return reply(thread(anna), anna)


@pytest.mark.parametrize(
    "words",
    [
        "body=a%00b",
        "body%00=ab",
        f"body={SURROGATE}",
        f"title={SURROGATE}&body=x",
        "body=%FF%FE",
        "body=a&next=%C3",
        "tags=%80",
    ],
)
def test_bytes_that_are_no_text_are_told_at_every_door(client, said, words) -> None:
    before = (said.body, Thread.objects.get().title)
    for address in doors(said):
        told = client.post(address, words, content_type=FORM)
        assert told.status_code == 400, address
        assert "could not read" in told.content.decode()
    said.refresh_from_db()
    assert (said.body, Thread.objects.get().title) == before
    assert not Draft.objects.exists()
    assert not Vote.objects.exists()


def test_a_replacement_character_that_was_typed_is_text(client, anna) -> None:
    told = client.post("/preview/", "body=" + quote("from a log: \ufffd"), content_type=FORM)
    assert told.status_code == 200
    assert client.get("/ask/?title=%EF%BF%BD").status_code == 200


def test_queries_paths_and_cookies_are_read_as_strictly(client, anna) -> None:
    for address in ("/ask/?title=%00", "/ask/?title=%FF", "/ask/?%00=1", "/tags/%00/", "/moderation/?list=%00"):
        assert client.get(address).status_code == 400, address
    broken = Client()
    broken.cookies["sessionid"] = "abcdefgh\x00ijkl"
    assert broken.get("/ask/").status_code == 400


def test_a_multipart_form_in_another_charset_cannot_smuggle_surrogates(client, said) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = part % (b"place", b"ask") + part % (b"body", b"a\\ud800b") + b"--x--\r\n"
    for charset in ("unicode_escape", "raw_unicode_escape"):
        told = client.generic("POST", "/drafts/save/", body, f"multipart/form-data; boundary=x; charset={charset}")
        assert told.status_code == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", "no form at all"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=" + "x" * 300, "x"),
        ("multipart/form-data; boundary=é", "x"),
        (f"{FORM}; charset=utf-16", "body=x"),
        (f"{FORM}; charset=nonsense", "body=x"),
        (FORM, "&".join(f"a{number}=1" for number in range(300))),
        ("application/json", '{"body": "\\ud800"}'),
        ("application/json", '{"body": '),
        ("text/plain", "\x00"),
    ],
)
def test_forms_that_are_none_are_told(client, said, content_type, body) -> None:
    for address in doors(said):
        told = client.generic("POST", address, body.encode(), content_type)
        assert told.status_code < 500, address
    said.refresh_from_db()
    assert said.version == 1


def test_more_than_fits_is_told_before_it_is_read(client, anna, settings) -> None:
    assert client.post("/preview/", "body=" + "x" * (2 * 1024 * 1024 + 1), content_type=FORM).status_code == 413
    settings.MAX_REQUEST_SIZE = 100
    assert client.post("/preview/", {"body": "x" * 200}).status_code == 413


def test_a_title_of_a_megabyte_is_told_with_the_words_kept(client, anna) -> None:
    board("Routers")
    told = client.post("/ask/", {"title": "x" * 1_000_000, "body": "My words", "board": "routers", "kind": "idea"})
    assert told.status_code == 422
    assert "My words" in told.content.decode()
    assert not Thread.objects.exists()


def test_twenty_thousand_brackets_are_a_question_like_any_other(client, anna) -> None:
    board("Routers")
    sent = {"title": "[" * 200, "body": "[" * 20_000, "board": "routers", "kind": "idea"}
    assert client.post("/ask/", sent).status_code == 303


@pytest.mark.parametrize("number", ["0", "-1", str(10**9), str(10**18), str(2**63), "9" * 400, "1.5", "١"])
def test_made_up_ids_are_not_there(client, said, number) -> None:
    addresses = [f"/threads/{number}/{verb}/" for verb in ("join", "answer", "edit", "close", "history")]
    addresses += [f"/answers/{number}/{verb}/" for verb in ("vote", "accept", "edit", "history")]
    for address in addresses:
        for method in (client.get, client.post):
            assert method(address).status_code in (404, 405), address


def test_a_value_nobody_checked_that_the_database_refuses_is_told_and_not_a_500(rf: RequestFactory) -> None:
    def careless(request: HttpRequest) -> None:
        Thread.objects.filter(title=request.GET["q"]).update(title="x" * 300)

    thread(title="T")
    request = rf.get("/", {"q": "T"})
    try:
        careless(request)
    except Exception as error:
        told = RefusalMiddleware(lambda request: None).process_exception(request, error)  # type: ignore[arg-type]
        assert told is not None
        assert told.status_code == 400
    else:
        pytest.fail("The database took it.")


def test_what_can_be_read_passes_untouched(rf: RequestFactory) -> None:
    passed = []
    door = ReadableInputMiddleware(lambda request: passed.append(request))  # type: ignore[arg-type,func-returns-value]
    for request in (
        rf.get("/?q=ä"),
        rf.post("/", {"body": "日本語\n\t😀"}),
        rf.post("/", b"\x00", content_type="image/png"),
    ):
        door(request)
    assert len(passed) == 3
