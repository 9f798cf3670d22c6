"""What people wrote, and what imports brought: to be read here, and changed on the site."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.actions.identities import approve_claim
from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.content.text import key
from community.models import Answer, ImportedIdentity, ImportRun, Solution, Thread, User


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


class ClaimForm(forms.ModelForm):
    member = forms.CharField(
        label=_("Claimed by"),
        max_length=40,
        help_text=_("The name this member signs in with. Everything the archive has from this person becomes theirs."),
    )

    class Meta:
        model = ImportedIdentity
        fields = ()

    def clean_member(self) -> User:
        found = User.objects.filter(username_key=key(self.cleaned_data["member"])).first()
        if found is None:
            raise forms.ValidationError(_("Nobody signs in with this name."))
        return found

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(ImportedIdentity)
class ImportedIdentityAdmin(ActionAdmin):
    form = ClaimForm
    fields = ("name", "source", "external_id", "user", "claimed_at", "claim_approved_by", "member")
    readonly_fields = fields[:-1]
    list_display = ("name", "source", "external_id", "user", "claimed_at", "claim_approved_by")
    list_select_related = ("user", "claim_approved_by")
    list_filter = ("source",)
    search_fields = ("name", "=external_id")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: ImportedIdentity | None = None) -> tuple[str, ...]:
        """Who claimed it is asked only while nobody has."""
        return self.fields if obj is None or obj.claimed_at is None else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: ImportedIdentity, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        approve_claim(actor=request.user, identity_id=obj.pk, person=form.cleaned_data["member"])
