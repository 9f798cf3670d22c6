"""How far it is, on a terminal."""

from collections.abc import Callable

from tqdm import tqdm


def bars() -> Callable[[str, int], Callable[[int], None]]:
    """A bar for each kind of row, left out where nobody looks (no terminal)."""

    def begin(name: str, count: int) -> Callable[[int], None]:
        bar = tqdm(total=count or None, unit=" rows", desc=name, disable=None, leave=False)

        def told(more: int) -> None:
            bar.update(more)

        return told

    return begin


def silent(_name: str, _count: int) -> Callable[[int], None]:
    """Nothing is shown."""
    return lambda _more: None
