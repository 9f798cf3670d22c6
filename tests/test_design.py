"""The pieces of the interface keep their promises."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override

from community.templatetags import frame, ui
from community.templatetags.frame import Fixed
from config.design import _context

ROOT = Path(__file__).resolve().parent.parent
SYMBOLS = set(re.findall(r'<symbol id="([a-z-]+)"', (ROOT / "static/img/icons.svg").read_text()))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def page() -> str:
    return render_to_string("site/design.html", _context(RequestFactory().get("/design/")))


@pytest.mark.django_db
@pytest.mark.urls("tests.browser.all_urls")
def test_the_design_page_shows_every_piece(client: Client) -> None:
    frame._links.cache_clear()
    frame._header.cache_clear()
    frame._footer.cache_clear()
    shown = {template.name for template in client.get("/design/").templates}
    pieces = {f"ui/{path.name}" for path in (ROOT / "templates/ui").glob("*.html")}
    assert pieces - shown == set(), "templates/site/design.html shows every piece in all its states"


def test_the_design_page_shows_every_icon_and_badge(page: str) -> None:
    drawn = set(re.findall(r'icons\.svg#([a-z-]+)"', page))
    assert drawn == SYMBOLS
    assert all(str(word) in page for _icon, word, _tone in ui.BADGES.values())


def test_every_icon_of_the_sprite_is_used_on_some_page() -> None:
    sources = [
        path for folder in ("templates", "community", "support", "static/js") for path in (ROOT / folder).rglob("*")
    ]
    words = "".join(
        path.read_text() for path in sources if path.suffix in {".html", ".py", ".js"} and path.name != "design.html"
    )
    assert {name for name in SYMBOLS if not re.search(f"[\"'#]{name}[\"']", words)} == set()


def test_every_piece_tells_its_parameters_in_the_readme() -> None:
    readme = (ROOT / "templates/ui/README.md").read_text()
    own_parts = {"site_links", "site_header", "site_footer", "site_account", "field_errors"}
    pieces = {path.stem for path in (ROOT / "templates/ui").glob("*.html")} - own_parts
    assert {piece for piece in pieces if f"`{piece}`" not in readme} == set()


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    asked = {icon for icon, _word, _tone in ui.BADGES.values()}
    for path in TEMPLATES:
        asked |= set(re.findall(r'{% icon "([a-z-]+)"', path.read_text()))
        asked |= set(re.findall(r'\bicon="([a-z-]+)"', path.read_text()))
    assert asked - SYMBOLS == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    if path.parent.name == "mail" or path.name == "archive_index.html":
        # A mail brings its one style block along; our pages show it in a frame whose policy names its hash. So does the
        # page in somebody's archive, which is read from their own disk.
        assert text.count("<style>") == 1
        text = text.replace("<style>", "")
    assert not re.search(r"<style|\sstyle=|\son(?!e=)[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text, re.IGNORECASE)


def test_what_is_rendered_once_for_everybody_needs_nothing_of_any_page() -> None:
    found = 0
    for path in TEMPLATES:
        parsed = get_template(str(path.relative_to(ROOT / "templates"))).template  # type: ignore[attr-defined]
        for node in parsed.nodelist.get_nodes_by_type(Fixed):
            found += 1
            assert node.nodelist.render(Context()).strip(), path
    assert found > 5
    with pytest.raises(AttributeError):
        Template("{% load frame %}{% fixed %}{{ somebody }}{% endfixed %}").render(Context({"somebody": "Anna"}))


def test_fixed_words_are_spoken_in_the_language_of_each_page() -> None:
    words = Template("{% load frame i18n %}{% fixed %}{% translate 'Search' %}{% endfixed %}")
    for _again in range(2):
        for language, said in (("en", "Search"), ("de", "Suchen"), ("en", "Search")):
            with override(language):
                assert words.render(Context()) == said


def test_a_visitor_gets_a_page_without_token_or_anything_personal() -> None:
    page = render_to_string("404.html", {"brand": {"name": "Nordlicht"}})
    assert "Nordlicht" in page
    assert 'method="post"' not in page
    assert "csrf" not in page
    assert 'class="unread"' not in page


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html", "503.html"])
def test_the_last_resort_pages_need_nothing(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert 'href="/"' in page


def test_errors_are_tied_to_their_fields(page: str) -> None:
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert described
    assert {part for value in described for part in value.split()} <= ids


def test_a_state_is_always_told_in_words() -> None:
    for kind, (_icon, word, _tone) in ui.BADGES.items():
        assert str(word) in ui.badge(kind)


def test_an_unknown_state_still_says_its_name_and_is_escaped() -> None:
    assert "on hold" in ui.badge("on_hold")
    assert "<b>" not in ui.badge("<b>")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maja Lindqvist", "ML"), ("sam", "S"), ("N. P. Okafor", "NO"), ("李 明", "李明"), ("*_*", "?"), ("", "?")],
)
def test_a_person_is_known_by_their_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_a_person_keeps_their_colour() -> None:
    assert ui.avatar("Maja Lindqvist") == ui.avatar("Maja Lindqvist")
    assert re.search(r"hue-[0-7]", ui.avatar("Maja Lindqvist"))


def test_a_time_is_the_same_for_every_reader_of_a_cached_page() -> None:
    element = ui.moment(datetime(2025, 3, 12, 14, 3, 9, tzinfo=UTC))
    assert 'datetime="2025-03-12T14:03:09Z"' in element
    assert "ago" not in element
    assert "14:03 UTC" in element


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1000, "1k"), (1240, "1.2k"), (34_900, "34k"), (1_250_000, "1.2M")]
)
def test_counts_fit_a_narrow_row(number: int, text: str) -> None:
    assert ui.compact(number) == text


@pytest.mark.parametrize(
    ("page", "last", "window"),
    [
        (1, 1, [1]),
        (1, 2, [1, 2]),
        (5, 14, [1, None, 4, 5, 6, None, 14]),
        (3, 5, [1, 2, 3, 4, 5]),
        (14, 14, [1, None, 13, 14]),
    ],
)
def test_the_pages_of_a_long_thread_can_be_reached(page: int, last: int, window: list[int | None]) -> None:
    assert ui.page_window(page, last) == window
