"""Row ids as they come from outside: in addresses and in forms."""

from django.utils.translation import gettext as _

from community.errors import NotThere

DIGITS = 18  # any such number fits PostgreSQL's bigint


def parse_id(text: str) -> int:
    """A row's id from a form or query; NotThere when it can be none."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise NotThere(_("There is no such thing."))
    return int(text)


class BigIdConverter:
    """A row's id: digits that fit PostgreSQL's bigint; anything larger is simply not an address."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
