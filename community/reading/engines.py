"""Which engine is asked about which boards when somebody searches, and one ranking out of what they say.

The index (community/search) has what everybody may see and is asked first. Boards that are not for everybody are none
of its business: for readers who may see any, the database (reading/words.py) finds there; and everywhere while there
is no index. Neither is trusted with who may see what: reading/search.py asks that of the rows again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from community.content.excerpts import Either, Looked
from community.models import Board
from community.models.threads import ThreadQuerySet
from community.permissions import Anyone, is_member
from community.reading.lists import MOST_BOARDS, listed
from community.reading.narrowing import Narrowing
from community.reading.words import CANDIDATES, MOST_FOUND, Asked, Ranked, best, read_query
from community.search import engine
from community.search.engine import Narrow

#: How little a place further down a ranking counts less: 60 is what Cormack, Clarke and Büttcher found (2009).
RANKS_APART = 60
#: One more than is shown tells whether there are more.
MOST_ASKED = MOST_FOUND + 1


@dataclass(frozen=True)
class Told:
    """What one should know about how it was searched; the words are those of `engine.Looked`."""

    corrected: str = ""
    also: str = ""
    did_you_mean: str = ""
    #: there is no index at the moment, and what was found is what the database alone finds
    is_building: bool = False
    #: there is nothing to look for in the words
    is_empty: bool = False


@dataclass(frozen=True)
class Window(Told):
    """The threads that fit, those with all the words first; nobody has asked yet who may see them.

    More than MOST_FOUND where there are more than are shown.
    """

    ranked: Sequence[Ranked] = ()
    #: what to mark in them
    looked: Looked = field(default_factory=lambda: Looked(()))


def ask_engines(
    *,
    viewer: Anyone,
    words: str,
    narrowing: Narrowing,
    newest: bool = False,
    as_typed: bool = False,
    boards: Sequence[Board] | None = None,
) -> Window:
    """What fits these words; `newest`: the threads asked last instead of the likeliest, still in no order by time.

    `boards` are those the viewer may see, where they are known already. `as_typed`: no word is put right.
    """
    if not engine.is_ready():
        return _by_database(narrowing.apply(listed(viewer), viewer), words, newest)
    window = _by_index(words, narrowing, newest, as_typed)
    closed = _closed_part(viewer, narrowing, boards)
    if closed is None:
        return window
    there = _by_database(closed, words, newest)
    if window.corrected and any(each.is_full for each in there.ranked):
        # A word that only a board of theirs knows is no slip.
        window = _by_index(words, narrowing, newest, as_typed=True)
    elif window.corrected:
        there = _by_database(closed, window.corrected, newest)
    return Window(
        ranked=fused(window.ranked, there.ranked),
        looked=Either(window.looked, there.looked),
        corrected=window.corrected,
        also=window.also,
        did_you_mean=window.did_you_mean,
        is_empty=window.is_empty and there.is_empty,
    )


def count_engines(
    *, viewer: Anyone, searches: Sequence[tuple[str, Narrowing]], boards: Sequence[Board] | None = None
) -> list[list[int]] | None:
    """The threads with all the words of each of these searches; None where the index cannot say it alone."""
    if not engine.is_ready() or sees_closed_boards(viewer, boards):
        return None
    windows = [_by_index(words, narrowing, newest=False, as_typed=False) for words, narrowing in searches]
    return [[each.id for each in window.ranked if each.is_full][:MOST_FOUND] for window in windows]


def sees_closed_boards(viewer: Anyone, boards: Sequence[Board] | None = None) -> bool:
    """Whether there are boards for this person that are not for everybody: asked of `boards` where those are known."""
    if boards is not None and len(boards) < MOST_BOARDS:
        return any(board.audience != Board.Audience.PUBLIC for board in boards)
    return is_member(viewer) and Board.objects.visible_to(viewer).exclude(audience=Board.Audience.PUBLIC).exists()


def fused(*rankings: Sequence[Ranked]) -> list[Ranked]:
    """One ranking out of several: by each thread's places in them, and never by their scores.

    A score says how well a thread fits among those of its own engine; of another engine's it says nothing, as the two
    count other things in other units. Places can be compared (reciprocal rank fusion).
    """
    places = [(place, each) for ranking in rankings for place, each in enumerate(ranking, start=1)]
    known: dict[int, Ranked] = {}
    for place, each in places:
        before = known.get(each.id, Ranked(each.id, False, 0.0))
        score = before.score + 1 / (RANKS_APART + place)
        known[each.id] = Ranked(each.id, before.is_full or each.is_full, score)
    return sorted(known.values(), key=lambda each: (not each.is_full, -each.score))


def _closed_part(viewer: Anyone, narrowing: Narrowing, boards: Sequence[Board] | None) -> ThreadQuerySet | None:
    """The threads among these that the index does not have; None where this viewer has none."""
    board = narrowing.places.board
    has_any = board.audience != Board.Audience.PUBLIC if board else sees_closed_boards(viewer, boards)
    if not has_any:
        return None
    return narrowing.apply(listed(viewer).exclude(board__audience=Board.Audience.PUBLIC), viewer)


def _by_index(words: str, narrowing: Narrowing, newest: bool, as_typed: bool) -> Window:
    narrow, order = narrow_of(narrowing), "newest" if newest else "likely"
    looked = engine.look(words, narrow=narrow, order=order, limit=MOST_ASKED, as_typed=as_typed)
    if newest and not looked.matches:
        # The newest are only of those with all the words; where there are none, those with some are something.
        looked = engine.look(words, narrow=narrow, limit=MOST_ASKED, as_typed=as_typed)
    return Window(
        ranked=[Ranked(match.id, match.is_full, match.score) for match in looked.matches],
        looked=looked.marks,
        corrected=looked.corrected,
        also=looked.also,
        did_you_mean=looked.did_you_mean,
        is_empty=looked.problem == engine.NO_WORD,
    )


def narrow_of(narrowing: Narrowing) -> Narrow:
    """The same for the index."""
    places, (since, until) = narrowing.places, narrowing.moments()
    return Narrow(
        board_ids=frozenset([places.board.pk]) if places.board else None,
        tag_id=places.tag.pk if places.tag else None,
        kind=places.kind,
        state=places.state,
        author_id=narrowing.author.pk if narrowing.author else None,
        since=since,
        until=until - timedelta(seconds=1) if until else None,  # of the index both ends are part
    )


def _by_database(threads: ThreadQuerySet, words: str, newest: bool) -> Window:
    asked = read_query(words)
    # For the newest as many as there are: the likeliest hundred of them are not the newest hundred.
    ranked = best(threads, asked, most=CANDIDATES if newest else MOST_ASKED)
    return Window(ranked=ranked, looked=_marks_of(asked), is_building=True, is_empty=asked.is_empty)


def _marks_of(asked: Asked) -> Looked:
    units = [*asked.units, *asked.phrases]
    words = [word for unit in units for word in unit.words]
    return Looked(words, [beginning for unit in units for beginning in unit.beginnings])
