"""Administrators see every mail about tickets with made-up facts, in every language, and nothing is stored."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from community.mails.letters import as_html, as_text
from community.models import Brand, Notification
from support.models import Ticket, TicketEvent
from support.notices.letters import OWN_WRITERS
from support.notices.notifiables import AT_WORK, OWN
from support.notices.samples import GROUPS
from tests.community.test_mails import Soundness
from tests.factories import admin

pytestmark = pytest.mark.django_db

SITE = "https://help.nordwave.example"
SAMPLES = {name: each for _title, mails in GROUPS for name, each in mails.items()}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_mail_about_tickets_opens_anywhere_and_says_why_it_came(name: str, language: str, settings: Any) -> None:
    settings.SITE_URL = SITE
    brand = Brand.objects.update_or_create(pk=1, defaults={"name": "Nordwave"})[0]
    with translation.override(language):
        written = SAMPLES[name].write()
        text, html = as_text(written.letter, brand, SITE), as_html(written.letter, brand, SITE)
    reason = written.letter.why
    assert Soundness(html).wrong == [] and reason is not None and "%(" not in text + html
    assert reason.reason in " ".join(text.split())
    assert written.letter.preheader and written.letter.subject and "peerdesk" not in (text + html).lower()
    assert max(len(line) for line in text.split("\n") if "http" not in line) <= 76
    assert not Ticket.objects.exists() and not TicketEvent.objects.exists() and not Notification.objects.exists()


def test_nothing_is_told_without_a_sample_of_it() -> None:
    shown = {name.partition("-")[2] for name in SAMPLES if name.startswith("ticket-")}
    assert {kind.replace("_", "-") for kind in OWN} <= shown | {"wrote"}
    assert len([name for name in SAMPLES if name.startswith("desk-")]) == len(AT_WORK)
    assert {"opened", "reply", *(str(kind) for kind in OWN)} - {"replied", "wrote"} == set(OWN_WRITERS)


def test_they_stand_in_the_administrators_list(client: Client) -> None:
    client.force_login(admin())
    page = client.get("/admin/community/brand/mails/", {"kind": "ticket-replied-resolved"}).content.decode()
    assert "Staff replied, and it is resolved" in page and "How did we do?" in page
