"""Where things stood on the old site: the paths its links and bookmarks name."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Site:
    """`hosts` are the names the old site was reached under, the best one first; empty when nobody said."""

    hosts: list[str] = field(default_factory=list)

    def question(self, external_id: str) -> str | None:
        return f"/questions/{external_id}"

    def answer(self, external_id: str) -> str | None:
        return None

    def person(self, external_id: str) -> str | None:
        """`/user/<name>`, for names that fit into an address."""
        return f"/user/{external_id}" if re.fullmatch(r"[\w.@+-]{1,100}", external_id) else None

    def tag(self, name: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class StackExchangeSite(Site):
    """People have numbers there, and answers and tags addresses of their own."""

    def answer(self, external_id: str) -> str | None:
        return f"/a/{external_id}"

    def person(self, external_id: str) -> str | None:
        return f"/users/{external_id}" if external_id.isdigit() else None

    def tag(self, name: str) -> str | None:
        return f"/questions/tagged/{name}"


@dataclass(frozen=True, slots=True)
class MailSite(Site):
    """A mail list: its archive, where it has one, has addresses of which the mails themselves say nothing."""

    def question(self, external_id: str) -> None:
        return None

    def person(self, external_id: str) -> None:
        return None


def host_names(sites: list[str]) -> list[str]:
    """`https://Support.example.com/x` and `support.example.com` are one host; with and without www."""
    found: dict[str, None] = {}
    for site in sites:
        host = re.sub(r"^[a-z]+://", "", site.strip().lower()).split("/")[0]
        if host:
            found |= {host: None, host.removeprefix("www."): None, f"www.{host.removeprefix('www.')}": None}
    return list(found)
