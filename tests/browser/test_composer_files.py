"""Pasting and sending files in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from community.models import Answer, Attachment
from tests.browser.writing import picture, until, write_in
from tests.factories import person, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


# Pasting ----------------------------------------------------------------------------------------------------------
PASTE = """([html, plain]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", plain);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""


@pytest.mark.parametrize(
    ("html", "plain", "becomes"),
    [
        (
            "<p>See <a href='https://example.org/a b'>this <b>page</b></a></p>",
            "x",
            "See [this **page**](https://example.org/a%20b)",
        ),
        ("<ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul>", "x", "- one\n- two\n  1. deep"),
        ("<pre><code>a = *b\n\nc</code></pre>", "x", "```\na = *b\n\nc\n```"),
        ("<b style='font-weight:normal'><h2>Head</h2><p>2 * 3</p></b>", "x", "## Head\n\n2 \\* 3"),
        (
            "<meta><div style='font-family: Consolas, monospace'><span>if x:</span><br>y</div>",
            "if x:\n  y",
            "```\nif x:\n  y\n```\n",
        ),
        ("<script>alert(1)</script><i>safe</i> <a href='javascript:alert(1)'>link</a>", "x", "*safe* link"),
        ("<span style='color:red'>nothing special</span>", "nothing special", ""),
    ],
)
def test_what_is_pasted_keeps_its_shape_as_markdown(open_page, anna, html: str, plain: str, becomes: str) -> None:
    page = open_page("/ask/", anna)
    words = write_in(page)
    page.evaluate(PASTE, [html, plain])
    # What is plain is left to the browser, which pastes nothing for an event made by a script.
    expect(words).to_have_value(becomes)


# Files ------------------------------------------------------------------------------------------------------------
def choose(page: Page, *files: dict[str, Any]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture or file").click()
    chooser.value.set_files(list(files))


def test_a_cut_upload_leaves_nothing_behind_and_is_tried_again(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    words = write_in(page)
    page.keyboard.type("Before")
    page.route("**/attachments/add/", lambda route: route.abort())
    choose(page, picture())
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    expect(words).to_have_value("Before\n\n")
    page.unroute("**/attachments/add/")
    page.get_by_role("button", name="Try again: light.png").click()
    expect(words).to_have_value(re.compile(r"^Before\n\n(\n\n)?!\[light\.png\]\(/attachments/\d+/light\.png\)\n$"))
    expect(page.locator(".upload")).to_have_count(0)
    assert Attachment.objects.count() == 1


def test_while_a_file_is_on_its_way_its_place_is_kept_and_it_can_be_stopped(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    words = write_in(page)
    held: list[Route] = []
    page.route("**/attachments/add/", lambda route: held.append(route))
    choose(page, picture("one.png"), picture("two.png"))
    expect(words).to_have_value(re.compile(r"^!\[Uploading one\.png…\]\(\)\n+!\[Uploading two\.png…\]\(\)\n$"))
    expect(page.get_by_role("progressbar", name="one.png")).to_be_visible()
    until(page, lambda: len(held) == 2)
    page.get_by_role("button", name="Cancel: one.png").click()
    expect(words).to_have_value(re.compile(r"^\n*!\[Uploading two\.png…\]\(\)\n$"))
    page.get_by_label("Your question in one line").fill("Meanwhile")
    held[1].continue_()
    expect(words).to_have_value(re.compile(r"^\n*!\[two\.png\]\(/attachments/\d+/two\.png\)\n$"))
    expect(page.get_by_label("Your question in one line")).to_be_focused()


def test_what_is_sent_during_an_upload_waits_for_it(open_page, anna, settings) -> None:
    settings.HOLD_POSTS = False  # somebody new shows a picture
    question = thread(person("carl"))
    page = open_page(question.get_absolute_url(), anna)
    words = write_in(page)
    page.keyboard.type("Look: ")
    held: list[Route] = []
    page.route("**/attachments/add/", lambda route: held.append(route))
    choose(page, picture())
    expect(words).to_have_value(re.compile("Uploading"))
    page.keyboard.press("Control+Enter")
    assert not Answer.objects.exists()
    until(page, lambda: bool(held))
    held[0].continue_()
    page.get_by_text("Your answer is posted").wait_for()
    answer = Answer.objects.get()
    assert re.search(r"!\[light\.png\]\(/attachments/\d+/light\.png\)$", answer.body)
    assert Attachment.objects.get().answer == answer


def test_a_file_that_is_too_large_is_told_before_it_is_sent(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    words = write_in(page)
    choose(page, {"name": "big.png", "mimeType": "image/png", "buffer": b"x" * (10 * 1024 * 1024 + 1)})
    expect(page.get_by_role("alert")).to_contain_text("larger than 10")
    expect(words).to_have_value("")
    page.get_by_role("button", name="Leave it out: big.png").click()
    expect(page.locator(".upload")).to_have_count(0)
