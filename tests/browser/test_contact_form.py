"""Writing to staff in a real browser: private files stand beside the words, and typed details outlive a change."""

import pytest
from playwright.sync_api import expect

from community.models import Board
from support.models import PrivateField, Ticket, TicketMessage, TicketValue
from tests.browser.writing import write_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture(autouse=True)
def details(anna) -> None:
    """What staff need to know beside the words."""
    routers = Board.objects.get(slug="routers")
    PrivateField.objects.create(label="Phone number", kind="phone")
    PrivateField.objects.create(label="Serial number", kind="serial", board=routers, is_required=True)


def test_a_file_stands_beside_the_words_and_goes_along_with_them(open_page, anna) -> None:
    page = open_page("/contact/", anna)
    page.get_by_label("What is it about?").fill("My parcel")
    words = write_in(page)
    words.fill("Where is it?")
    for name in ("one.txt", "two.txt"):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Add a picture or file").click()
        chooser.value.set_files([{"name": name, "mimeType": "text/plain", "buffer": b"line one\n"}])
        expect(page.get_by_role("link", name=name)).to_be_visible()
    assert words.input_value().strip() == "Where is it?"
    page.get_by_role("button", name="Leave it out: one.txt").click()
    page.locator("main").get_by_role("button", name="Send it to our staff").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My parcel")
    expect(page.get_by_role("link", name="two.txt")).to_be_visible()
    assert [file.name for file in TicketMessage.objects.get().attachments.all()] == ["two.txt"]


def test_what_was_typed_stays_when_another_product_asks_for_more(open_page, anna) -> None:
    page = open_page("/contact/", anna)
    page.get_by_label("What is it about?").fill("It is broken")
    write_in(page).fill("It does not start.")
    page.get_by_label("Phone number").fill("+44 20 7946 0018")
    page.get_by_label("Which product is it about?").select_option("Routers")
    page.get_by_label("Serial number").fill("NW-7713")
    expect(page.get_by_label("Phone number")).to_have_value("+44 20 7946 0018")
    page.locator("main").get_by_role("button", name="Send it to our staff").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is broken")
    assert Ticket.objects.get().board.name == "Routers"
    assert set(TicketValue.objects.values_list("value", flat=True)) == {"+44 20 7946 0018", "NW-7713"}
