"""Every kind of mail there is, in groups, with made-up facts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from community.mails.kinds import KINDS, sample
from community.mails.letters import Letter
from community.notices.samples import SAMPLES as NOTICES
from community.notices.samples import TOGETHER

#: (what the group is called, what its mails are called by their names in an address)
GROUPS: list[tuple[Promise, dict[str, str | Promise]]] = [
    (gettext_lazy("About the account"), {name: kind.title for name, kind in KINDS.items()}),
    (gettext_lazy("Notices"), {name: each.title for name, each in NOTICES.items()}),
    (gettext_lazy("Several together"), {name: each.title for name, each in TOGETHER.items()}),
]
#: All names.
SAMPLES = frozenset(name for _group, kinds in GROUPS for name in kinds)


def write_sample(kind: str, *, site_address: str) -> tuple[Letter, str]:
    """The letter and whose words it brings ("" for the site's own), in the language that is active.

    KeyError for a kind there is none of.
    """
    if kind in KINDS:
        return sample(kind, site_address=site_address), ""
    written = {**NOTICES, **TOGETHER}[kind].write()
    return written.letter, written.sender
