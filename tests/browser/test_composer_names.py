"""Names and tags offered while somebody types, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from community.models import User
from tests.browser.writing import write_in
from tests.factories import board, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


def mentioning(open_page: Any, anna: User, **options: Any) -> Page:
    question = thread(person("carl", display_name="Carl Cable"))
    reply(question, person("ben", display_name="Ben Box"))
    person("benno", display_name="Benno Far")
    page: Page = open_page(question.get_absolute_url(), anna, **options)
    write_in(page)
    return page


def test_people_are_offered_by_keyboard_the_threads_own_first(open_page, anna) -> None:
    page = mentioning(open_page, anna)
    words = page.locator("[data-composer] textarea")
    page.keyboard.type("Hello ")
    page.keyboard.insert_text("@be")  # at once: letter by letter, the list may come a second time under the arrow key
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("Ben Box")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert words.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    expect(page.locator("#live")).to_contain_text("Suggestions: 2")
    page.keyboard.press("Enter")
    expect(words).to_have_value("Hello @benno ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("and @")
    expect(options).to_have_count(2)
    page.keyboard.press("Tab")
    expect(words).to_have_value("Hello @benno and @ben ")
    expect(words).to_be_focused()
    page.keyboard.type("@car")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.type("l\nnext a@be")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(words).to_have_value("Hello @benno and @ben @carl\nnext a@be")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer-preview .mention").first).to_have_text("@benno")


def test_a_tap_takes_a_name_and_the_list_stays_on_the_screen(open_page, anna) -> None:
    page = mentioning(open_page, anna, viewport={"width": 320, "height": 600}, has_touch=True, is_mobile=True)
    page.keyboard.type("A line that is rather long on a telephone, hello @be")
    option = page.get_by_role("option").filter(has_text="Benno")
    option.wait_for()
    box = page.get_by_role("listbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    option.tap()
    expect(page.locator("[data-composer] textarea")).to_have_value(re.compile("hello @benno $"))
    expect(page.locator("[data-composer] textarea")).to_be_focused()


def test_the_boards_tags_are_offered_between_the_commas(open_page, anna) -> None:
    thread(anna, board("Modems"), tags=["firmware", "fibre", "wifi"])
    page = open_page("/ask/", anna)
    page.get_by_label("Modems").check()
    page.locator("form[data-awake]").wait_for()
    page.get_by_text("Version and tags").click()
    page.locator("[data-known-tags] option").first.wait_for(state="attached")
    tags = page.get_by_role("combobox", name="Tags")
    tags.click()
    page.keyboard.type("wifi, fi")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.type("r")
    expect(page.get_by_role("option")).to_have_text(["firmware"])
    page.keyboard.press("Enter")
    expect(tags).to_have_value("wifi, firmware, ")
