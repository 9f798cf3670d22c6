"""Two brands, one software: each sees only itself, and nobody ever reads the product's name.

(That no page, header or cookie names the product to anybody is also asked of every address in tests/test_secrets.py and
tests/test_access_matrix.py: it is one of the words nobody may find.)
"""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from community.actions.brand import write_brand
from community.content.colours import accents
from community.demo.scene import Scene
from community.demo.scenes import SCENES
from community.models import Brand
from tests.community.accounts import member
from tests.factories import board, reply, thread

pytestmark = pytest.mark.django_db

ROOT = Path(site_settings.BASE_DIR)
PRODUCT = re.compile("peerdesk", re.IGNORECASE)
#: What browsers are sent as it is, or made into pages for customers.
SOURCES = sorted(
    path
    for folder, kinds in (("templates", ("*.html", "*.txt", "*.xml")), ("static", ("*.js", "*.css", "*.svg")))
    for kind in kinds
    for path in (ROOT / folder).rglob(kind)
    if "admin" not in path.parts and "design" not in path.name
)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def put_on(scene: Scene) -> Brand:
    return write_brand(actor=None, images=scene.images, links=scene.links, **scene.brand)


def pages() -> list[str]:
    """One of each kind, of a community with one question."""
    question = thread(None, board("Motor"), tags=["light"])
    reply(question)
    lists = ["/", "/boards/", "/boards/motor/", "/threads/", "/tags/", "/tags/light/", "/ask/", "/nowhere/"]
    entrance = ["/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"]
    return [question.get_absolute_url(), question.asker.get_absolute_url(), *lists, *entrance]


def test_nothing_that_customers_are_shown_is_written_with_the_products_name() -> None:
    assert len(SOURCES) > 100
    assert [str(path.relative_to(ROOT)) for path in SOURCES if PRODUCT.search(path.read_text())] == []


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_a_page_about_what_went_wrong_does_not_name_the_product(template: str) -> None:
    assert not PRODUCT.search(render_to_string(template))


def test_each_brand_has_its_own_face_on_every_page(client: Client) -> None:
    addresses = pages()
    for scene, other in (SCENES.values(), reversed(SCENES.values())):
        brand = put_on(scene)
        for address in addresses:
            response = client.get(address)
            page = response.content.decode()
            assert not PRODUCT.search(page + str(response.headers)), address
            assert f"· {brand.name}</title>" in page and f'alt="{brand.name}"' in page, address
            wanted = [brand.stylesheet_url, brand.favicon_url, brand.manifest_url, *(logo.url for logo in brand.logos)]
            assert [url for url in wanted if url not in page] == [], address
            assert [url for _label, url in scene.links if f'href="{url}"' not in page] == [], address
            assert other.brand["name"] not in page and other.links[0][1] not in page, address


def test_each_brand_has_its_own_colour_pictures_manifest_and_mails(client: Client) -> None:
    seen = []
    for scene in SCENES.values():
        brand = put_on(scene)
        reader = member(f"reader-of-{scene.name}")
        Client().post("/accounts/login/code/", {"email": reader.email})
        sent = mail.outbox[-1]
        (html, _kind), *_more = sent.alternatives
        files = [brand.stylesheet_url, brand.manifest_url, brand.favicon_url, brand.touch_icon_url]
        answers = [client.get(url) for url in (*files, *(logo.url for logo in brand.logos))]
        told = [sent.subject, sent.from_email, sent.body, str(html), *(str(answer.headers) for answer in answers)]
        assert not PRODUCT.search("".join(told)) and not any(PRODUCT.search(str(answer.content)) for answer in answers)
        assert brand.name in sent.subject and accents(brand.accent).light in str(html)
        seen.append([answer.content for answer in answers] + [sent.from_email, html])
    assert all(one != other for one, other in zip(*seen, strict=True))
