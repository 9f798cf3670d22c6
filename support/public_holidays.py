"""Public holidays, from the library `holidays` (an extra: without it only the calendar's own closed days are known)."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

try:
    import holidays as library
except ImportError:  # the extra is not installed
    library = None  # type: ignore[assignment]


def are_known() -> bool:
    """Whether this installation knows public holidays."""
    return library is not None


@lru_cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 code of every country that is known -> the codes of its parts that have holidays of their own."""
    if library is None:
        return {}
    return {code: tuple(parts) for code, parts in sorted(library.list_supported_countries().items()) if len(code) == 2}


@lru_cache(maxsize=512)
def of_year(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names; none where the country is not known (any more)."""
    known = countries()
    if country not in known or (subdivision and subdivision not in known[country]):
        return {}
    return dict(library.country_holidays(country, subdiv=subdivision or None, years=year))


def name_of(country: str) -> str:
    """A country's name as the library writes it, in English; its code where there is none."""
    return _names().get(country, country)


@lru_cache
def _names() -> Mapping[str, str]:
    if library is None:
        return {}
    entries = library.registry.COUNTRIES.values()
    return {entry[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", entry[0]) for entry in entries}
