"""What was cut from the mails that became messages of a ticket: for those who work on it, and for nobody else."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models.functions import Left

from community.incoming.choosing import post_key_of_row
from community.models import IncomingMail, User
from support.models import TicketMessage

#: Characters of what was cut that a ticket's page holds; the mail's own page has all of it.
MOST = 4000
#: So many mails of a page's writers are looked through, the newest; a held one may have waited so long.
_LOOKED_THROUGH, _WAITED = 200, timedelta(days=30)


def mails_of(user: User, said: Iterable[TicketMessage]) -> dict[int, Any]:
    """Message id -> its mail, with the beginning of what was cut as `words`, as far as this person may look through it.

    A message knows its mail by the key that both have. One query where any of them came by mail, else none.
    """
    by_key = {(each.author_id, each.key): each for each in said if each.via == TicketMessage.Via.MAIL and each.key}
    if not by_key:
        return {}
    since = min(each.sent_at for each in by_key.values()) - _WAITED
    mails = IncomingMail.objects.visible_to(user).filter(
        target_kind="k",
        end=IncomingMail.End.ACCEPTED,
        person__in={author for author, _key in by_key},
        received_at__gte=since,
    )
    found = mails.order_by("-received_at").annotate(words=Left("cut", MOST))
    columns = found.only("sender", "message_id", "target_kind", "target_id", "person_id")[:_LOOKED_THROUGH]
    matched = {}
    for mail in columns:
        message = by_key.get((mail.person_id or 0, post_key_of_row(mail)))
        if message is not None:
            matched[message.pk] = mail
    return matched
