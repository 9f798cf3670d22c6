"""Mail that came in: what became of each message, and how many came in the last month. Nobody's words stand here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.admin.base import ReadOnlyAdmin
from community.models import IncomingMail
from community.reading.incoming_figures import last_month


@admin.register(IncomingMail)
class IncomingMailAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "end", "reason", "door", "person", "words")
    list_select_related = ("person",)
    list_filter = ("end", "reason", "door", "received_at")
    ordering = ("-received_at", "-id")
    change_list_template = "admin/incoming_mail_change_list.html"
    fields = (
        *("received_at", "door", "end", "reason", "told", "person", "board", "thread", "verdict", "files"),
        *("decided_by", "decided_at", "words"),
    )

    @admin.display(description=_("on the site"))
    def words(self, mail: IncomingMail) -> SafeString:
        """Where those who look through mail read it."""
        return format_html('<a href="{}">{}</a>', reverse("incoming_look", args=[mail.pk]), _("Read it"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"month": last_month()} | (extra_context or {}))
