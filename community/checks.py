"""What must be true before the site is served. A check for manage.py, and the same question at the WSGI door."""

import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import ProgrammingError

from community.models import User

#: gunicorn takes this exit status of a worker as "do not try again".
WORKER_BOOT_ERROR = 3
SHOWN = 10


def demo_logins_sentence() -> str:
    """Which demo logins stand in the way of production, in one sentence; "" when there are none."""
    try:
        people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
        names = list(people.values_list("username", flat=True)[: SHOWN + 1])
    except ProgrammingError:  # before the first migration there is nobody
        return ""
    if not names:
        return ""
    listed = ", ".join(str(name) for name in names[:SHOWN]) + (" and more" if len(names) > SHOWN else "")
    return f"This database has demo logins ({listed}); close them with: manage.py remove_demo_logins"


@register(Tags.database)
def no_demo_logins_in_production(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Error community.E001 in production, nothing elsewhere."""
    if not settings.PRODUCTION or not databases:
        return []
    sentence = demo_logins_sentence()
    return [Error(sentence, id="community.E001")] if sentence else []


def refuse_demo_logins() -> None:
    """Called where the site is served from: ends the process with the sentence when production has demo logins."""
    if settings.PRODUCTION and (sentence := demo_logins_sentence()):
        sys.stderr.write(f"{sentence}\n")
        raise SystemExit(WORKER_BOOT_ERROR)
