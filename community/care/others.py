"""What other apps say of the rows they keep (settings.CARE names one `Care` of each).

Whose words a table holds, for how long they are kept, what goes along to another site, what a backup must know, what is
forgotten with a person or a question: each of these has its own module, and all of them ask here for the others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from community.accounts.health import Sign
    from community.care.kept import Kind
    from community.content.names import Names
    from community.models import Thread, User
    from community.personal.kinds import Beyond, Whose


def _nothing(*_args: Any) -> None:
    """There is nothing to do."""


def _no_rows(*_args: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Care:
    """One app's answers. Tables are named "app.model", columns "app.model.column", with their reasons or words."""

    app: str
    #: the archive of one's data (personal/kinds.py): whose words, what tables are called, links that are left out, rows
    #: that refer to the person in another way, and the person's own files (rows with `file` and `name`)
    words: "Mapping[str, Whose]"
    titles: Mapping[str, str | Promise]
    unlinked: Mapping[str, str]
    beyond: "tuple[Beyond, ...]"
    files: "Callable[[User], QuerySet[Any]]"
    file_model: type[Model]
    #: erasure: columns that name nobody (personal/schema.py), what goes at once, and whether a row stands in something
    #: that the person (by number) took part in
    no_words: Mapping[str, str]
    forget: "Callable[[User, Names], None]"
    took_part: Callable[[Any, int], bool]
    #: the community as files (transfer/kinds.py): what stays behind, what every new site has and an import replaces (in
    #: the order in which it goes), and whose followers begin at the end
    left_behind: Mapping[str, str]
    left_out: Mapping[str, str]
    defaults: tuple[type[Model], ...]
    followers: tuple[str, ...]
    #: backups (care/tables.py): tables of the database that followers read in the order of their transactions
    followed: frozenset[str]
    #: retention (care/kept.py, care/free_text.py): what goes by age, and the columns that do not
    kept: "tuple[Kind, ...]"
    not_by_age: Mapping[str, str]
    #: redaction and purges (actions/traces.py): words that came from these locked questions, written anew; and all that
    #: came from one, destroyed
    rewrite: "Callable[[list[Thread], Callable[[str], str]], None]" = _nothing
    destroy: "Callable[[Thread], None]" = _nothing
    #: what the start page and the doctor say of it
    signs: "Callable[[], Iterable[Sign]]" = _no_rows


@cache
def others() -> tuple[Care, ...]:
    """Every other app's, in the order of the setting."""
    return tuple(import_string(path) for path in settings.CARE)
