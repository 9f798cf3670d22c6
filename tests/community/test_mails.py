"""Every mail: in the brand's look and its reader's language, as text and as HTML that any program may show."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from community.actions.brand import write_brand, write_test_mail
from community.actions.invitations import mail_invitation, write_invitation
from community.admin.mail_samples import names
from community.content.colours import accents
from community.mails.kinds import KINDS, sample, write_mail
from community.mails.letters import as_html, as_text
from community.models import Brand, Notification, Thread, User
from community.notices.solved import BadToken
from community.notices.solved import read_token as read_solved
from community.notices.stops import read_token
from community.roles import Role
from tests.community.accounts import member, sign_in
from tests.community.test_brand import SNOW, png
from tests.factories import admin, moderator

pytestmark = pytest.mark.django_db

SITE = "https://help.nordwave.example"
VOID = {"meta", "img", "br", "hr", "wbr"}


@pytest.fixture(autouse=True)
def brand(settings: Any, tmp_path: Path) -> Brand:
    settings.MEDIA_ROOT = tmp_path
    return write_brand(
        actor=None,
        name="Nordwave & Söhne",
        accent="#0f6b6b",
        mail_footer="Nordwave AB\nKiruna",
        links=[("Imprint", "https://nordwave.example/imprint/")],
        images={"logo": png()},
    )


class Soundness(HTMLParser):
    """Collects what is wrong with a mail's HTML: what is left open, and what our pages could not show."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("script", "link", "form", "iframe") or "style" in named:
            self.wrong.append(f"{tag} {named}")
        if tag == "img" and (not named.get("alt") or not str(named["src"]).startswith(SITE)):
            self.wrong.append(f"a picture without words or from somewhere else: {named}")
        if tag == "a" and not str(named.get("href", "")).startswith(("https://", "mailto:")):
            self.wrong.append(f"a link to nowhere: {named}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def html_of(message: Any) -> str:
    ((content, kind),) = message.alternatives
    assert kind == "text/html"
    return str(content)


# Every kind -----------------------------------------------------------------------------------------------------------
def test_every_mail_the_library_may_send_has_its_letter() -> None:
    templates = Path(allauth.__file__).parent / "templates"
    found = {
        str(path.relative_to(templates)).removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in (templates / app / "email").glob("*_subject.txt")
    }
    # Sent only where links stand in for codes, which they do not here.
    assert found - set(KINDS) == {"account/email/password_reset_key"}


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_whose_it_is_and_opens_anywhere(kind: str, language: str, brand: Brand) -> None:
    with translation.override(language):
        letter = sample(kind, site_address=SITE)
        text, html = as_text(letter, brand, SITE), as_html(letter, brand, SITE)
    assert Soundness(html).wrong == []
    for written in (text, html):
        assert SITE in written and "Kiruna" in written and "https://nordwave.example/imprint/" in written
        assert "%(" not in written and "peerdesk" not in written.lower()
    assert "Nordwave & Söhne" in text and 'alt="Nordwave &amp; Söhne"' in html
    assert "prefers-color-scheme: dark" in html and accents("#0f6b6b").light in html and accents("#0f6b6b").dark in html
    assert letter.subject and "%(" not in letter.subject and f'lang="{language}"' in html
    assert text.count("\n-- \n") == 1


def test_what_somebody_else_wrote_is_text_in_a_mail() -> None:
    context = {"ip": "192.0.2.1", "user_agent": "<img src=x onerror=alert(1)>"}
    sent = write_mail("account/email/password_changed", to="a@example.com", site_address=SITE, context=context)
    assert "<img src=x" not in html_of(sent) and "&lt;img src=x" in html_of(sent)
    assert "<img src=x" in sent.body


def test_both_logos_are_in_a_mail_and_each_scheme_shows_one() -> None:
    found = write_brand(actor=None, images={"dark_logo": png(colour=SNOW)})
    html = as_html(sample("test", site_address=SITE), found, SITE)
    assert all(each in html for each in ("-logo.png", "-logo-dark.png", ".head .light { display: none !important; }"))
    assert html.count("<img") == 2


# As they are sent -----------------------------------------------------------------------------------------------------
def test_a_code_comes_from_the_brand_in_both_forms(client: Client) -> None:
    member("mira")
    client.post("/accounts/login/code/", {"email": "mira@example.com"})
    (sent,) = mail.outbox
    code = re.search(r"^    (\S+)$", sent.body, re.M)
    assert code and code[1] in html_of(sent)
    assert sent.from_email == '"Nordwave & Söhne" <noreply@localhost>' and "[" not in sent.subject
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.message().as_bytes()


def test_a_mail_speaks_the_language_its_reader_chose(client: Client) -> None:
    mira = member("mira")
    User.objects.filter(pk=mira.pk).update(language="de")
    client.post("/accounts/signup/", {"email": mira.email, "username": "other", "password1": "correct horse battery"})
    assert "Konto" in mail.outbox[-1].subject and 'lang="de"' in html_of(mail.outbox[-1])


def test_whoever_is_invited_reads_the_sites_language(settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"
    with translation.override("es"):
        invitation = write_invitation(actor=admin("ada"), address="new@example.com", role=Role.MODERATOR)
        mail_invitation(invitation=invitation, site_address=SITE)
    assert 'lang="de"' in html_of(mail.outbox[-1])
    assert re.search(rf"{SITE}/invitations/\S+", mail.outbox[-1].body)


def test_the_mail_test_looks_like_every_other_mail() -> None:
    write_test_mail(actor=None, address="ada@example.com", site_address=SITE)
    assert "Kiruna" in html_of(mail.outbox[-1])


def test_a_brand_that_is_not_set_up_still_does_not_name_the_product(client: Client) -> None:
    Brand.objects.update(set_up_at=None, name="Community")
    member("mira")
    client.post("/accounts/login/code/", {"email": "mira@example.com"})
    assert mail.outbox[-1].from_email == '"Community" <noreply@localhost>'


# The page of every mail -----------------------------------------------------------------------------------------------
def test_an_administrator_sees_every_mail_in_light_and_dark_and_as_text(client: Client) -> None:
    client.force_login(admin())
    page = client.get("/admin/community/brand/mails/", {"kind": "invitation", "language": "de"})
    assert page.status_code == 200 and "frame-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    frames = re.findall(r'<iframe sandbox title="[^"]+" src="([^"]+)"', page.content.decode())
    assert len(frames) == 2
    dark, light = (client.get(frame.replace("&amp;", "&")) for frame in reversed(frames))
    assert "@media all" in dark.content.decode() and "@media not all" in light.content.decode()
    for frame in (dark, light):
        policy = frame["Content-Security-Policy"]
        assert policy.startswith("sandbox") and "script-src" not in policy and "unsafe" not in policy
        assert frame["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "query", [{"kind": "nothing"}, {"language": "xx"}, {"kind": "../../secret"}, {"kind": "é" * 500}]
)
def test_a_kind_there_is_none_of_is_not_there(client: Client, query: dict[str, str]) -> None:
    client.force_login(admin())
    for page in ("mails/", "mails/frame/"):
        assert client.get(f"/admin/community/brand/{page}", query).status_code == 404


@pytest.mark.parametrize("kind", sorted(names() - set(KINDS)))
def test_every_notice_is_shown_with_made_up_facts_and_none_of_it_is_stored(client: Client, kind: str) -> None:
    client.force_login(admin())
    page = client.get("/admin/community/brand/mails/", {"kind": kind, "language": "de"}).content.decode()
    assert 'aria-current="page"' in page and "Send me this one" in page
    assert client.get("/admin/community/brand/mails/frame/", {"kind": kind, "theme": "dark"}).status_code == 200
    assert not Thread.objects.exists() and not Notification.objects.exists()


def test_an_administrator_gets_the_mail_that_is_shown(client: Client) -> None:
    ada = admin("ada")
    client.force_login(ada)
    shown = client.post("/admin/community/brand/mails/send/", {"kind": "answered", "language": "en"}, follow=True)
    assert shown.redirect_chain == [("/admin/community/brand/mails/?kind=answered&language=en", 302)]
    (sent,) = mail.outbox
    assert sent.to == [ada.email] and sent.subject.startswith("Re: ") and "Ben (Nordwave" in sent.from_email
    stops = re.findall(r"/stop/([^/]+)/", html_of(sent))
    assert stops and not any(read_token(each) for each in stops), "a sample stops nothing"
    solved = re.findall(r"/solved/([^/]+)/", html_of(sent))
    with pytest.raises(BadToken):
        read_solved(solved[0])


def test_only_administrators_have_samples_mailed_and_only_by_pressing(client: Client) -> None:
    address = "/admin/community/brand/mails/send/"
    client.force_login(moderator())
    assert client.post(address, {"kind": "answered"}, follow=True).status_code == 403
    client.force_login(admin())
    assert client.get(address).status_code == 405
    assert client.post(address, {"kind": "nothing"}).status_code == 404
    assert mail.outbox == []


def test_signing_in_still_works_with_the_mailed_code(client: Client) -> None:
    member("mira")
    assert sign_in(client, "mira").status_code == 302
