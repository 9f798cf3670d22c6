"""What people wrote, and what imports brought: to be read here, and changed on the site."""

from django.contrib import admin

from community.admin.base import ReadOnlyAdmin
from community.models import Answer, ImportedIdentity, ImportRun, Solution, Thread


@admin.register(Thread)
class ThreadAdmin(ReadOnlyAdmin):
    list_display = ("id", "title", "board", "kind", "state", "asker", "asked_at", "hidden_at")
    list_select_related = ("board", "asker")
    list_filter = ("state", "kind", "board")
    search_fields = ("title",)
    ordering = ("-id",)
    exclude = ("body_html",)


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ("id", "thread", "position", "author", "author_role", "answered_at", "helpful_count", "hidden_at")
    list_select_related = ("thread", "author")
    list_filter = ("author_role",)
    search_fields = ("=thread__id",)
    ordering = ("-id",)
    exclude = ("body_html",)


@admin.register(Solution)
class SolutionAdmin(ReadOnlyAdmin):
    list_display = ("id", "thread", "answer", "resolution_class", "accepted_by", "accepted_at", "withdrawn_at")
    list_select_related = ("thread", "answer", "accepted_by")
    list_filter = ("resolution_class", "withdrawal")
    ordering = ("-id",)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("source", "started_at", "finished_at")
    ordering = ("-id",)


@admin.register(ImportedIdentity)
class ImportedIdentityAdmin(ReadOnlyAdmin):
    list_display = ("name", "source", "external_id", "user", "claimed_at", "claim_approved_by")
    list_select_related = ("user", "claim_approved_by")
    list_filter = ("source",)
    search_fields = ("name", "=external_id")
    ordering = ("-id",)
