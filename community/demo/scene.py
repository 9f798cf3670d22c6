"""What tells one demo from another: a brand with its look, its boards and its people. The story stands beside it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Scenery:
    """One board. A closed one is for the scene's circle, with the tags it has and no others."""

    slug: str
    name: str
    text: str
    versions: tuple[str, ...]
    tags: tuple[str, ...]
    closed: bool = False


@dataclass(frozen=True)
class Known:
    """Something that staff know to be wrong: which questions are about it, who has it too, and the news of it."""

    title: str
    text: str
    board: str
    threads: tuple[str, ...]
    ago: timedelta
    joined: tuple[str, ...] = ()
    news: str = ""
    news_ago: timedelta = timedelta()


@dataclass(frozen=True)
class Scene:
    """A demo brand. `name` is the one that `make demo BRAND=` takes; its pictures are img/<name>-*.png."""

    name: str
    #: what `write_brand` takes
    brand: dict[str, str]
    links: tuple[tuple[str, str], ...]
    language: str
    boards: tuple[Scenery, ...]
    #: login name -> name shown
    people: dict[str, str]
    #: those who try the next version
    in_circle: tuple[str, ...]
    #: login name in the story -> the demo login who is this person
    logins: dict[str, str]
    #: the languages of those who do not speak the scene's own alone
    languages: dict[str, list[str]] = field(default_factory=dict)
    #: what the demo's staff are called here, where it is not their usual name
    staff: dict[str, str] = field(default_factory=dict)
    #: what the helper watches: a board and tags; and the customer's tags
    watched_board: str = ""
    watched_tags: tuple[str, ...] = ()
    customers_tags: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    #: the board that can be followed as a mail list, the list's name and what its subjects begin with, and who does
    list_board: str = ""
    mail_list: tuple[str, str] = ("", "")
    list_readers: tuple[str, ...] = ()

    @property
    def circle(self) -> str:
        """The group of those who try the next version, called like the board that is theirs."""
        return next(board.name for board in self.boards if board.closed)

    def languages_of(self, login: str) -> list[str]:
        """What a person of the story speaks, the first language first."""
        return self.languages.get(login, [self.language])

    @property
    def story(self) -> str:
        return (FOLDER / f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def images(self) -> dict[str, bytes | None]:
        """Logo, the one for the dark theme, and icon: what `write_brand` takes."""
        files = {"logo": "logo", "dark_logo": "logo-dark", "icon": "icon"}
        return {name: (FOLDER / "img" / f"{self.name}-{file}.png").read_bytes() for name, file in files.items()}
