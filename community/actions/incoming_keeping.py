"""Forgetting mail that came in: by age, with its sender's account, and with the words it quotes."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from community import clock
from community.models import IncomingMail, IncomingRaw

#: What people wrote, and who they are.
WORDS = ("sender", "sender_name", "subject", "kept", "cut", "told")
_AT_ONCE = 500

End, Reason = IncomingMail.End, IncomingMail.Reason


def sweep_held(kept: timedelta) -> int:
    """Turn away what nobody looked at within `kept`: its message goes. How many those are."""
    turned = 0
    while True:
        with transaction.atomic():
            held = IncomingMail.objects.filter(end=End.HELD, received_at__lt=clock.now() - kept)
            ids = list(held.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
            _turn_away(ids)
        turned += len(ids)
        if len(ids) < _AT_ONCE:
            return turned


def forget_sender(*, person_id: int, sender_hashes: Iterable[str]) -> None:
    """Whose account is erased has written nothing any more: that a mail came, and what became of it, stays."""
    known = [each for each in sender_hashes if each]
    _empty(IncomingMail.objects.filter(Q(person=person_id) | Q(sender_hash__in=known)))


def forget_posts(*, threads: Iterable[int] = (), answers: Iterable[int] = ()) -> None:
    """The mails that these questions and answers came by say nothing any more."""
    _empty(IncomingMail.objects.filter(Q(answer__in=list(answers)) | Q(thread__in=list(threads), target_kind="b")))


#: of the columns that hold no more than so many characters
_LENGTHS = {
    each.name: each.max_length
    for each in IncomingMail._meta.concrete_fields
    if each.name in {"subject", "told", "sender", "sender_name"}
}


def rewrite_mails(rows: "models.QuerySet[IncomingMail]", change: Callable[[str], str]) -> None:
    """Write anew what mails say. A held one that says it differently now is turned away: its message still has it."""
    away = []
    for row in rows.iterator(chunk_size=200):
        changed = {name: new for name in WORDS if (new := change(getattr(row, name))) != getattr(row, name)}
        for name in changed.keys() & _LENGTHS.keys():
            changed[name] = changed[name][: _LENGTHS[name]]
        if changed:
            IncomingMail.objects.filter(pk=row.pk).update(**changed)
            away += [row.pk] if row.end == End.HELD else []
    _turn_away(away)


def _empty(rows: "models.QuerySet[IncomingMail]") -> None:
    _turn_away(list(rows.filter(end=End.HELD).values_list("pk", flat=True)))
    nothing: dict[str, Any] = dict.fromkeys((*WORDS, "message_id", "sender_hash"), "")
    rows.update(**nothing, once=None)


def _turn_away(ids: list[int]) -> None:
    IncomingRaw.objects.filter(mail__in=ids).delete()
    IncomingMail.objects.filter(pk__in=ids).update(end=End.REJECTED, reason=Reason.DECIDED, decided_at=clock.now())
