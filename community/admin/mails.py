"""The mails that wait and those that left: when, and how it ended. Nobody's words, nobody's address."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.admin.base import ReadOnlyAdmin
from community.models import Mail


class OutcomeFilter(admin.SimpleListFilter):
    """What became of it; a mail that waits has no outcome yet."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waits", _("waits")), *Mail.Outcome.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        wanted = self.value()
        if wanted == "waits":
            return queryset.filter(settled_at__isnull=True)
        return queryset.filter(outcome=wanted) if wanted in Mail.Outcome.values else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "recipient", "ended", "reply_code")
    list_select_related = ("recipient",)
    list_filter = (OutcomeFilter, "kind")
    ordering = ("-id",)
    fields = ("kind", "recipient", "created_at", "due_at", "attempts", "settled_at", "outcome", "reply_code")

    @admin.display(description=_("outcome"))
    def ended(self, mail: Mail) -> str:
        return mail.get_outcome_display() if mail.outcome else str(_("waits"))
