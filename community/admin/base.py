"""What all our admin pages share: nothing is written but by an action, and an action's refusal is told."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from community.errors import Refused


class ReadOnlyAdmin(admin.ModelAdmin):
    """Pages that can only be read."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ActionAdmin(ReadOnlyAdmin):
    """Forms whose `save_model` calls an action. Nothing is deleted."""

    #: forms that touch the safety of accounts ask for password or code once more
    asks_again = False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        if self.asks_again and request.method == "POST":
            view = reauthentication_required(view)
        try:
            return view(request, object_id, form_url, extra_context)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return HttpResponseRedirect(request.get_full_path())

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """The audit log is written by the action."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """The audit log is written by the action."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Everything was stored by the action."""
