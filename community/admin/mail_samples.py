"""Every kind of mail there is, in groups, with made-up facts. settings.MAIL_SAMPLES lists the groups."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from community.incoming.addresses import takes_mail
from community.mails.kinds import KINDS, sample
from community.mails.letters import Letter
from community.notices.list_samples import SAMPLES as POSTS
from community.notices.samples import SAMPLES as NOTICES
from community.notices.samples import TOGETHER, Sample

Group = tuple[Promise, Mapping[str, Sample]]
#: (what the group is called, its mails by their names in an address)
GROUPS: list[Group] = [
    (gettext_lazy("Notices"), NOTICES),
    (gettext_lazy("Several together"), TOGETHER),
    (gettext_lazy("Mail lists"), POSTS),
]


@cache
def _groups() -> list[Group]:
    return [group for path in settings.MAIL_SAMPLES for group in import_string(path)]


def titles() -> list[tuple[Promise, dict[str, str | Promise]]]:
    """What each group is called, and what its mails are called by their names in an address."""
    account = (gettext_lazy("About the account"), {name: kind.title for name, kind in KINDS.items()})
    return [account, *((title, {name: each.title for name, each in mails.items()}) for title, mails in _groups())]


def names() -> frozenset[str]:
    """Of all of them."""
    return frozenset(name for _group, mails in titles() for name in mails)


class Sampled(NamedTuple):
    """A letter, whose words it brings ("" for the site's own), and whether mails of this kind can be answered."""

    letter: Letter
    sender: str
    can_reply: bool = False


def write_sample(kind: str, *, site_address: str) -> Sampled:
    """The mail of this kind in the language that is active. KeyError for a kind there is none of."""
    if kind in KINDS:
        return Sampled(sample(kind, site_address=site_address), "")
    written = {name: each for _group, mails in _groups() for name, each in mails.items()}[kind].write()
    return Sampled(written.letter, written.sender, written.answered_to is not None and takes_mail())
