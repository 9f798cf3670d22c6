"""What an action says no with. Each carries a sentence for the person and the HTTP status a page answers with."""

from datetime import datetime
from math import ceil
from typing import Any

from community import clock


class Refused(Exception):
    """The action was not done; `message` says why in plain words. Nothing was written."""

    status = 400

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


class NotAllowed(Refused):
    """This person may not do that."""

    status = 403


class NotThere(Refused):
    """There is no such thing, or not for this person."""

    status = 404


class Gone(Refused):
    """It was here, and is destroyed for good."""

    status = 410


class EditConflict(Refused):
    """Somebody else changed it meanwhile; `current` is the row as it stands now."""

    status = 409

    def __init__(self, message: Any, current: Any) -> None:
        super().__init__(message)
        self.current = current


class PrivateData(Refused):
    """There may be something in it that is not for everybody; `found` are the pieces, by where they stand.

    It is posted once the writer has said what becomes of them (actions/private_data.py).
    """

    status = 422

    def __init__(self, message: Any, found: Any) -> None:
        super().__init__(message)
        self.found = found


class TooOften(Refused):
    """Too much of it in too short a time; `again_at` is when the next one goes through."""

    status = 429

    def __init__(self, message: Any, again_at: datetime) -> None:
        super().__init__(message)
        self.again_at = again_at


def waiting(refused: Refused) -> dict[str, str]:
    """The header that says in how many seconds to try again, for what was too often."""
    if not isinstance(refused, TooOften):
        return {}
    return {"Retry-After": str(max(1, ceil((refused.again_at - clock.now()).total_seconds())))}
