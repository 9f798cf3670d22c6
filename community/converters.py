"""Address parts."""


class BigIdConverter:
    """A row's id: digits that fit PostgreSQL's bigint; anything larger is simply not an address."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
