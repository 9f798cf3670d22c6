"""Django's sessions in the database, read with prepared SQL: every page of somebody signed in begins with this."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from community.reading.prepared import NOBODY, Prepared, Shape, moment, word

_SESSION = Shape(Session, ("session_key", "session_data", "expire_date"))
_session = Prepared(
    lambda _reader: Session.objects.filter(session_key=word(0), expire_date__gt=moment(1)).values_list(
        *_SESSION.columns
    ),
    places=2,
)


class SessionStore(DatabaseStore):
    """The same rows and the same rules."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = next(iter(_session.rows(NOBODY, self.session_key, datetime.now(UTC))), None)
        if row is None:
            self._session_key = None
            return None
        session: Session = _SESSION.make(row)
        return session
