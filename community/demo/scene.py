"""What tells one demo from another: a brand with its look, its boards and its people. The story stands beside it."""

from dataclasses import dataclass, field
from pathlib import Path

from community.models import Board

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Scenery:
    """One board."""

    slug: str
    name: str
    text: str
    versions: tuple[str, ...]
    tags: tuple[str, ...]
    closed_vocabulary: bool = False
    audience: str = Board.Audience.PUBLIC


@dataclass(frozen=True)
class Scene:
    """A demo brand. `name` is the one that `make demo BRAND=` takes; its pictures are img/<name>-*.png."""

    name: str
    #: what `write_brand` takes
    brand: dict[str, str]
    links: tuple[tuple[str, str], ...]
    language: str
    boards: tuple[Scenery, ...]
    #: login name -> (name shown, languages, in the circle)
    people: dict[str, tuple[str, list[str], bool]]
    #: the group that the closed board is for
    circle: str
    #: login name in the story -> the demo login who is this person
    logins: dict[str, str]
    #: what the demo's staff are called here, where it is not their usual name
    staff: dict[str, str] = field(default_factory=dict)
    #: what the helper watches: a board and tags
    watched_board: str = ""
    watched_tags: tuple[str, ...] = ()

    @property
    def story(self) -> str:
        return (FOLDER / f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def images(self) -> dict[str, bytes | None]:
        """Logo, the one for the dark theme, and icon: what `write_brand` takes."""
        files = {"logo": "logo", "dark_logo": "logo-dark", "icon": "icon"}
        return {name: (FOLDER / "img" / f"{self.name}-{file}.png").read_bytes() for name, file in files.items()}
