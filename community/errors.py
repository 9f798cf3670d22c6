"""What an action says no with. Each carries a sentence for the person and the HTTP status a page answers with."""

from typing import Any


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


class EditConflict(Refused):
    """Somebody else changed it meanwhile; `current` is the row as it stands now."""

    status = 409

    def __init__(self, message: Any, current: Any) -> None:
        super().__init__(message)
        self.current = current
