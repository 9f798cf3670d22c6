"""How a post came in: the field nobody sees, and the age of its form."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions.attachments import add_attachment
from community.forms.fields import TRAP, new_post_key, seconds_open
from community.models import Answer, Attachment, PostPrint, Review, User
from community.tasks import sweep
from tests.community.test_attachments import png
from tests.factories import agent, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]

LONG = "Hold the button for ten seconds until the light goes off, then wait a minute and press it again, please."


def post(client: Client, **fields: Any) -> Answer:
    question = thread(agent())
    client.post(reverse("answer_thread", args=[question.pk]), {"body": LONG, **fields})
    return Answer.objects.get(thread=question)


def test_a_script_that_fills_in_every_field_waits(client: Client) -> None:
    client.force_login(person())
    assert post(client, **{TRAP: "cheap"}).hidden_for == "held"
    assert Review.objects.get().reasons == ["trap"]


def test_the_field_is_on_every_form_and_out_of_everybodys_way(client: Client) -> None:
    visitor_pages = [reverse("ask"), reverse("account_signup")]
    pages = [client.get(page).content.decode() for page in visitor_pages]
    client.force_login(person())
    pages.append(client.get(thread(agent()).get_absolute_url()).content.decode())
    for page in pages:
        at = page.index(f'name="{TRAP}"')
        assert 'class="set-aside" aria-hidden="true"' in page[at - 200 : at]
        assert 'tabindex="-1" autocomplete="off"' in page[at : at + 80]


def test_signing_up_by_script_makes_no_account(client: Client) -> None:
    words = {"email": "bot@example.com", "username": "botty", "password1": "correct horse", TRAP: "x"}
    assert client.post(reverse("account_signup"), words).status_code != 302
    assert not User.objects.filter(username="botty").exists()


def test_speed_alone_holds_nothing_but_is_a_reason_beside_others(client: Client) -> None:
    client.force_login(person())
    assert post(client, post_key=new_post_key()).hidden_at is None


def test_a_key_knows_its_age_and_nobody_makes_one_up() -> None:
    opened = clock.now()
    with clock.at(opened):
        key = new_post_key()
    with clock.at(opened + timedelta(seconds=90)):
        assert 88 < (seconds_open(key) or 0) < 92
    for made_up in ("", "k", key[:-1] + "x", "é" * 56, "0" * 56, key + "0", "\x00" * 56):
        assert seconds_open(made_up) is None


def test_a_screenshot_in_the_first_question_shows_at_once_and_in_an_answer_waits(media: Any) -> None:
    anna = person("anna")
    shot = add(anna, png())
    asked = thread(anna, body=f"It looks like this: ![a]({shot.get_absolute_url()})", attachment_ids=[shot.pk])
    assert asked.hidden_at is None
    other = add(anna, png())
    given = reply(thread(agent()), anna, f"See ![a]({other.get_absolute_url()})")
    assert (given.hidden_for, Review.objects.get().reasons) == ("held", ["new_pictures"])


def test_the_same_text_by_several_accounts_waits_and_prints_are_swept() -> None:
    text = (
        "Our team repairs every router within one day, at your home or by post, with a guarantee of three years on all "
        "parts, and with a discount for everybody from here."
    )
    first, second = (reply(thread(agent()), person(), words) for words in (text, text.replace("discount", "rebate")))
    assert (first.hidden_at, second.hidden_for) == (None, "held")
    assert Review.objects.get().reasons == ["copied"]
    with clock.at(clock.now() + timedelta(days=15)):
        sweep(0)
    assert not PostPrint.objects.exists()


def add(who: User, data: bytes) -> Attachment:

    return add_attachment(actor=who, upload=SimpleUploadedFile("x.png", data, "image/png"))


@pytest.fixture
def media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
