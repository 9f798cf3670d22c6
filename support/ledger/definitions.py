"""Which versions of the definition are in force, and from when."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from support.deflection import facts
from support.models import Definition


def in_force() -> QuerySet[Definition]:
    """The version that comes with the product, and every other one that a named administrator approved; in order."""
    first = Definition.objects.order_by("valid_from").values("pk")[:1]
    return Definition.objects.filter(Q(approved_at__isnull=False) | Q(pk__in=first)).order_by("valid_from")


def definition_at(moment: datetime) -> Definition | None:
    """The version in force at this moment. One query."""
    return in_force().filter(valid_from__lte=moment).last()


def definitions() -> list[facts.Definition]:
    """Those in force as plain values, in the order of their beginning."""
    return [
        facts.Definition(
            id=each.pk,
            name=each.name,
            valid_from=each.valid_from,
            no_ticket=timedelta(days=each.no_ticket_days),
            window=timedelta(days=each.window_days),
            episode=timedelta(hours=each.episode_hours),
            viewer_cases=each.viewer_cases,
        )
        for each in in_force()
    ]
