"""Writing in a real browser: with the script and without it, nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from community.actions import threads
from community.models import Answer, Attachment, Draft, Thread
from tests.browser.writing import picture, until, write_in
from tests.factories import person, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


def kept(page: Page, **written: Any) -> None:
    """The page says that a draft is saved, and in the end it is all that was written: half of it may come first."""
    expect(page.locator("[data-draft-state] [data-seen]")).to_be_visible()
    until(page, lambda: Draft.objects.filter(**written).exists())
    assert Draft.objects.count() == 1


def held_back(page: Page) -> list[Route]:
    """From now on the composer's script is on its way; it arrives when its route goes on."""
    held: list[Route] = []
    page.route("**/composer*.js", lambda route: held.append(route))
    return held


def let_come(page: Page, held: list[Route]) -> None:
    until(page, lambda: bool(held))
    held.pop().continue_()


def test_the_script_formats_uploads_previews_and_asks(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("Your question in one line").fill("Camera is dark")
    words = write_in(page)
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("very dark")
    expect(words).to_have_value("**very dark**")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture or file").click()
    chooser.value.set_files([picture(), {"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"}])
    expect(page.get_by_role("alert")).to_contain_text("image")
    placed = re.compile(r"^\*\*very dark\*\*\n\n!\[light\.png\]\(/attachments/\d+/light\.png\)\n$")
    expect(words).to_have_value(placed)
    page.get_by_label("Cameras").check()
    page.get_by_label("Night mode").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-composer-preview] strong")).to_have_text("very dark")
    page.get_by_role("button", name="Preview").click()
    words.press("Control+Enter")
    page.wait_for_url("**/t/**")
    asked = Thread.objects.get()
    assert [tag.name for tag in asked.tags.all()] == ["Night mode"]
    assert Attachment.objects.get().thread == asked
    assert not Draft.objects.exists()


