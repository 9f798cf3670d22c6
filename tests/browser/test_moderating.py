"""The pages where moderators move and hide many things: nothing is wrong with them either, once something is chosen."""

from typing import Any

import pytest

from tests.browser.looks import Looker
from tests.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def world(live_server: Any, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build()


def test_nothing_is_wrong_with_what_is_shown_before_a_press(looker: Looker, world: World) -> None:
    one, other = world.threads["public"], world.threads["solved"]
    answer, name = world.answers["public"], world.people["helper"].username
    page = looker.open(world.clients["moderator"].cookies["sessionid"].value)
    for address in (
        f"/threads/{one.pk}/merge/?original={other.pk}",
        f"/threads/{one.pk}/split/?answer={answer.pk}&title=Another+light",
        f"/threads/{one.pk}/split/",
        f"/moderation/bulk/?person={name}",
        "/moderation/bulk/",
        f"/people/{name}/ban/",
    ):
        looker.visit(page, address)
    assert not looker.found, looker.told()
