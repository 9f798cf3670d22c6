"""The audit log: read only, by page and by database."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from community.admin.base import ReadOnlyAdmin
from community.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "actor", "actor_role", "verb", "object_kind", "object_id", "reason")
    list_select_related = ("actor", "note")
    list_filter = ("verb", "actor_role")
    search_fields = ("=object_id", "actor__display_name")
    ordering = ("-id",)

    @admin.display(description=_("reason"))
    def reason(self, entry: AuditEntry) -> str:
        return entry.note.text if hasattr(entry, "note") else ""