def test_what_is_typed_is_kept_without_a_press_and_there_after_a_reload(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("The details").click()
    page.keyboard.type("It blinks")
    kept(page, body="It blinks")
    page.reload()
    expect(page.get_by_label("The details")).to_have_value("It blinks")


def test_a_visitors_words_are_kept_while_they_type_too(open_page, anna) -> None:
    page = open_page("/ask/")
    page.get_by_label("Your question in one line").click()
    page.keyboard.type("Red light")
    kept(page, title="Red light", person=None)
    page.reload()
    expect(page.get_by_label("Your question in one line")).to_have_value("Red light")


def test_what_was_typed_before_the_script_came_is_kept_too(open_page, anna) -> None:
    page = open_page("/threads/", anna)
    held = held_back(page)
    page.goto("/ask/")
    page.get_by_label("The details").click()
    page.keyboard.type("Quick fingers")
    let_come(page, held)
    kept(page, body="Quick fingers")


def test_what_was_sent_by_keys_before_the_script_came_is_sent_and_what_was_made_bold_is_bold(open_page, anna) -> None:
    page = open_page("/threads/", anna)
    held = held_back(page)
    page.goto(thread(person("carl")).get_absolute_url())
    words = page.locator("[data-composer] textarea")
    words.click()
    page.keyboard.type("Hold the button")
    page.keyboard.press("Control+a")
    for keys in ("Control+b", "Control+Enter", "Control+Enter"):
        page.keyboard.press(keys)
    assert not Answer.objects.exists()
    with page.expect_navigation():
        held.pop().continue_()
    expect(page.get_by_text("Your answer is posted")).to_be_visible()
    assert Answer.objects.get().body == "**Hold the button**"


def test_without_a_script_a_question_with_a_file_is_asked(open_page, anna) -> None:
    page = open_page("/ask/", anna, java_script_enabled=False)
    page.get_by_label("The details").fill("See the picture.")
    page.get_by_label("Pictures and log files").set_input_files(picture())
    page.get_by_role("button", name="Post your question").click()
    expect(page.get_by_text("There are 2 things to correct")).to_be_visible()
    page.get_by_label("Your question in one line").fill("Red light")
    page.get_by_label("Routers").check()
    page.get_by_role("button", name="Post your question").click()
    page.wait_for_url("**/t/**")
    assert Attachment.objects.get().thread == Thread.objects.get()


# Keys and the toolbar ---------------------------------------------------------------------------------------------


def test_keys_format_and_lists_go_on(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    words = write_in(page)
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    expect(words).to_have_value("**bold**")
    words.fill("")
    page.keyboard.type("- one\ntwo\n\nend\n3. three\nfour\n\n> said")
    expect(words).to_have_value("- one\n- two\nend\n3. three\n4. four\n> said")
    words.fill("```\n- code")
    words.press("End")
    page.keyboard.type("\nx")
    expect(words).to_have_value("```\n- code\nx")
    words.fill("word")
    words.press("Control+a")
    page.keyboard.press("Control+k")
    expect(words).to_have_value("[word](https://)")
    page.keyboard.type("https://example.org")
    expect(words).to_have_value("[word](https://example.org)")
    page.keyboard.press("Control+z")
    expect(words).not_to_have_value("[word](https://example.org)")


def test_the_toolbar_is_one_stop_and_arrows_move_inside(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("Your question in one line").fill("Red light")
    page.locator("form[data-awake]").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add a picture or file")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Add a picture or file")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("The details")).to_be_focused()
    assert "Ctrl+B" in (page.get_by_role("button", name="Bold").get_attribute("title") or "")


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_toolbar_is_one_row_until_more_is_asked_for(open_page, anna, width: int) -> None:
    page = open_page("/ask/", anna, viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    bar = page.locator("[data-composer-bar]")
    write_in(page)
    one_row = bar.bounding_box()["height"]
    assert one_row < 60
    expect(page.get_by_role("button", name="Quote")).to_be_hidden()
    page.get_by_role("button", name="More formatting").click()
    expect(page.get_by_role("button", name="Quote")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for button in bar.get_by_role("button").all():
        assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 24


def test_control_and_enter_sends_once_however_often_it_is_pressed(open_page, anna) -> None:
    question = thread(person("carl"))
    page = open_page(question.get_absolute_url(), anna)
    write_in(page)
    page.keyboard.type("Hold the button.")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/answer/") else None)
    for _press in range(4):
        page.keyboard.press("Control+Enter")
    page.get_by_text("Your answer is posted").wait_for()
    assert Answer.objects.count() == len(sent) == 1


def test_enter_in_the_title_goes_on_to_the_details_and_sends_nothing(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    title = page.get_by_label("Your question in one line")
    expect(title).to_be_focused()
    page.locator("form[data-awake]").wait_for()
    page.keyboard.type("Red light\n")
    expect(page.get_by_label("The details")).to_be_focused()
    assert page.url.endswith("/ask/")


def test_near_the_end_the_room_left_is_told_and_beyond_it_what_is_too_much(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    title = page.get_by_label("Your question in one line")
    page.locator("form[data-awake]").wait_for()
    title.fill("x" * 100)
    expect(page.locator(".field-count").first).to_be_hidden()
    title.fill("x" * 190)
    expect(page.get_by_text("Characters left: 10")).to_be_visible()
    title.fill("x" * 203)
    expect(page.locator(".field-count").first).to_have_text("Characters too many: 3")
    assert title.get_attribute("aria-invalid") == "true"


# Drafts -----------------------------------------------------------------------------------------------------------
SAVED = "[data-draft-state] [data-seen]"


def test_a_draft_is_told_with_its_time_back_after_a_reload_and_thrown_away(open_page, anna) -> None:
    page = open_page("/ask/", anna, locale="en-GB")
    write_in(page)
    page.keyboard.type("It blinks")
    kept(page, body="It blinks")
    expect(page.locator(SAVED)).to_have_text(re.compile(r"^Draft saved \d\d:\d\d$"))
    page.reload()
    expect(page.get_by_text(re.compile(r"^Your draft from \d\d:\d\d is back\.$"))).to_be_visible()
    expect(page.get_by_label("The details")).to_have_value("It blinks")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("The details")).to_have_value("")
    assert not Draft.objects.exists()


def test_without_a_connection_it_says_so_and_saves_once_it_is_back(open_page, anna) -> None:
    context = open_page.context(anna)
    page = open_page.page(context, "/ask/")
    write_in(page)
    context.set_offline(True)
    page.keyboard.type("It blinks")
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved, trying again")
    assert not Draft.objects.exists()
    context.set_offline(False)
    expect(page.locator(SAVED)).to_be_visible()
    kept(page, body="It blinks")


def test_of_two_windows_neither_takes_the_others_words(open_page, anna) -> None:
    context = open_page.context(anna)
    first, second = open_page.page(context, "/ask/"), open_page.page(context, "/ask/")
    write_in(first).fill("From the first")
    expect(first.locator(SAVED)).to_be_visible()
    write_in(second).fill("From the second")
    expect(second.locator("[data-draft-state]")).to_contain_text("in another window too")
    assert Draft.objects.get().body == "From the first"
    second.get_by_role("button", name="Keep both").click()
    expect(second.locator(SAVED)).to_be_visible()
    assert set(Draft.objects.values_list("body", flat=True)) == {"From the first", "From the second"}


def test_leaving_asks_only_while_something_is_unsaved(open_page, anna) -> None:
    question = thread(anna, title="The title as it was")
    page = open_page(f"/threads/{question.pk}/edit/", anna)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    words = write_in(page)
    before = words.input_value()
    words.press("Control+End")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    expect(words).to_have_value(before)
    page.goto("/threads/")
    assert asked == []
    page.goto(f"/threads/{question.pk}/edit/")
    write_in(page)
    page.keyboard.type("changed")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/t/**")
    assert asked == []
    page.goto(f"/threads/{question.pk}/edit/")
    write_in(page)
    page.keyboard.type("changed")
    page.goto("/threads/")
    assert asked == ["beforeunload"]


def test_what_two_people_changed_is_not_left_without_being_asked(open_page, anna) -> None:
    question = thread(anna)
    page = open_page(f"/threads/{question.pk}/edit/", anna)
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title=question.title, body="Theirs")
    write_in(page).fill("Mine")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Two people changed this").first.wait_for()
    page.locator("form[data-awake]").wait_for()
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.get_by_role("heading", name="Your text").click()
    page.goto("/threads/")
    assert asked == ["beforeunload"]


# Without a script -------------------------------------------------------------------------------------------------
def test_without_a_script_nothing_is_shown_that_needs_one(open_page, anna) -> None:
    page = open_page("/ask/", anna, java_script_enabled=False)
    expect(page.get_by_role("toolbar")).to_be_hidden()
    expect(page.get_by_role("button", name="Save the draft")).to_be_visible()
    expect(page.get_by_label("Pictures and log files")).to_be_visible()
