"""What speaks for the brand or its people is seen through, however it is written; nobody's own name is."""

import pytest

from community.accounts.imitating import imitates
from tests.community.names import imitations, real


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(set(real())) >= 200 and len(set(imitations())) >= 100


@pytest.mark.parametrize("name", real())
def test_a_real_name_is_nobodys_imitation(name: str) -> None:
    assert not imitates(name, brand="Nordwave")


@pytest.mark.parametrize("name", imitations())
def test_an_imitation_is_seen_through(name: str) -> None:
    assert imitates(name, brand="Nordwave")


@pytest.mark.parametrize(
    ("brand", "name", "is_one"),
    [
        ("Bosch", "Anna Bosch", False),
        ("Bosch", "Bosch", True),
        ("Bosch", "Bosch Service", True),
        ("Velora Haushalt", "Velora Team", True),
        ("Velora Haushalt", "Veiora", True),
        ("", "Nordwave Help", False),
        ("", "Help", True),
        ("Help", "Anna Hilfinger", False),
        ("水", "水", False),  # one sign is no brand that could be kept from people
        ("Дом", "Дом", True),
        ("Дом", "Dom", False),
    ],
)
def test_it_is_the_brand_of_the_site_that_counts(brand: str, name: str, is_one: bool) -> None:
    assert imitates(name, brand=brand) is is_one
