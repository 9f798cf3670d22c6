"""Who moves along when a question becomes a duplicate: its me-toos, its watchers, its asker; and how they move back.

Each person's row is kept as it was (`Carried`) while the question is merged. At the original a row is *laid* for those
who have none there, and *lifted* again when the merge is undone or the original is merged on. What somebody did at the
original meanwhile wins: whoever left is not brought back, whoever was there by themselves stays. Locks are
the caller's.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from community.models import Answer, Carried, Hiding, Merge, MeToo, MovedAnswer, Thread, Watch

Kind = Carried.Kind
Reason = Watch.Reason
#: The rows that are carried, and what their time is called.
_ROWS: dict[str, tuple[Any, str]] = {Kind.ME_TOO: (MeToo, "joined_at"), Kind.WATCH: (Watch, "watched_at")}


def pack(merge: Merge, duplicate: Thread) -> None:
    """Take the duplicate's own me-toos and watchers off it and keep them; its asker becomes one who has the problem.

    Muted watches stay where they are: they are a wish to hear nothing.
    """
    me_toos, watches = MeToo.objects.filter(thread=duplicate), Watch.objects.filter(thread=duplicate, muted_at=None)
    carried = [Carried(merge=merge, person_id=row.person_id, kind=Kind.ME_TOO, since=row.joined_at) for row in me_toos]
    carried += [
        Carried(merge=merge, person_id=row.person_id, kind=Kind.WATCH, since=row.watched_at, reason=row.reason)
        for row in watches
    ]
    if duplicate.is_solvable:
        asker = Carried(merge=merge, person_id=duplicate.asker_id, kind=Kind.ME_TOO, since=duplicate.asked_at)
        asker.returns = False
        carried.append(asker)
    Carried.objects.bulk_create(carried)
    me_toos.delete()
    watches.delete()


def unpack(merge: Merge, duplicate: Thread) -> None:
    """Give the duplicate back what was taken off it; what people did there meanwhile stays."""
    kept = list(Carried.objects.filter(merge=merge, returns=True))
    MeToo.objects.bulk_create(
        [
            MeToo(thread=duplicate, person_id=each.person_id, joined_at=each.since)
            for each in kept
            if each.kind == Kind.ME_TOO
        ],
        ignore_conflicts=True,
    )
    Watch.objects.bulk_create(
        [
            Watch(
                thread=duplicate,
                person_id=each.person_id,
                reason=each.reason,
                watched_at=each.since,
                muted_at=each.muted_at,
            )
            for each in kept
            if each.kind == Kind.WATCH
        ],
        ignore_conflicts=True,
    )
    Carried.objects.filter(merge=merge).delete()


def lay(merges: Iterable[Merge], original: Thread) -> None:
    """Give the people of these merges a row at the original, unless they have one or asked it."""
    for kind, (model, moment) in _ROWS.items():
        there = set(model.objects.filter(thread=original).values_list("person_id", flat=True)) | {original.asker_id}
        rows, laid = [], []
        for each in Carried.objects.filter(merge__in=list(merges), kind=kind, muted_at=None).order_by("since", "pk"):
            if each.person_id in there or (kind == Kind.ME_TOO and not original.is_solvable):
                continue
            there.add(each.person_id)
            laid.append(each.pk)
            row = model(thread=original, person_id=each.person_id, **{moment: each.since})
            if kind == Kind.WATCH:
                # They did not ask this one; and who no longer has the problem stops watching with one press.
                row.reason = Reason.ME_TOO if each.reason == Reason.ASKED else each.reason
            rows.append(row)
        model.objects.bulk_create(rows, ignore_conflicts=True)
        Carried.objects.filter(pk__in=laid).update(is_laid=True)


def lift(merges: Iterable[Merge], original: Thread) -> None:
    """Take the rows away that stand at the original for these merges alone, and forget those who left meanwhile."""
    going = list(merges)
    for kind, (model, moment) in _ROWS.items():
        rows = {row.person_id: row for row in model.objects.filter(thread=original)}
        carried = list(
            Carried.objects.filter(merge__in=going, kind=kind, muted_at=None).exclude(person_id=original.asker_id)
        )
        Carried.objects.filter(pk__in=[each.pk for each in carried if each.person_id not in rows]).delete()
        laid = [
            each
            for each in carried
            if each.is_laid and each.person_id in rows and getattr(rows[each.person_id], moment) == each.since
        ]
        Carried.objects.filter(pk__in=[each.pk for each in carried]).update(is_laid=False)
        staying = _hand_over(kind, {each.person_id: rows[each.person_id] for each in laid}, going, original)
        if kind == Kind.WATCH:
            staying |= _own_by_now(laid, {each.person_id: rows[each.person_id] for each in laid}, going, original)
        model.objects.filter(
            thread=original, person_id__in=[each.person_id for each in laid if each.person_id not in staying]
        ).delete()


def _hand_over(kind: str, rows: dict[int, Any], going: list[Merge], original: Thread) -> set[int]:
    """People whose row stays because another duplicate of the same original brought them too."""
    others = Carried.objects.filter(
        merge__thread__merged_into=original, merge__undone_at=None, kind=kind, person_id__in=rows, muted_at=None
    ).exclude(merge__in=going)
    staying: set[int] = set()
    _model, moment = _ROWS[kind]
    for other in others.order_by("since", "pk"):
        if other.person_id not in staying:
            staying.add(other.person_id)
            row = rows[other.person_id]
            setattr(row, moment, other.since)
            row.save(update_fields=[moment])
            Carried.objects.filter(pk=other.pk).update(is_laid=True)
    return staying


def _own_by_now(laid: list[Carried], rows: dict[int, Any], going: list[Merge], original: Thread) -> set[int]:
    """Watchers who muted, answered or joined the original themselves since they came: their watch is theirs."""
    muted = {person for person, row in rows.items() if row.muted_at is not None}
    for each in laid:
        if each.person_id in muted:
            each.muted_at = rows[each.person_id].muted_at
    Carried.objects.bulk_update([each for each in laid if each.person_id in muted], ["muted_at"])
    people = [person for person in rows if person not in muted]
    # What moved here with them they did not write here.
    moved = MovedAnswer.objects.filter(
        regrouping__thread__in=[merge.thread_id for merge in going], regrouping__undone_at=None
    )
    own = Answer.objects.filter(thread=original, author_id__in=people).exclude(
        Q(hidden_for=Hiding.MOVED) | Q(pk__in=moved.exclude(copy=None).values("copy_id"))
    )
    answered = set(own.values_list("author_id", flat=True))
    Watch.objects.filter(thread=original, person_id__in=answered).update(reason=Reason.ANSWERED)
    # The me-toos are lifted before the watches: who has one now has it of their own.
    joined = set(MeToo.objects.filter(thread=original, person_id__in=people).values_list("person_id", flat=True))
    joined -= answered
    Watch.objects.filter(thread=original, person_id__in=joined).update(reason=Reason.ME_TOO)
    return muted | answered | joined
